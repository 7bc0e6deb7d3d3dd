/** Reads what a round needs before it decides anything: under the subjects' locks, in a fixed number of statements. */

import type { Instant, RecordType, SubjectRef, Traits } from '../../language/model.ts';
import { type IdentityLink, IdentityLinks } from '../../language/records/identity-links.ts';
import { subjectKey, subjectOfKey } from '../../language/records/subject-key.ts';
import type { SubjectRow } from '../../store/evaluation/subjects.ts';
import { loadStates } from '../../store/evaluation/trigger-states.ts';
import { unclaimedUpTo } from '../../store/events/pending-events.ts';
import type { StoredEvent } from '../../store/events/timeline.ts';
import type { Queryable } from '../../store/postgres/database.ts';
import { loadIdentityLinks } from '../../store/records/identity-links.ts';
import { type RecordRow, readRecordRows } from '../../store/records/records.ts';
import { nextDueAt, type SubjectState } from '../../triggers/engine/state.ts';
import type { Deployed } from '../deployed-program.ts';
import { RecordHistory } from '../late/record-history.ts';
import { RelationHistory } from '../late/relation-history.ts';
import { type LockOptions, lockPlaced } from './apart.ts';
import type { EntryRows } from './entry-rows.ts';
import { loadLists, namesOthers, relatedTo } from './load-records.ts';
import { placeAll } from './place-all.ts';
import { QuietIds } from './quiet-ids.ts';
import { aliasesOf, readLocked } from './read-locked.ts';
import { claimsOf, contactIds, whoseEvents } from './whose-events.ts';

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
  const before = await whoseEvents(client, events);
  const traitsBefore = (type: RecordType, id: string) => before.records.get(subjectKey({ type, id }))?.traits;
  const named = events.map((event) => before.relations.subjectsOf(event, traitsBefore));
  const ids = contactIds([...named.flat(), ...due], events);
  // Most records name no contact: then these are the same claims.
  const isKnown = areAmong(ids, before.ids, before.stored);
  const known = isKnown ? before.stored : await loadIdentityLinks(client, ids, before.claims);
  const owners = isKnown ? before.owners : new IdentityLinks([...known, ...before.claims]);
  const placed = await placeAll(events, named, new IdentityLinks(known));
  const upTo = Math.min(claimed.safeAt, frontierOf(claimed));
  const related = relatedTo(before.records);
  const namedBy = new Map(events.map(({ arrival }, n) => [arrival, named[n]!]));
  const { locked, apart, read } = await lockPlaced(client, claimed, { ...placed, ...locks }, (kept, subjects) => {
    const ofKept = contactIds([...kept.flatMap(({ arrival }) => namedBy.get(arrival)!), ...due], kept);
    return readLocked(client, deployed, { kept, subjects, ids: ofKept, related, owners: placed.identities, upTo });
  });
  const { events: kept, records: rows, states, entryRows, at } = read;
  const subjects = [...locked.values()].map((row) => row.subject);
  // Whom records name that were not named before the locks, and ids that were not theirs then.
  const own = new Map([...rows].filter(([key]) => locked.has(key)));
  const others = relatedTo(own).filter((ref) => !states.has(subjectKey(ref)));
  if (others.length > 0) {
    const [moreRows, moreStates] = await Promise.all([readRecordRows(client, others), loadStates(client, others)]);
    for (const [key, row] of moreRows) rows.set(key, row);
    for (const [key, state] of moreStates) states.set(key, state);
  }
  // And whom they name may be another's by now.
  const contacts = contactIds(relatedTo(own), []);
  const links = areAmong(contacts, read.ids, read.links)
    ? read.links
    : await loadIdentityLinks(client, [...read.ids, ...contacts], claimsOf(kept));
  const identities = new IdentityLinks(links);
  await loadHeirs(client, { ids: contacts, identities }, rows, states);
  const aliases = aliasesOf(subjects, identities);
  const isAsked = aliases.every(({ id }) => read.aliases.has(id));
  const unclaimed = isAsked
    ? read.unclaimed
    : await unclaimedUpTo(client, [...subjects, ...aliases], upTo, arrivalsOf(claimed.claimed, apart));
  const blockedAt = ownersBlocked(unclaimed, identities);
  for (const [key, row] of locked) states.get(key)!.head = row.head;
  const dueAts = subjects.map((subject) => nextDueAt(states.get(subjectKey(subject))!) ?? Number.POSITIVE_INFINITY);
  const earliest = Math.min(from, ...kept.map((event) => event.at), ...dueAts);
  const history = await RecordHistory.of(client, rows, earliest);
  const records = new Map([...rows].map(([key, { traits }]) => [key, traits]));
  await loadLists(client, { lists: deployed.program.lists, identities }, subjects, records);
  // Another evaluator may have moved a record before it was locked: whom it named is then read again.
  const isMoved = before.owned.some((ref) => {
    const key = subjectKey(ref);
    return namesOthers(before.records.get(key)?.traits, records.get(key));
  });
  const linked = new IdentityLinks([...links, ...claimsOf(kept)]);
  const isRelinked = apart.size > 0 || linked.since(owners).changed.length > 0;
  const relations = isMoved || isRelinked ? await RelationHistory.of(client, kept, linked) : before.relations;
  const quiet = await QuietIds.of(client, kept, { identities: placed.identities, locked, records });
  const loaded = { events: kept, apart, locked, states, records, entryRows, history };
  return { ...loaded, identities, quiet, relations, blockedAt, at };
}

function arrivalsOf(claimed: readonly number[], apart: ReadonlyMap<number, string>): number[] {
  return claimed.filter((arrival) => !apart.has(arrival));
}

/** The records and states of those whose the named contacts are by now (E6). */
async function loadHeirs(
  client: Queryable,
  { ids, identities }: { ids: readonly string[]; identities: IdentityLinks },
  rows: Map<string, RecordRow>,
  states: Map<string, SubjectState>,
): Promise<void> {
  const owners = [...new Set(ids.map((id) => identities.ownerOf(id)))].filter((id) => !ids.includes(id));
  const heirs = owners.map((id) => ({ type: 'contact' as const, id })).filter((ref) => !states.has(subjectKey(ref)));
  if (heirs.length === 0) return;
  for (const [key, row] of await readRecordRows(client, heirs)) rows.set(key, row);
  for (const [key, state] of await loadStates(client, heirs)) states.set(key, state);
}

/** Whether claims that were read for some ids are all that there are of others, too. */
function areAmong(ids: readonly string[], asked: readonly string[], read: readonly IdentityLink[]): boolean {
  const known = new Set([...asked, ...read.flatMap(({ from, to }) => [from, to])]);
  return ids.every((id) => known.has(id));
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
