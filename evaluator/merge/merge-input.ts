/** What a merge of contacts begins with (E6). */
import type { Instant } from '../../language/model.ts';
import type { EventTimeline } from '../../language/records/event-timelines.ts';
import type { IdentityLinks } from '../../language/records/identity-links.ts';
import type { SubjectRow } from '../../store/evaluation/subjects.ts';
import type { StoredEvent } from '../../store/events/timeline.ts';
import type { Queryable } from '../../store/postgres/database.ts';
import type { Deployed } from '../deployed-program.ts';
import type { LateEvent } from '../late/late-events.ts';
import type { BatchSession } from '../round/batch-session.ts';

export interface MergeInput {
  client: Queryable;
  deployed: Deployed;
  /** With the event's own links. */
  identities: IdentityLinks;
  /** Without them. */
  before: IdentityLinks;
  /** Ids of which something belongs elsewhere by the event's links. */
  changed: readonly string[];
  /** Contacts whose timelines are concerned, those that are merged away too; all are locked. */
  owners: readonly string[];
  /** The event's timelines. */
  timelines: readonly EventTimeline[];
  event: StoredEvent;
  /** Late events of the contacts that were consumed before it and not yet walked, in E4's order. */
  late: readonly LateEvent[];
  alsoConsumed: readonly StoredEvent[];
  rows: ReadonlyMap<string, SubjectRow>;
  session: BatchSession;
  /** Up to when the deadlines of a subject may be evaluated. */
  readTo(key: string): Instant;
}

/** Arrivals that count as consumed, though their rows are still pending. */
export function consumedOf({ event, alsoConsumed }: MergeInput): Set<number> {
  return new Set([event, ...alsoConsumed].map(({ arrival }) => arrival));
}
