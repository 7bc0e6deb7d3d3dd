/**
 * One round of the evaluator: a transaction that claims pending events and due deadlines, consumes them per subject in
 * E4's order, and writes state, deadlines, firings and enrolments. What it cannot consume yet stays where it was.
 */

import type { Instant, SubjectRef } from '../../language/model.ts';
import { subjectKey } from '../../language/records/subject-key.ts';
import { type DueSubject, dueSubjects } from '../../store/evaluation/trigger-states.ts';
import { readWaiting, type Waiting } from '../../store/evaluation/waiting.ts';
import { claimPending, setApart } from '../../store/events/pending-events.ts';
import type { StoredEvent } from '../../store/events/timeline.ts';
import type { Commit, Queryable } from '../../store/postgres/database.ts';
import { together } from '../../store/postgres/together.ts';
import type { Watermark } from '../../store/postgres/watermark.ts';
import { currentDeployed, type Deployed } from '../deployed-program.ts';
import type { LockOptions } from './apart.ts';
import { Batch, type RoundResult } from './batch.ts';
import { type ClaimedWork, loadBatch, type RoundLimits } from './load-batch.ts';

/** What a round finds when it begins. */
export interface OpenedRound {
  /** The low watermark: every event received before it is committed and visible. */
  safeAt: Instant;
  /** Undefined before the first deployment. */
  deployed: Deployed | undefined;
  /** In E4's order; they are claimed until the transaction ends. */
  events: StoredEvent[];
  due: SubjectRef[];
  waiting: Waiting;
}

export interface OpenOptions {
  watermark: Watermark;
  /** What was deployed when it was last read. */
  known: Deployed | undefined;
  limits: RoundLimits;
  /** The key of the subject whose events that wait apart are consumed; without it those that wait together. */
  apart?: string | undefined;
  /** Keys of subjects whose deadlines are left alone. */
  resting?: ReadonlySet<string>;
}

/** Claims events, and looks for what else there is to do: one round trip, together with the transaction's BEGIN. */
export async function openRound(client: Queryable, options: OpenOptions): Promise<OpenedRound> {
  const { watermark, known, limits, apart, resting = new Set() } = options;
  const [safeAt, deployed, events, found, waiting] = await together([
    // First: what was received before it is seen by what follows.
    watermark.read(client),
    currentDeployed(client, known),
    claimPending(client, limits.events, apart),
    dueSubjects(client, limits.subjects > 0 ? limits.subjects + resting.size : 0),
    readWaiting(client),
  ]);
  const isDue = (subject: DueSubject) => subject.dueAt < safeAt && !resting.has(subjectKey(subject));
  const due = found.filter(isDue).map(({ type, id }) => ({ type, id }));
  return { safeAt, deployed, events, due: due.slice(0, limits.subjects), waiting };
}

export interface RoundOptions extends Pick<LockOptions, 'aside' | 'skipsLocked'> {
  limits: RoundLimits;
  apart?: string | undefined;
  /** The transaction ends with the round. */
  commit?: Commit | undefined;
}

/** Consumes what a round has opened. */
export async function round(
  client: Queryable,
  deployed: Deployed,
  { events, due, safeAt, waiting }: OpenedRound,
  { limits, apart, commit, ...locks }: RoundOptions,
): Promise<RoundResult> {
  if (events.length === 0 && due.length === 0) return NOTHING;
  const claimed = events.map(({ arrival }) => arrival);
  const work: ClaimedWork = { claimed, events, due, safeAt, limits };
  const { hasApart } = waiting;
  const loaded = await loadBatch(client, work, deployed, { putsApart: apart === undefined, hasApart, ...locks });
  await setApart(client, loaded.apart);
  const result = await new Batch(client, deployed, work, loaded).run(commit);
  return { ...result, apart: loaded.apart.size };
}

const NOTHING: RoundResult = { events: 0, deadlines: 0, firings: 0, deferred: 0, putBack: [], apart: 0, defers: false };

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
