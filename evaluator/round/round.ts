/**
 * One round of the evaluator: a transaction that claims pending events and due deadlines, consumes them per subject in
 * E4's order, and writes state, deadlines, firings and enrolments. What it cannot consume yet stays where it was.
 */

import type { Instant, SubjectRef } from '../../language/model.ts';
import { dueSubjects } from '../../store/evaluation/trigger-states.ts';
import { claimPending } from '../../store/events/pending-events.ts';
import { readEvents } from '../../store/events/timeline.ts';
import type { Queryable } from '../../store/postgres/database.ts';
import type { Deployed } from '../deployed-program.ts';
import { Batch, type RoundResult } from './batch.ts';
import { type ClaimedWork, loadBatch, type RoundLimits } from './load-batch.ts';

/** @param safeAt the low watermark: every event received before it is committed and visible */
export async function round(
  client: Queryable,
  deployed: Deployed,
  safeAt: Instant,
  limits: RoundLimits,
): Promise<RoundResult> {
  const claimed = await claimPending(client, limits.events);
  const events = await readEvents(client, claimed);
  const due = await dueSubjects(client, safeAt, limits.subjects);
  if (events.length === 0 && due.length === 0) return { events: 0, deadlines: 0, firings: 0, deferred: 0 };
  const work: ClaimedWork = { claimed, events, due, safeAt, limits };
  return new Batch(client, deployed, work, await loadBatch(client, work, deployed)).run();
}

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
