/**
 * Contacts become one, or an event turns up on a timeline from before they did (E6): everything that names their ids is
 * put where it belongs by now, their timelines are replayed, and what was made follows to its owner.
 */

import { afterLateEvent } from '../../evaluation/after-evaluation.ts';
import { timelinesOfEvent } from '../../language/records/event-timelines.ts';
import { identityLinksOf } from '../../language/records/identity-links.ts';
import { subjectKey } from '../../language/records/subject-key.ts';
import { laterPlace, type Place, placeOfDeadline, placeOfEvent } from '../../language/records/timeline.ts';
import { replaceCheckpoints } from '../../store/evaluation/checkpoints.ts';
import { type FiringRow, loadFirings } from '../../store/evaluation/firings.ts';
import { deleteSubjects } from '../../store/evaluation/subjects.ts';
import type { Queryable } from '../../store/postgres/database.ts';
import {
  doubleEnrolments,
  insertIdentityLinks,
  keepSides,
  moveArms,
  moveFirings,
  moveTimelineEntries,
  rebuildMergedRecords,
  writeFiredAs,
} from '../../store/records/identity-links.ts';
import { emptyState, putStateEntry } from '../../triggers/engine/state.ts';
import { MAX_REPLAYED } from '../../triggers/history/checkpoints.ts';
import { takeReplayed } from '../late/replay-timeline.ts';
import { keepCheckpoints } from '../late/save-checkpoints.ts';
import { type OwnedFiring, ownersOf } from './firing-owners.ts';
import { consumedOf, type MergeInput } from './merge-input.ts';
import { reassignFirings } from './reassign-firings.ts';
import { reloadContacts } from './reload-entry.ts';
import { type MergedReplay, type MergedReplayResult, replayMerged } from './replay-merged.ts';

/** What the batch has merged and put on timelines so far must be written. */
export async function mergeContacts(task: MergeInput): Promise<void> {
  const { client, identities, changed, owners, event, session } = task;
  await session.work.flush(client);
  if (changed.length > 0) {
    await insertIdentityLinks(client, identityLinksOf(event));
    await moveTimelineEntries(client, identities, changed, consumedOf(task));
  }
  const own = owners.filter((id) => !identities.endOf(id));
  const merged = [...new Set([...owners, ...changed])].filter((id) => identities.endOf(id));
  await rebuildMergedRecords(client, own, merged);
  const replayed = await replayAll(task, own);
  const made = await madeOf(client, [...new Set([...owners, ...changed])]);
  for (const id of merged) {
    await leaveMerged(task, id);
    await moveArms(client, id, identities.heirOf(id));
  }
  for (const [id, result] of replayed) await takeMerged(task, id, result);
  session.world.follow(identities);
  const owned = await ownersOf(client, made, replayed, task);
  await handOver(task, owned);
  // Who gave something away is no longer held up by it, whoever is looked at first.
  await reloadContacts(client, session, own);
  for (const id of own) {
    const rows = owned.filter(({ owner }) => owner === id);
    await reassignFirings(task, id, replayed.get(id)!, rows);
  }
  const late = task.late.map((one) => ({
    event: one.event,
    timelines: timelinesOfEvent(one.named, placeOfEvent(one.event), identities),
  }));
  for (const { event: one, timelines } of [...late, { event, timelines: task.timelines }]) {
    if (one.undoneBy) continue;
    for (const { subject } of timelines) {
      if (subject.type === 'contact' && own.includes(subject.id)) afterLateEvent(session, subject, one);
    }
  }
}

/** Gives the firings, and what came of them, to whose they are. */
async function handOver({ client, session, event }: MergeInput, owned: readonly OwnedFiring[]): Promise<void> {
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
    for (const enrolmentId of await doubleEnrolments(client, id)) {
      const input = { enrolmentId, kind: 'merged', path: '', iteration: '', arm: 0, at: event.at } as const;
      session.work.inputs.push({ ...input, event: event.messageId });
    }
  }
}

async function replayAll(task: MergeInput, own: readonly string[]): Promise<Map<string, MergedReplayResult>> {
  const { client, deployed, identities, event } = task;
  const { states } = task.session.rows;
  const place = placeOfEvent(task.late[0]?.event ?? event);
  const events = task.owners.reduce(
    (count, id) => count + (task.rows.get(subjectKey({ type: 'contact', id }))?.consumed ?? 0),
    0,
  );
  if (events > MAX_REPLAYED) {
    // Without their ids: the message is logged.
    const came = `event ${event.arrival} merges ${task.owners.length} contacts that have ${events}`;
    throw new Error(`contacts with more than ${MAX_REPLAYED} events together are not merged: ${came}`);
  }
  const heads = task.owners.flatMap((id) => states.get(subjectKey({ type: 'contact', id }))?.head ?? []);
  const head = heads.reduce(laterPlace, place);
  const replayed = new Map<string, MergedReplayResult>();
  for (const id of own) {
    const replay: MergedReplay = {
      client,
      deployed,
      identities,
      stateOf: (one) =>
        states.get(subjectKey({ type: 'contact', id: one })) ?? emptyState({ type: 'contact', id: one }),
      changedAt: place,
      until: laterPlace(head, placeOfDeadline(task.readTo(subjectKey({ type: 'contact', id })) - 1)),
      consumed: consumedOf(task),
    };
    replayed.set(id, await replayMerged(replay, id));
  }
  return replayed;
}

async function madeOf(client: Queryable, ids: readonly string[]): Promise<FiringRow[]> {
  const made: FiringRow[] = [];
  for (const id of ids) made.push(...(await loadFirings(client, { type: 'contact', id }, undefined)));
  return made;
}

/** A merged subject is deleted: nothing is due on its own timeline. */
async function leaveMerged({ client, session }: MergeInput, id: string): Promise<void> {
  const subject = { type: 'contact' as const, id };
  const state = session.rows.states.get(subjectKey(subject));
  if (!state) return;
  for (const { owner, key } of [...state.slots.values()]) putStateEntry(state, { owner, key, state: undefined });
  state.head = undefined;
  await deleteSubjects(client, [subject]);
  await replaceCheckpoints(client, subject, []);
}

async function takeMerged(
  { client, deployed, session, rows, event }: MergeInput,
  id: string,
  replayed: MergedReplayResult,
): Promise<void> {
  const key = subjectKey({ type: 'contact', id });
  const state = session.rows.states.get(key)!;
  const place: Place = placeOfEvent(event);
  takeReplayed(state, replayed.state);
  state.head = [state.head, replayed.state.head].reduce<Place>((a, b) => (b ? laterPlace(a, b) : a), place);
  const row = rows.get(key)!;
  row.consumed = replayed.consumed;
  await keepCheckpoints(client, deployed.program, { row, head: state.head }, replayed.checkpoints);
}
