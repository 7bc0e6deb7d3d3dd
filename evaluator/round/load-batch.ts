/** Reads what a round needs before it decides anything: under the subjects' locks, in a fixed number of statements. */

import type { Instant, RecordType, SubjectRef, Traits } from '../../language/model.ts';
import { type IdentityLink, IdentityLinks, identityLinksOf } from '../../language/records/identity-links.ts';
import { subjectKey, subjectOfKey } from '../../language/records/subject-key.ts';
import type { SubjectRow } from '../../store/evaluation/subjects.ts';
import { loadStates } from '../../store/evaluation/trigger-states.ts';
import { unclaimedUpTo } from '../../store/events/pending-events.ts';
import { withRetractions } from '../../store/events/retracted-system-events.ts';
import type { StoredEvent } from '../../store/events/timeline.ts';
import { now } from '../../store/postgres/clock.ts';
import type { Queryable } from '../../store/postgres/database.ts';
import { loadIdentityLinks } from '../../store/records/identity-links.ts';
import { readRecords } from '../../store/records/records.ts';
import { nextDueAt, type SubjectState } from '../../triggers/engine/state.ts';
import type { Deployed } from '../deployed-program.ts';
import type { RecordHistory } from '../late/record-history.ts';
import { RelationHistory } from '../late/relation-history.ts';
import { type LockOptions, lockPlaced } from './apart.ts';
import { type EntryRows, loadEntryRows } from './entry-rows.ts';
import { historyOf, loadLists, loadRecords, namesOthers, recordsOwned } from './load-records.ts';
import { placeAll } from './place-all.ts';
import { QuietIds } from './quiet-ids.ts';

export interface RoundLimits {
  events: number;
  subjects: number;
}

/** What the round works on. */
export interface ClaimedWork {
  claimed: number[];
  events: StoredEvent[];
  due: SubjectRef[];
  safeAt: Instant;
  limits: RoundLimits;
}

export interface Loaded {
  /** The claimed events: the evaluator that held a subject before may have retracted one since it was read (E9). */
  events: StoredEvent[];
  locked: Map<string, SubjectRow>;
  states: Map<string, SubjectState>;
  records: Map<string, Traits>;
  entryRows: EntryRows;
  /** What was written to records after the earliest place of the batch (T0). */
  history: RecordHistory;
  /** To whom the contacts' ids belong (E6). */
  identities: IdentityLinks;
  /** Ids of which a claim brings nothing, because nothing of them has happened since. */
  quiet: QuietIds;
  /** What records named at the places of late events (E8). */
  relations: RelationHistory;
  /** By subject: deadlines after this instant wait, for another evaluator holds an earlier event of the subject. */
  blockedAt: Map<string, Instant>;
  /** Events that are put back to be worked off apart, by their arrivals: with which subject (decision 2). */
  apart: Map<number, string>;
  /** The transaction's now. */
  at: Instant;
}

export interface LoadOptions extends LockOptions {
  /** The earliest instant that is evaluated, where it lies before the events and deadlines. */
  from?: Instant;
}

