/** What took no part in evaluations (T0), summed for operators and for readers of a backtest. */

import type { WrongValue } from '../../language/cel/wrong-types.ts';
import { PLAYBOOK_OWNER_PREFIX, playbookSource, SLA_OWNER_PREFIX, TRAIT_OWNER_PREFIX } from '../index/owners.ts';
import type { EvaluationResult } from './state.ts';

export interface Skipped {
  /** An event without a value for the key; a condition, key, value or window over a value of the wrong type; a text's value that was not there (S20). */
  kind: 'no_key' | 'wrong_type' | 'empty_value';
  /** A clock's name is `<policy>.<clock>`. */
  of: 'playbook' | 'trait' | 'clock';
  name: string;
  count: number;
  /** In virtual time, of a value of the wrong type: the first. */
  example?: WrongValue;
}

const KINDS: [prefix: string, of: Skipped['of']][] = [
  [PLAYBOOK_OWNER_PREFIX, 'playbook'],
  [TRAIT_OWNER_PREFIX, 'trait'],
  [SLA_OWNER_PREFIX, 'clock'],
];

/** Bounded by what is deployed. */
export class SkippedCounts {
  readonly #counts = {
    no_key: new Map<string, number>(),
    wrong_type: new Map<string, number>(),
    empty_value: new Map<string, number>(),
  };
  readonly #examples: Map<string, WrongValue> | undefined;

  /** @param options.examples whether an example of each is kept: never in a store */
  constructor({ examples = false } = {}) {
    this.#examples = examples ? new Map() : undefined;
  }

  /** What the engine found at one evaluation. */
  add({ noKey, wrongTypes }: Pick<EvaluationResult, 'noKey' | 'wrongTypes'>): void {
    for (const { playbook } of noKey) this.#add('no_key', playbookSource(playbook));
    this.addWrongTypes(wrongTypes);
  }

  addWrongTypes(found: ReadonlyMap<string, () => WrongValue>): void {
    for (const [asker, example] of found) {
      this.#add('wrong_type', asker);
      if (this.#examples && !this.#examples.has(asker)) this.#examples.set(asker, example());
    }
  }

  /** An effect of the playbook had a text with an empty place. */
  addEmptyValue(playbook: string): void {
    this.#add('empty_value', playbookSource(playbook));
  }

  /** Each (kind, of, name) once. */
  rows(): Skipped[] {
    const { no_key, wrong_type, empty_value } = this.#counts;
    return [
      ...rowsOf('no_key', no_key),
      ...rowsOf('wrong_type', wrong_type, this.#examples),
      ...rowsOf('empty_value', empty_value),
    ];
  }

  #add(kind: Skipped['kind'], asker: string): void {
    const counts = this.#counts[kind];
    counts.set(asker, (counts.get(asker) ?? 0) + 1);
  }
}

/** What a step's decision met, as an evaluation tells it. */
export function skippedByStep(
  playbook: string,
  [first]: readonly WrongValue[],
): Pick<EvaluationResult, 'noKey' | 'wrongTypes'> {
  return { noKey: [], wrongTypes: new Map(first && [[playbookSource(playbook), () => first]]) };
}

function rowsOf(
  kind: Skipped['kind'],
  counts: ReadonlyMap<string, number>,
  examples?: ReadonlyMap<string, WrongValue>,
): Skipped[] {
  return [...counts].map(([asker, count]) => {
    const [prefix, of] = KINDS.find(([prefix]) => asker.startsWith(prefix))!;
    const example = examples?.get(asker);
    return { kind, of, name: asker.slice(prefix.length), count, ...(example && { example }) };
  });
}
