/**
 * What a round that failed means (architecture, decision 2). An outage is nobody's fault: it is waited for. Anything else is
 * the fault of what the round consumed, also where a time limit of its own has cut it: that is found alone, and counted.
 */
import type { SubjectRef } from '../language/model.ts';
import { subjectKey } from '../language/records/subject-key.ts';
import { backoff } from '../language/time/backoff.ts';
import { failPending, setApart } from '../store/events/pending-events.ts';
import { readEvents } from '../store/events/timeline.ts';
import type { Database } from '../store/postgres/database.ts';
import { isCutShort, isTransient } from '../store/postgres/retry.ts';
import type { EvaluatorLog } from './evaluator.ts';

/** The database is away, or others are in the way: the same round may succeed later. */
export function isOutage(error: unknown): boolean {
  return isTransient(error) && !isCutShort(error);
}

/**
 * Counts a failure of an event that was consumed alone. It goes on failing apart from the rest; the fifth time makes it a dead
 * letter.
 */
export async function countFailure(
  { database, log }: { database: Database; log: EvaluatorLog },
  arrival: number,
  error: unknown,
): Promise<void> {
  const { isDeadLetter } = await failPending(database.pool, arrival, messageOf(error));
  log.error({ arrival, isDeadLetter, error: messageOf(error) }, 'an event could not be consumed');
  const [event] = isDeadLetter ? [] : await readEvents(database.pool, [arrival]);
  const subject = event?.subjects[0];
  if (subject) await setApart(database.pool, new Map([[arrival, subjectKey(subject)]]));
}

/** Subjects whose deadlines could not be evaluated: the others' are, meanwhile. */
export class RestingSubjects {
  readonly #failures = new Map<string, { count: number; untilMs: number }>();

  /** Those that rest now, by their keys. */
  keys(): Set<string> {
    const nowMs = performance.now();
    return new Set([...this.#failures].flatMap(([key, { untilMs }]) => (untilMs > nowMs ? [key] : [])));
  }

  failed(subject: SubjectRef): number {
    const key = subjectKey(subject);
    const count = (this.#failures.get(key)?.count ?? 0) + 1;
    const pauseMs = restMsAfter(count);
    // The longest known goes where there are too many: it is tried again too early.
    if (!this.#failures.delete(key) && this.#failures.size >= MAX_RESTING)
      this.#failures.delete(this.#failures.keys().next().value!);
    this.#failures.set(key, { count, untilMs: performance.now() + pauseMs });
    return pauseMs;
  }
}

const MAX_RESTING = 1_000;
const restMsAfter = backoff({ firstMs: 2_000, maxMs: 600_000 });

export function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
}

/** Errors of the engine name places in playbooks, never what an event holds. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : 'unknown';
}
