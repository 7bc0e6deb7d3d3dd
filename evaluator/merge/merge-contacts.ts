/**
 * Contacts become one, or an event turns up on a timeline from before they did (E6): everything that names their ids is
 * put where it belongs by now, their timelines are replayed, and what was made follows to its owner. What of these contacts
 * is consumed together is one merge.
 */

import { afterLateEvent } from '../../evaluation/after-evaluation.ts';
import { decideAudienceWaits } from '../../evaluation/audience-waits.ts';
import type { Instant, SubjectRef } from '../../language/model.ts';
import { timelinesOfEvent } from '../../language/records/event-timelines.ts';
import { subjectKey } from '../../language/records/subject-key.ts';
import { laterPlace, type Place, placeOfDeadline, placeOfEvent } from '../../language/records/timeline.ts';
import { deleteCheckpoints } from '../../store/evaluation/checkpoints.ts';
import { type FiringRow, loadFiringsOf } from '../../store/evaluation/firings.ts';
import { deleteSubjects } from '../../store/evaluation/subjects.ts';
import type { StoredEvent } from '../../store/events/timeline.ts';
import { breathe } from '../../store/postgres/breathe.ts';
import type { Queryable } from '../../store/postgres/database.ts';
import {
  doubleEnrolments,
  keepSides,
  moveArms,
  moveFirings,
  moveTimelineEntries,
  rebuildMergedRecords,
  writeFiredAs,
} from '../../store/records/identity-links.ts';
import { emptyResult, emptyState, givenAt, putStateEntry } from '../../triggers/engine/state.ts';
import { MAX_REPLAYED } from '../../triggers/history/checkpoints.ts';
import { isLate } from '../../triggers/history/replay.ts';
import { takeReplayed } from '../late/replay-timeline.ts';
import { keepCheckpoints } from '../late/save-checkpoints.ts';
import { type OwnedFiring, ownersOf } from './firing-owners.ts';
import { consumedOf, type MergeInput, type MergeRound } from './merge-input.ts';
import { MergeTimelines } from './merge-timelines.ts';
import { latestOf, type PendingMerge } from './pending-merges.ts';
import { reassignFirings } from './reassign-firings.ts';
import { reloadContacts } from './reload-entry.ts';
import { type MergedReplay, type MergedReplayResult, replayedWith, replayMerged } from './replay-merged.ts';

/** What the batch has claimed, merged and put on timelines so far must be written. @param merges of contacts of their own each */
export async function mergeContacts(round: MergeRound, merges: readonly PendingMerge[]): Promise<void> {
  const { client, identities, session } = round;
  const tasks = merges.map((merge): MergeInput => ({ ...round, ...merge }));
  await session.work.flush(client);
  const changed = tasks.flatMap((task) => [...task.changed]);
  if (changed.length > 0) await moveTimelineEntries(client, identities, changed, consumedOf(tasks));
  const all = [...new Set([...tasks.flatMap(({ owners }) => [...owners]), ...changed])].sort();
  const merged = all.filter((id) => identities.endOf(id));
  await rebuildMergedRecords(client, tasks.flatMap(ownOf), merged);
  const made = bySubject(await loadFiringsOf(client, all.map(contactOf)));
  const rowsOf = (task: MergeInput) =>
    [...new Set([...task.owners, ...task.changed])].sort().flatMap((id) => made.get(id) ?? []);
  const lookedFrom = new Map(tasks.map((task) => [task, lookedFromOf(task, rowsOf(task))]));
  const timelines = await timelinesOf(client, lookedFrom);
  const replayed = new Map<MergeInput, Map<string, MergedReplayResult>>();
  for (const [task, from] of lookedFrom) replayed.set(task, await replayAll(task, timelines, from));
  await leaveMerged(round, merged);
  await moveArms(
    client,
    merged.map((id) => ({ from: id, to: identities.heirOf(id) })),
  );
  session.world.follow(identities);
  const owned = new Map<MergeInput, OwnedFiring[]>();
  const heads = new Map(tasks.map((task) => [task, headOf(task)]));
  for (const task of tasks) {
    const results = replayed.get(task)!;
    for (const [id, result] of results) await takeMerged(task, id, result);
    owned.set(task, await ownersOf(client, rowsOf(task), results, task));
    await handOver(task, owned.get(task)!);
  }
  // Who gave something away is no longer held up by it, whoever is looked at first.
  await reloadContacts(client, session, tasks.flatMap(ownOf));
  for (const task of tasks) {
    await takeUp(task, replayed.get(task)!, owned.get(task)!);
    await tell(task, new Set(replayed.get(task)!.keys()), heads.get(task));
  }
}

