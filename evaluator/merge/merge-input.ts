/** What a merge of contacts begins with (E6). */
import type { Instant } from '../../language/model.ts';
import type { IdentityLinks } from '../../language/records/identity-links.ts';
import type { SubjectRow } from '../../store/evaluation/subjects.ts';
import type { StoredEvent } from '../../store/events/timeline.ts';
import type { Queryable } from '../../store/postgres/database.ts';
import type { Deployed } from '../deployed-program.ts';
import type { BatchSession } from '../round/batch-session.ts';
import type { PendingMerge } from './pending-merges.ts';

/** What the merges of a round have in common. */
export interface MergeRound {
  client: Queryable;
  deployed: Deployed;
  /** With the events' own links. */
  identities: IdentityLinks;
  alsoConsumed: readonly StoredEvent[];
  rows: ReadonlyMap<string, SubjectRow>;
  session: BatchSession;
  /** Up to when the deadlines of a subject may be evaluated. */
  readTo(key: string): Instant;
}

/** One merge, or several of the same contacts. */
export type MergeInput = MergeRound & PendingMerge;

/** Arrivals that count as consumed, though their rows are still pending. */
export function consumedOf(tasks: readonly MergeInput[]): Set<number> {
  const consumed = tasks.flatMap(({ events }) => events.map(({ event }) => event.arrival));
  return new Set([...consumed, ...(tasks[0]?.alsoConsumed ?? []).map(({ arrival }) => arrival)]);
}
