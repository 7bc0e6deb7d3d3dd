/** Reads what a round needs before it decides anything: under the subjects' locks, in a fixed number of statements. */

import { isDeepStrictEqual } from 'node:util';
import type { Instant, RecordType, SubjectRef, Traits } from '../../language/model.ts';
import { type IdentityLink, IdentityLinks, identityLinksOf } from '../../language/records/identity-links.ts';
import { subjectKey, subjectOfKey } from '../../language/records/subject-key.ts';
import { isRecord } from '../../language/records/world.ts';
import type { SubjectRow } from '../../store/evaluation/subjects.ts';
import { loadStates } from '../../store/evaluation/trigger-states.ts';
import { unclaimedUpTo } from '../../store/events/pending-events.ts';
import { withRetractions } from '../../store/events/retracted-system-events.ts';
import type { StoredEvent } from '../../store/events/timeline.ts';
import { now } from '../../store/postgres/clock.ts';
import type { Queryable } from '../../store/postgres/database.ts';
import { together } from '../../store/postgres/together.ts';
import { loadIdentityLinks } from '../../store/records/identity-links.ts';
import { type RecordRef, readRecordRows } from '../../store/records/records.ts';
import { readRelationsThen } from '../../store/records/relations.ts';
import { nextDueAt, type SubjectState } from '../../triggers/engine/state.ts';
import type { Deployed } from '../deployed-program.ts';
import { RecordHistory } from '../late/record-history.ts';
import { RelationHistory } from '../late/relation-history.ts';
import { type LockOptions, lockPlaced } from './apart.ts';
import { type EntryRows, loadEntryRows } from './entry-rows.ts';
import { loadLists, namesOthers, recordsOwned, relatedTo } from './load-records.ts';
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
  const identities = new IdentityLinks(read.links);
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
  await loadLists(client, deployed.program.lists, subjects, records);
  // Another evaluator may have moved a record before it was locked: whom it named is then read again.
  const isMoved = before.owned.some((ref) => {
    const key = subjectKey(ref);
    return namesOthers(before.records.get(key)?.traits, records.get(key));
  });
  const linked = new IdentityLinks([...read.links, ...claimsOf(kept)]);
  const isRelinked = apart.size > 0 || linked.since(owners).changed.length > 0;
  const relations = isMoved || isRelinked ? await RelationHistory.of(client, kept, linked) : before.relations;
  const quiet = await QuietIds.of(client, kept, { identities: placed.identities, locked, records });
  const loaded = { events: kept, apart, locked, states, records, entryRows, history };
  return { ...loaded, identities, quiet, relations, blockedAt, at };
}

/** To whom the ids of events belong, and whom their records name: read before the locks to know whom to lock. */
async function whoseEvents(client: Queryable, events: readonly StoredEvent[]) {
  // With what the events themselves claim: their records name others (E8).
  const claims = claimsOf(events);
  const ids = contactIds(
    events.flatMap((event) => event.subjects),
    events,
  );
  // Most ids are their own: what is read of them goes out with the question whether they are.
  const guess = new IdentityLinks(claims);
  const wantedOf = (identities: IdentityLinks) => ({
    owned: recordsOwned(events, identities),
    asked: RelationHistory.wanted(events, identities),
  });
  const readOf = async ({ owned, asked }: ReturnType<typeof wantedOf>) => {
    const [records, then] = await together([readRecordRows(client, owned), readRelationsThen(client, asked)]);
    return { owned, records, then };
  };
  const guessed = wantedOf(guess);
  const [stored, first] = await together([loadIdentityLinks(client, ids, claims), readOf(guessed)]);
  const owners = new IdentityLinks([...stored, ...claims]);
  const wanted = stored.length === 0 ? guessed : wantedOf(owners);
  const { owned, records, then } = isDeepStrictEqual(wanted, guessed) ? first : await readOf(wanted);
  const relations = await RelationHistory.of(client, events, owners, then);
  return { claims, ids, stored, owners, owned, records, relations };
}

interface Asked {
  kept: readonly StoredEvent[];
  subjects: readonly SubjectRef[];
  /** Whom the subjects' records named before they were locked. */
  related: readonly RecordRef[];
  /** To whom ids belonged then, with what the events claim. */
  owners: IdentityLinks;
  /** Ids of contacts, to whom they belong. */
  ids: readonly string[];
  /** Events of others that are not consumed count up to here. */
  upTo: Instant;
}

/** What is needed of some events and subjects under their locks: asked for at once, in a fixed number of statements. */
async function readLocked(client: Queryable, deployed: Pick<Deployed, 'program' | 'deployments'>, asked: Asked) {
  const { kept, subjects, related, ids, owners, upTo } = asked;
  const held = kept.map(({ arrival }) => arrival);
  const aliases = aliasesOf(subjects, owners);
  const around = [...new Map([...subjects, ...related].map((ref) => [subjectKey(ref), ref])).values()];
  const [links, records, states, entryRows, events, unclaimed, at] = await together([
    loadIdentityLinks(client, ids, claimsOf(kept)),
    readRecordRows(client, around.filter(isRecord)),
    loadStates(client, around),
    loadEntryRows(client, deployed, subjects),
    withRetractions(client, kept),
    unclaimedUpTo(client, [...subjects, ...aliases], upTo, held),
    now(client),
  ]);
  return { links, records, states, entryRows, events, unclaimed, aliases: new Set(aliases.map(({ id }) => id)), at };
}

/** The contacts' ids that became some contacts', as subjects. */
function aliasesOf(subjects: readonly SubjectRef[], identities: IdentityLinks): { type: 'contact'; id: string }[] {
  const contacts = subjects.flatMap(({ type, id }) => (type === 'contact' ? [id] : []));
  return identities.aliasesOf(...contacts).map((id) => ({ type: 'contact', id }));
}

function arrivalsOf(claimed: readonly number[], apart: ReadonlyMap<number, string>): number[] {
  return claimed.filter((arrival) => !apart.has(arrival));
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
