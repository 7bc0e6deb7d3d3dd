/**
 * One round of the evaluator: a transaction that claims pending events and due deadlines, consumes them per subject in
 * E4's order, and writes state, deadlines, firings and enrolments. What it cannot consume yet stays where it was.
 */

import type { Instant, SubjectRef } from '../../language/model.ts';
import { subjectKey } from '../../language/records/subject-key.ts';
import { dueSubjects } from '../../store/evaluation/trigger-states.ts';
import { claimPending, setApart } from '../../store/events/pending-events.ts';
import { readEvents } from '../../store/events/timeline.ts';
import type { Queryable } from '../../store/postgres/database.ts';
import type { Deployed } from '../deployed-program.ts';
import { Batch, type RoundResult } from './batch.ts';
import { type ClaimedWork, loadBatch, type RoundLimits } from './load-batch.ts';

export interface RoundOptions {
  /** The low watermark: every event received before it is committed and visible. */
  safeAt: Instant;
  limits: RoundLimits;
  /** The key of the subject whose events that wait apart are consumed; without it those that wait together. */
  apart?: string | undefined;
  /** Outside of the transaction, where that may go on for long. */
  aside?: Queryable | undefined;
  /** Keys of subjects whose deadlines are left alone. */
  resting?: ReadonlySet<string>;
  /** Told before anything is decided. */
  onClaimed?(arrivals: readonly number[]): void;
  onDue?(subjects: readonly SubjectRef[]): void;
}

export async function round(
  client: Queryable,
  deployed: Deployed,
  { safeAt, limits, apart, aside, resting = new Set(), onClaimed, onDue }: RoundOptions,
): Promise<RoundResult> {
  const claimed = await claimPending(client, limits.events, apart);
  onClaimed?.(claimed);
  const [events, found] = await Promise.all([
    readEvents(client, claimed),
    limits.subjects > 0 ? dueSubjects(client, safeAt, limits.subjects + resting.size) : [],
  ]);
  const due = found.filter((subject) => !resting.has(subjectKey(subject))).slice(0, limits.subjects);
  onDue?.(due);
  if (events.length === 0 && due.length === 0) return NOTHING;
  const work: ClaimedWork = { claimed, events, due, safeAt, limits };
  const loaded = await loadBatch(client, work, deployed, { putsApart: apart === undefined, aside });
  await setApart(client, loaded.apart);
  const result = await new Batch(client, deployed, work, loaded).run();
  return { ...result, apart: loaded.apart.size };
}

const NOTHING: RoundResult = { events: 0, deadlines: 0, firings: 0, deferred: 0, putBack: [], apart: 0 };

/** The same over some subjects alone: their rebuilds, and their deadlines that are due. */
export async function roundOf(
  client: Queryable,
  deployed: Deployed,
  safeAt: Instant,
  subjects: readonly SubjectRef[],
): Promise<{ locked: ReadonlySet<string> }> {
  const limits = { events: 1, subjects: subjects.length };
  const work: ClaimedWork = { claimed: [], events: [], due: [...subjects], safeAt, limits };
  const loaded = await loadBatch(client, work, deployed);
  await new Batch(client, deployed, work, loaded).run();
  return { locked: new Set(loaded.locked.keys()) };
}