export async function loadBatch(
  client: Queryable,
  claimed: ClaimedWork,
  deployed: Pick<Deployed, 'program' | 'deployments'>,
  { from = Number.POSITIVE_INFINITY, ...locks }: LoadOptions = {},
): Promise<Loaded> {
  const { events, due } = claimed;
  // To whom the events' ids belong, with what the events themselves claim: their records name others (E8).
  const direct = contactIds(
    events.flatMap((event) => event.subjects),
    events,
  );
  const claims = claimsOf(events);
  const stored = await loadIdentityLinks(client, direct, claims);
  const owners = new IdentityLinks([...stored, ...claims]);
  const owned = recordsOwned(events, owners);
  // Records are read before the locks to know whom to lock, and again under them.
  const [before, relationsBefore] = await Promise.all([
    readRecords(client, owned),
    RelationHistory.of(client, events, owners),
  ]);
  const traitsBefore = (type: RecordType, id: string) => before.get(subjectKey({ type, id }));
  const named = events.map((event) => relationsBefore.subjectsOf(event, traitsBefore));
  const ids = contactIds([...named.flat(), ...due], events);
  // Most records name no contact: then these are the same claims.
  const known = areAmong(ids, direct, stored) ? stored : await loadIdentityLinks(client, ids, claims);
  const knownOwners = known === stored ? owners : new IdentityLinks([...known, ...claims]);
  const placed = await placeAll(events, named, new IdentityLinks(known));
  const { locked, apart } = await lockPlaced(client, claimed, placed, locks);
  // Of what is put apart nothing is read.
  const kept = events.filter(({ arrival }) => !apart.has(arrival));
  const keptNamed = named.filter((_, n) => !apart.has(events[n]!.arrival)).flat();
  const keptClaims = claimsOf(kept);
  const keptIds = contactIds([...keptNamed, ...due], kept);
  const subjects = [...locked.values()].map((row) => row.subject);
  const [linksNow, { records, states }, entryRows, given, at] = await Promise.all([
    loadIdentityLinks(client, keptIds, keptClaims),
    loadRecordsAndStates(client, subjects),
    loadEntryRows(client, deployed, subjects),
    withRetractions(client, kept),
    now(client),
  ]);
  const identities = new IdentityLinks(linksNow);
  for (const [key, row] of locked) states.get(key)!.head = row.head;
  const dueAts = subjects.map((subject) => nextDueAt(states.get(subjectKey(subject))!) ?? Number.POSITIVE_INFINITY);
  const earliest = Math.min(from, ...kept.map((event) => event.at), ...dueAts);
  const upTo = Math.min(claimed.safeAt, frontierOf(claimed));
  const aliases = identities.aliasesOf(...subjects.flatMap(({ type, id }) => (type === 'contact' ? id : [])));
  const all = [...subjects, ...aliases.map((id) => ({ type: 'contact' as const, id }))];
  const held = claimed.claimed.filter((arrival) => !apart.has(arrival));
  const [history, unclaimed] = await Promise.all([
    historyOf(client, records, earliest),
    unclaimedUpTo(client, all, upTo, held),
  ]);
  await loadLists(client, deployed.program.lists, subjects, records);
  const blockedAt = ownersBlocked(unclaimed, identities);
  // Another evaluator may have moved a record before it was locked: whom it named is then read again.
  const isMoved = owned.some((ref) => namesOthers(before.get(subjectKey(ref)), records.get(subjectKey(ref))));
  const linked = new IdentityLinks([...linksNow, ...keptClaims]);
  const isRelinked = apart.size > 0 || linked.since(knownOwners).changed.length > 0;
  const relations = isMoved || isRelinked ? await RelationHistory.of(client, kept, linked) : relationsBefore;
  const quiet = await QuietIds.of(client, kept, { identities: placed.identities, locked, records });
  const loaded = { events: given, apart, locked, states, records, entryRows, history };
  return { ...loaded, identities, quiet, relations, blockedAt, at };
}

/** The records of subjects and of those that they name, and the states of all of them. */
async function loadRecordsAndStates(client: Queryable, subjects: readonly SubjectRef[]) {
  const [{ records, related }, states] = await Promise.all([
    loadRecords(client, subjects),
    loadStates(client, subjects),
  ]);
  for (const [key, state] of await loadStates(
    client,
    related.filter((ref) => !states.has(subjectKey(ref))),
  ))
    states.set(key, state);
  return { records, states };
}

function claimsOf(events: readonly StoredEvent[]): IdentityLink[] {
  return events.flatMap((event) => (event.undoneBy ? [] : identityLinksOf(event)));
}

/** Whether claims that were read for some ids are all that there are of others, too. */
function areAmong(ids: readonly string[], asked: readonly string[], read: readonly IdentityLink[]): boolean {
  const known = new Set([...asked, ...read.flatMap(({ from, to }) => [from, to])]);
  return ids.every((id) => known.has(id));
}

/** Ids of contacts that events name, or claim. */
function contactIds(subjects: readonly SubjectRef[], events: readonly StoredEvent[]): string[] {
  const named = subjects.filter(({ type }) => type === 'contact').map(({ id }) => id);
  return [...named, ...events.flatMap((event) => event.merges ?? [])];
}

/** What holds up an id holds up the contact that owns it. */
function ownersBlocked(blockedAt: Map<string, Instant>, identities: IdentityLinks): Map<string, Instant> {
  for (const [key, at] of [...blockedAt]) {
    const { type, id } = subjectOfKey(key);
    if (type !== 'contact') continue;
    const owner = subjectKey({ type, id: identities.ownerOf(id) });
    blockedAt.set(owner, Math.min(at, blockedAt.get(owner) ?? at));
  }
  return blockedAt;
}

/** After a full batch there may be more events: deadlines from its last on wait for those. */
export function frontierOf({ claimed, events, limits }: ClaimedWork): Instant {
  const last = events.at(-1);
  return claimed.length < limits.events || last === undefined ? Number.POSITIVE_INFINITY : last.at;
}
