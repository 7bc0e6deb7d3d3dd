/**
 * Facts of one kind, fetched in bulk. Deciding is pure, so it may be done over: a decision asks for what it needs, what
 * is not there yet is noted and fetched for everybody together, and all decide anew, until nothing is wanted any more.
 * So no list of what a step might read has to be kept beside the step.
 */
import type { Queryable } from '../../store/postgres/database.ts';

export type Fetch<Question, Answer> = (
  client: Queryable,
  wanted: ReadonlyMap<string, Question>,
) => Promise<ReadonlyMap<string, Answer>>;

export class FactLoader<Question, Answer> {
  readonly #fetch: Fetch<Question, Answer>;
  readonly #answers = new Map<string, Answer | undefined>();
  #wanted = new Map<string, Question>();

  constructor(fetch: Fetch<Question, Answer>) {
    this.#fetch = fetch;
  }

  /** True when something was asked for that has not been fetched. */
  get isWanting(): boolean {
    return this.#wanted.size > 0;
  }

  /** The answer; undefined where there is none, or not yet. */
  read(key: string, question: Question): Answer | undefined {
    if (!this.#answers.has(key)) this.#wanted.set(key, question);
    return this.#answers.get(key);
  }

  /** Fetches what was asked for. */
  async fetch(client: Queryable): Promise<void> {
    const wanted = this.#wanted;
    this.#wanted = new Map();
    if (wanted.size === 0) return;
    const found = await this.#fetch(client, wanted);
    for (const key of wanted.keys()) this.#answers.set(key, found.get(key));
  }
}