/** What the contacts' timelines give by now is made. */
async function takeUp(
  task: MergeInput,
  replayed: ReadonlyMap<string, MergedReplayResult>,
  owned: readonly OwnedFiring[],
): Promise<void> {
  for (const [id, result] of replayed) {
    const rows = owned.filter(({ owner }) => owner === id);
    await reassignFirings(task, id, result, rows);
    await breathe();
  }
}

/** @returns up to where the timelines were read before the merge */
function headOf({ owners, session }: MergeInput): Place | undefined {
  const heads = [...owners].flatMap((id) => session.rows.states.get(subjectKey(contactOf(id)))?.head ?? []);
  return heads.length === 0 ? undefined : heads.reduce(laterPlace);
}

/** What waits on the contacts' timelines sees the events; those in their order also let in what waits for its audience (N1). */
async function tell(task: MergeInput, ids: ReadonlySet<string>, head: Place | undefined): Promise<void> {
  const { session, identities, events } = task;
  for (const { event, named } of events) {
    if (event.undoneBy) continue;
    const place = placeOfEvent(event);
    const isInOrder = !isLate(place, head);
    for (const { subject, via } of timelinesOfEvent(named, place, identities)) {
      if (subject.type !== 'contact' || !ids.has(subject.id)) continue;
      afterLateEvent(session, subject, event, via && Math.max(event.at, via.place.at));
      if (isInOrder) decideAudienceWaits(session, { subject, place, event, result: emptyResult() });
    }
    await breathe();
  }
}

/** The contacts of a merge that are their own by now. */
function ownOf({ owners, identities }: MergeInput): string[] {
  return [...owners].filter((id) => !identities.endOf(id)).sort();
}

/** All that the replays read: of all merges at once. */
function timelinesOf(client: Queryable, lookedFrom: ReadonlyMap<MergeInput, Instant>): Promise<MergeTimelines> {
  const read = [...lookedFrom].flatMap(([task, from]) => replayedWith(task.identities, ownOf(task), from));
  return MergeTimelines.of(client, read, consumedOf([...lookedFrom.keys()]));
}

/** Where the first event is; or before it, where something waits for its audience that the events may answer (N1). */
function lookedFromOf({ events }: MergeInput, made: readonly FiringRow[]): Instant {
  const changedAt = events[0]!.event.at;
  const asked = made.filter((row) => mayBeAnswered(row) && (row.waitsUntil ?? Number.NEGATIVE_INFINITY) >= changedAt);
  return Math.min(changedAt, ...asked.map(givenAt));
}

/** It waits, or what it would lead to overtook it while it waited. */
function mayBeAnswered({ status, reason }: FiringRow): boolean {
  return (status === 'deferred' && reason === 'audience') || (status === 'refused' && reason === 'overtaken');
}

function bySubject(rows: readonly FiringRow[]): Map<string, FiringRow[]> {
  const found = new Map<string, FiringRow[]>();
  for (const row of rows) {
    const known = found.get(row.subject.id);
    if (known) known.push(row);
    else found.set(row.subject.id, [row]);
  }
  return found;
}

/** The last of the events that has merged something into a contact. */
function mergeOf({ identities, events }: MergeInput, id: string): StoredEvent {
  const arrivals = new Set(identities.mergesInto(id).map(({ place }) => place.arrival));
  return (events.findLast(({ event }) => arrivals.has(event.arrival)) ?? events.at(-1)!).event;
}

function contactOf(id: string): SubjectRef {
  return { type: 'contact', id };
}

