/**
 * A run without an end given ends when everything that was opened has run out (V3). Some playbooks never let it: they
 * are stopped with a sentence that names them, in place of a run for ever.
 */
import type { Instant, SubjectRef } from '../../language/model.ts';
import { subjectKey } from '../../language/records/subject-key.ts';
import { isoInstant } from '../../language/time/instants.ts';

/** Firings of one playbook for one subject once nothing more comes in; what was opened leads to a few. */
const MAX_FIRINGS = 1_000;
/** Names listed where one instant does not end. */
const MAX_NAMED = 3;

/** Virtual time does not come to an end. */
export class EndlessError extends Error {
  override name = 'EndlessError';
  readonly code = 'ENDLESS';
  readonly hint: string;

  constructor(message: string, hint: string) {
    super(`this does not come to an end: ${message}`);
    this.hint = hint;
  }
}

interface Entry {
  playbook: string;
  subject: SubjectRef;
  at: Instant;
}

/** Counts what happens in a run after its last event, and within one instant. */
export class EndWatch {
  readonly #counts = new Map<string, number>();
  #instant: { at: Instant; byPlaybook: Map<string, Entry> } | undefined;

  /** @throws EndlessError where a playbook has fired for one subject too often since nothing more comes in */
  fired(entry: Entry, isOver: boolean): void {
    if (this.#instant?.at !== entry.at) this.#instant = { at: entry.at, byPlaybook: new Map() };
    if (this.#instant.byPlaybook.size < MAX_NAMED) this.#instant.byPlaybook.set(entry.playbook, entry);
    if (!isOver) return;
    const id = `${entry.playbook}\u0000${subjectKey(entry.subject)}`;
    const count = (this.#counts.get(id) ?? 0) + 1;
    this.#counts.set(id, count);
    if (count <= MAX_FIRINGS) return;
    const since = `${MAX_FIRINGS} times since the last event, lastly at ${isoInstant(entry.at)}`;
    throw new EndlessError(
      `${named(entry)} fired more than ${since}`,
      'say until when: `until` of a test, `--until` of a backtest',
    );
  }

  /** What is said where one instant takes more rounds than it may. */
  endlessInstant(at: Instant, rounds: number): EndlessError {
    const entries = this.#instant?.at === at ? [...this.#instant.byPlaybook.values()] : [];
    const who = entries.length === 0 ? '' : ` of ${entries.map(named).join(', ')}`;
    const hint = 'look for playbooks that feed each other, and leave out with a `where` what they did themselves';
    return new EndlessError(`more than ${rounds} rounds${who} at ${isoInstant(at)}`, hint);
  }
}

function named({ playbook, subject }: Entry): string {
  return `${playbook} for ${subject.type} ${subject.id}`;
}
