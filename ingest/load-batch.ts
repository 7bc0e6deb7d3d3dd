/** What a round reads before it decides anything: under the subjects' locks, in a fixed number of statements. */
import type { Instant, RecordType, SubjectRef, Traits } from '../language/model.ts';
import type { TimelineEvent } from '../language/timeline.ts';
import { isRecord, relationsOf } from '../language/world.ts';
import { now } from '../store/clock.ts';
import type { Queryable } from '../store/database.ts';
import { readVersion } from '../store/deployments.ts';
import { loadPast, type PastRow } from '../store/firings.ts';
import { unclaimedUpTo } from '../store/pending-events.ts';
import { readRecords } from '../store/records.ts';
import { lockSubjects, type SubjectRow } from '../store/subjects.ts';
import { loadSubscriptions } from '../store/subscriptions.ts';
import { loadStates } from '../store/trigger-states.ts';
import type { SubjectState } from '../triggers/state.ts';
import { subjectsOf } from './event-subjects.ts';
import { subjectKey, type WaitingRow, waitingRow } from './waiting.ts';

export interface RoundLimits {
  events: number;
  subjects: number;
}

/** What the round works on. */
export interface Claimed {
  claimed: number[];
  events: TimelineEvent[];
  due: SubjectRef[];
  settled: Instant;
  limits: RoundLimits;
}

export interface Loaded {
  locked: Map<string, SubjectRow>;
  states: Map<string, SubjectState>;
  records: Map<string, Traits>;
  waiting: Map<string, WaitingRow[]>;
  past: Map<string, PastRow[]>;
  /** Deadlines behind this wait for events that somebody else holds. */
  blockedAt: Map<string, Instant>;
  /** The transaction's now. */
  at: Instant;
}

export async function loadBatch(client: Queryable, claimed: Claimed): Promise<Loaded> {
  const { events, due } = claimed;
  // Records are read before the locks to know whom to lock, and again under them.
  const before = await readRecords(client, recordsNamed(events));
  const traitsBefore = (type: RecordType, id: string) => before.get(`${type}/${id}`);
  const wanted = events.flatMap((event) => subjectsOf(event, traitsBefore));
  const locked = new Map<string, SubjectRow>();
  for (const row of await lockSubjects(client, wanted)) locked.set(subjectKey(row.subject), row);
  const others = due.filter((subject) => !locked.has(subjectKey(subject)));
  for (const row of await lockSubjects(client, others, { skipLocked: true })) locked.set(subjectKey(row.subject), row);
  const subjects = [...locked.values()].map((row) => row.subject);
  const records = await readRecords(client, subjects.filter(isRecord));
  const related = [...records]
    .flatMap(([key, traits]) => relatedOf(key, traits))
    .filter((ref) => !records.has(subjectKey(ref)));
  for (const [key, traits] of await readRecords(client, related)) records.set(key, traits);
  const states = await loadStates(client, [...subjects, ...related.filter((ref) => !locked.has(subjectKey(ref)))]);
  for (const [key, row] of locked) states.get(key)!.head = row.head;
  const waiting = new Map<string, WaitingRow[]>();
  for (const row of await loadSubscriptions(client, subjects)) {
    const key = subjectKey(row.subject);
    const entry = waitingRow(row, await readVersion(client, row.versionHash));
    waiting.set(key, [...(waiting.get(key) ?? []), entry]);
  }
  const past: Map<string, PastRow[]> = new Map();
  for (const row of await loadPast(client, subjects)) {
    const key = subjectKey(row.subject);
    past.set(key, [...(past.get(key) ?? []), row]);
  }
  const at = await now(client);
  const upTo = Math.min(claimed.settled, frontierOf(claimed));
  const blockedAt = await unclaimedUpTo(client, subjects, upTo, claimed.claimed);
  return { locked, states, records, waiting, past, blockedAt, at };
}

/** Behind a full batch there may be more events: deadlines from its last on wait for those. */
export function frontierOf({ claimed, events, limits }: Claimed): Instant {
  const last = events.at(-1);
  return claimed.length < limits.events || last === undefined ? Number.POSITIVE_INFINITY : last.at;
}

function recordsNamed(events: readonly TimelineEvent[]): { type: RecordType; id: string }[] {
  return events.flatMap((event) => event.subjects.filter(isRecord));
}

function relatedOf(key: string, traits: Traits): { type: RecordType; id: string }[] {
  const [type, ...id] = key.split('/');
  const own = { type: type as RecordType, id: id.join('/') };
  return Object.entries(relationsOf(own.type, own.id, traits)).map(([t, i]) => ({ type: t as RecordType, id: i }));
}