/** Gives the firings, and what came of them, to whose they are. */
async function handOver(task: MergeInput, owned: readonly OwnedFiring[]): Promise<void> {
  const { client, session } = task;
  const moved = owned.filter(({ row, owner }) => row.subject.id !== owner);
  await moveFirings(
    client,
    moved.map(({ row, owner }) => ({ id: row.id, from: row.subject.id, to: owner })),
  );
  const firedAs = owned.flatMap(({ row, owner, firedAs: then }) => {
    const now = then === owner ? null : then;
    return (row.firedAs ?? null) === now ? [] : [{ id: row.id, firedAs: now }];
  });
  await writeFiredAs(client, firedAs);
  const heirs = new Set(moved.flatMap(({ row, owner }) => (row.status === 'enrolled' ? [owner] : [])));
  for (const id of heirs) {
    await keepSides(client, id);
    const { at, messageId: event } = mergeOf(task, id);
    for (const enrolmentId of await doubleEnrolments(client, id)) {
      session.work.inputs.push({ enrolmentId, kind: 'merged', path: '', iteration: '', arm: 0, at, event });
    }
  }
}

async function replayAll(
  task: MergeInput,
  timelines: MergeTimelines,
  lookedFrom: Instant,
): Promise<Map<string, MergedReplayResult>> {
  const { client, deployed, identities } = task;
  const { states } = task.session.rows;
  const owners = [...task.owners];
  const latest = latestOf(task.events);
  const events = owners.reduce((count, id) => count + (task.rows.get(subjectKey(contactOf(id)))?.consumed ?? 0), 0);
  if (events > MAX_REPLAYED) {
    // Without their ids: the message is logged.
    const came = `event ${latest.arrival} merges ${owners.length} contacts that have ${events}`;
    throw new Error(`contacts with more than ${MAX_REPLAYED} events together are not merged: ${came}`);
  }
  const heads = owners.flatMap((id) => states.get(subjectKey(contactOf(id)))?.head ?? []);
  const head = heads.reduce(laterPlace, placeOfEvent(latest));
  const replayed = new Map<string, MergedReplayResult>();
  for (const id of ownOf(task)) {
    const replay: MergedReplay = {
      client,
      deployed,
      identities,
      stateOf: (one) => states.get(subjectKey(contactOf(one))) ?? emptyState(contactOf(one)),
      lookedFrom,
      until: laterPlace(head, placeOfDeadline(task.readTo(subjectKey(contactOf(id))) - 1)),
      timelines,
    };
    replayed.set(id, await replayMerged(replay, id));
  }
  return replayed;
}

/** Merged subjects are deleted: nothing is due on their own timelines. */
async function leaveMerged({ client, session, rows }: MergeRound, ids: readonly string[]): Promise<void> {
  const left = ids.map(contactOf).filter((subject) => session.rows.states.has(subjectKey(subject)));
  for (const subject of left) {
    const state = session.rows.states.get(subjectKey(subject))!;
    for (const { owner, key } of [...state.slots.values()]) putStateEntry(state, { owner, key, state: undefined });
    state.head = undefined;
  }
  // Of most devices nothing is stored yet: they came with this batch.
  const stored = left.filter((subject) => {
    const row = rows.get(subjectKey(subject));
    return !row || row.head !== undefined || row.checkpointed > 0;
  });
  await deleteSubjects(client, stored);
  await deleteCheckpoints(client, stored);
}

async function takeMerged(task: MergeInput, id: string, replayed: MergedReplayResult): Promise<void> {
  const { client, deployed, session, rows } = task;
  const key = subjectKey({ type: 'contact', id });
  const state = session.rows.states.get(key)!;
  const place: Place = placeOfEvent(latestOf(task.events));
  takeReplayed(state, replayed.state);
  state.head = [state.head, replayed.state.head].reduce<Place>((a, b) => (b ? laterPlace(a, b) : a), place);
  const row = rows.get(key)!;
  row.consumed = replayed.consumed;
  await keepCheckpoints(client, deployed.program, { row, head: state.head }, replayed.checkpoints);
}
