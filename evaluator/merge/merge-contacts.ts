/**
 * Contacts become one, or an event turns up on a timeline from before they did (E6): everything that names their ids is
 * put where it belongs by now, their timelines are replayed, and what was made follows to its owner. What of these contacts
 * is consumed together is one merge.
 */

import { afterLateEvent } from '../../evaluation/after-evaluation.ts';
import type { Instant, SubjectRef } from '../../language/model.ts';
import { timelinesOfEvent } from '../../language/records/event-timelines.ts';
import type { IdentityLink, IdentityLinks } from '../../language/records/identity-links.ts';
import { subjectKey } from '../../language/records/subject-key.ts';
import { laterPlace, type Place, placeOfDeadline, placeOfEvent } from '../../language/records/timeline.ts';
import { deleteCheckpoints } from '../../store/evaluation/checkpoints.ts';
import { loadFiringsOf } from '../../store/evaluation/firings.ts';
import { deleteSubjects, type SubjectRow } from '../../store/evaluation/subjects.ts';
import type { StoredEvent } from '../../store/events/timeline.ts';
import type { Queryable } from '../../store/postgres/database.ts';
import {
  doubleEnrolments,
  insertIdentityLinks,
  keepSides,
  moveArms,
  moveFirings,
  moveTimelineEntries,
  rebuildMergedRecords,
} from '../../store/records/identity-links.ts';
import { emptyState, putStateEntry } from '../../triggers/engine/state.ts';
import { MAX_REPLAYED } from '../../triggers/history/checkpoints.ts';
import type { Deployed } from '../deployed-program.ts';
import type { LateEvent } from '../late/late-events.ts';
import { takeReplayed } from '../late/replay-timeline.ts';
import { keepCheckpoints } from '../late/save-checkpoints.ts';
import type { BatchSession } from '../round/batch-session.ts';
import { breathe } from '../round/breath.ts';
import { type OwnedFiring, ownersOf } from './firing-owners.ts';
import { MergeTimelines } from './merge-timelines.ts';
import { latestOf } from './pending-merges.ts';
import { reassignFirings } from './reassign-firings.ts';
import { reloadContacts } from './reload-entry.ts';
import { type MergedReplay, type MergedReplayResult, replayedWith, replayMerged } from './replay-merged.ts';

export interface MergeInput {
  client: Queryable;
  deployed: Deployed;
  /** With the events' own links. */
  identities: IdentityLinks;
  links: readonly IdentityLink[];
  /** Ids of which something belongs elsewhere by the links. */
  changed: readonly string[];
  /** Contacts whose timelines are concerned, those that are merged away too; all are locked. */
  owners: readonly string[];
  /** That claim ids, or lie before a merge, or are late on one of the timelines; at least one, in E4's order. */
  events: readonly LateEvent[];
  alsoConsumed: readonly StoredEvent[];
  rows: ReadonlyMap<string, SubjectRow>;
  session: BatchSession;
  /** Up to when the deadlines of a subject may be evaluated. */
  readTo(key: string): Instant;
}

/** What the batch has merged and put on timelines so far must be written. */
export async function mergeContacts(task: MergeInput): Promise<void> {
  const { client, identities, links, changed, owners, session } = task;
  await session.work.flush(client);
  if (changed.length > 0) {
    await insertIdentityLinks(client, links);
    await moveTimelineEntries(client, identities, changed, consumedOf(task));
  }
  const all = [...new Set([...owners, ...changed])];
  const own = owners.filter((id) => !identities.endOf(id));
  const merged = all.filter((id) => identities.endOf(id));
  await rebuildMergedRecords(client, own, merged);
  const replayed = await replayAll(task, own);
  const made = await loadFiringsOf(client, all.map(contactOf));
  await leaveMerged(task, merged);
  await moveArms(
    client,
    merged.map((id) => ({ from: id, to: identities.heirOf(id) })),
  );
  for (const [id, result] of replayed) await takeMerged(task, id, result);
  session.world.follow(identities);
  const owned = await ownersOf(client, made, replayed, { identities, changed });
  await handOver(task, owned);
  // Who gave something away is no longer held up by it, whoever is looked at first.
  await reloadContacts(client, session, own);
  for (const id of own) {
    const rows = owned.filter(({ owner }) => owner === id).map(({ row }) => row);
    await reassignFirings(task, id, replayed.get(id)!, rows);
    await breathe();
  }
  for (const { event, named } of task.events) {
    if (event.undoneBy) continue;
    for (const { subject } of timelinesOfEvent(named, placeOfEvent(event), identities)) {
      if (subject.type === 'contact' && replayed.has(subject.id)) afterLateEvent(session, subject, event);
    }
    await breathe();
  }
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
  const heirs = new Set(moved.flatMap(({ row, owner }) => (row.status === 'enrolled' ? [owner] : [])));
  for (const id of heirs) {
    await keepSides(client, id);
    const { at, messageId: event } = mergeOf(task, id);
    for (const enrolmentId of await doubleEnrolments(client, id)) {
      session.work.inputs.push({ enrolmentId, kind: 'merged', path: '', iteration: '', arm: 0, at, event });
    }
  }
}

async function replayAll(task: MergeInput, own: readonly string[]): Promise<Map<string, MergedReplayResult>> {
  const { client, deployed, identities } = task;
  const { states } = task.session.rows;
  const [first, latest] = [placeOfEvent(task.events[0]!.event), placeOfEvent(latestOf(task.events))];
  const events = task.owners.reduce(
    (count, id) => count + (task.rows.get(subjectKey({ type: 'contact', id }))?.consumed ?? 0),
    0,
  );
  if (events > MAX_REPLAYED) {
    // Without their ids: the message is logged.
    const came = `event ${latestOf(task.events).arrival} merges ${task.owners.length} contacts that have ${events}`;
    throw new Error(`contacts with more than ${MAX_REPLAYED} events together are not merged: ${came}`);
  }
  const heads = task.owners.flatMap((id) => states.get(subjectKey({ type: 'contact', id }))?.head ?? []);
  const head = heads.reduce(laterPlace, latest);
  const read = replayedWith(identities, own, first);
  const timelines = await MergeTimelines.of(client, read, consumedOf(task));
  const replayed = new Map<string, MergedReplayResult>();
  for (const id of own) {
    const replay: MergedReplay = {
      client,
      deployed,
      identities,
      stateOf: (one) =>
        states.get(subjectKey({ type: 'contact', id: one })) ?? emptyState({ type: 'contact', id: one }),
      changedAt: first,
      until: laterPlace(head, placeOfDeadline(task.readTo(subjectKey({ type: 'contact', id })) - 1)),
      timelines,
    };
    replayed.set(id, await replayMerged(replay, id));
  }
  return replayed;
}

function consumedOf({ events, alsoConsumed }: MergeInput): Set<number> {
  return new Set([...events.map(({ event }) => event), ...alsoConsumed].map(({ arrival }) => arrival));
}

/** Merged subjects are deleted: nothing is due on their own timelines. */
async function leaveMerged({ client, session }: MergeInput, ids: readonly string[]): Promise<void> {
  const left = ids.map(contactOf).filter((subject) => session.rows.states.has(subjectKey(subject)));
  for (const subject of left) {
    const state = session.rows.states.get(subjectKey(subject))!;
    for (const { owner, key } of [...state.slots.values()]) putStateEntry(state, { owner, key, state: undefined });
    state.head = undefined;
  }
  await deleteSubjects(client, left);
  await deleteCheckpoints(client, left);
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
