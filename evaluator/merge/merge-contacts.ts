/**
 * Contacts become one, or an event turns up on a timeline from before they did (E6): everything that names their ids is
 * put where it belongs by now, their timelines are walked again, and what was made follows to its owner.
 */

import type { Instant } from '../../language/model.ts';
import type { EventTimeline } from '../../language/records/event-timelines.ts';
import { type IdentityLinks, identityLinksOf } from '../../language/records/identity-links.ts';
import { subjectKey } from '../../language/records/subject-key.ts';
import { laterPlace, type Place, placeOfDeadline, placeOfEvent } from '../../language/records/timeline.ts';
import { replaceCheckpoints } from '../../store/evaluation/checkpoints.ts';
import { type FiringRow, loadFirings, loadPast } from '../../store/evaluation/firings.ts';
import { deleteSubjects, type SubjectRow } from '../../store/evaluation/subjects.ts';
import { loadSubscriptions } from '../../store/evaluation/subscriptions.ts';
import type { StoredEvent } from '../../store/events/timeline.ts';
import type { Queryable } from '../../store/postgres/database.ts';
import {
  insertIdentityLinks,
  moveArms,
  moveTimelineEntries,
  rebuildMergedRecords,
} from '../../store/records/identity-links.ts';
import { readRecords } from '../../store/records/records.ts';
import { emptyState, putStateEntry, type SubjectState } from '../../triggers/engine/state.ts';
import { MAX_WALKED, thinned } from '../../triggers/history/checkpoints.ts';
import { horizonMsOf } from '../../triggers/history/horizon.ts';
import type { Deployed } from '../deployed-program.ts';
import { versionsOf } from '../deployed-program.ts';
import type { EntryContext } from '../entry/enter-firing.ts';
import { takeReplayed } from '../late/recompute.ts';
import { subscriptionState } from '../notify/notify-subscriptions.ts';
import type { BatchWorld } from '../round/batch-world.ts';
import type { UnitOfWork } from '../round/unit-of-work.ts';
import { reassignFirings } from './reassign-firings.ts';
import { type MergedReplay, type MergedReplayResult, replayMerged } from './replay-merged.ts';

export interface MergeInput {
  client: Queryable;
  deployed: Deployed;
  /** With what the event claims. */
  identities: IdentityLinks;
  /** Ids of which something belongs elsewhere by the event's claims. */
  changed: readonly string[];
  /** Contacts whose timelines are concerned, those that are merged away too; all are locked. */
  owners: readonly string[];
  /** Where the event stands. */
  stands: readonly EventTimeline[];
  event: StoredEvent;
  alsoConsumed: readonly StoredEvent[];
  rows: ReadonlyMap<string, SubjectRow>;
  states: ReadonlyMap<string, SubjectState>;
  world: BatchWorld;
  entry: EntryContext;
  verdicts: UnitOfWork;
  /** Up to when the deadlines of a subject may be looked at. */
  readTo(key: string): Instant;
  /** Shows an event to what waits on a timeline. */
  notify(state: SubjectState, event: StoredEvent): void;
}

/** What the batch has merged and put on timelines so far must be written. */
export async function mergeContacts(task: MergeInput): Promise<void> {
  const { client, identities, changed, owners, event, states, verdicts } = task;
  await verdicts.flush(client);
  if (changed.length > 0) {
    await insertIdentityLinks(client, identityLinksOf(event));
    await moveTimelineEntries(client, identities, changed, consumedOf(task));
  }
  const own = owners.filter((id) => !identities.endOf(id));
  const merged = [...new Set([...owners, ...changed])].filter((id) => identities.endOf(id));
  await rebuildMergedRecords(client, own, merged);
  const walked = await walkAll(task, own);
  const made = await madeOf(client, [...new Set([...owners, ...changed])]);
  for (const id of merged) {
    await leave(task, id);
    await moveArms(client, id, identities.heirOf(id));
  }
  for (const [id, result] of walked) await take(task, id, result);
  await reload(task, own);
  for (const id of own) {
    const rows = made.filter((row) => ownerOfRow(row, walked, identities) === id);
    await reassignFirings(task, id, walked.get(id)!, rows);
  }
  if (event.undoneBy) return;
  for (const { subject } of task.stands) {
    if (subject.type === 'contact' && own.includes(subject.id)) task.notify(states.get(subjectKey(subject))!, event);
  }
}

/** Whoever's walk gives it has it; what nobody gives goes with the subject that made it. */
function ownerOfRow(
  row: FiringRow,
  walked: ReadonlyMap<string, MergedReplayResult>,
  identities: IdentityLinks,
): string {
  for (const [id, { ids }] of walked) if (ids.has(row.standsFor ?? row.id)) return id;
  return identities.heirOf(row.subject.id);
}

async function walkAll(task: MergeInput, own: readonly string[]): Promise<Map<string, MergedReplayResult>> {
  const { client, deployed, identities, states, event } = task;
  const place = placeOfEvent(event);
  const events = task.owners.reduce((count, id) => count + (task.rows.get(`contact/${id}`)?.consumed ?? 0), 0);
  if (events > MAX_WALKED) {
    // Without their ids: the message is logged.
    const came = `event ${event.arrival} merges ${task.owners.length} contacts that have ${events}`;
    throw new Error(`contacts with more than ${MAX_WALKED} events together are not merged: ${came}`);
  }
  const heads = task.owners.flatMap((id) => states.get(`contact/${id}`)?.head ?? []);
  const head = heads.reduce(laterPlace, place);
  const walked = new Map<string, MergedReplayResult>();
  for (const id of own) {
    const joined: MergedReplay = {
      client,
      deployed,
      identities,
      stateOf: (one) => states.get(`contact/${one}`) ?? emptyState({ type: 'contact', id: one }),
      changedAt: place,
      until: laterPlace(head, placeOfDeadline(task.readTo(`contact/${id}`) - 1)),
      consumed: consumedOf(task),
    };
    walked.set(id, await replayMerged(joined, id));
  }
  return walked;
}

function consumedOf({ event, alsoConsumed }: MergeInput): Set<number> {
  return new Set([event, ...alsoConsumed].map(({ arrival }) => arrival));
}

async function madeOf(client: Queryable, ids: readonly string[]): Promise<FiringRow[]> {
  const made: FiringRow[] = [];
  for (const id of ids) made.push(...(await loadFirings(client, { type: 'contact', id }, undefined)));
  return made;
}

/** A merged subject is none any more: nothing is due on its own timeline. */
async function leave({ client, states }: MergeInput, id: string): Promise<void> {
  const subject = { type: 'contact' as const, id };
  const state = states.get(subjectKey(subject));
  if (!state) return;
  for (const { owner, key } of [...state.slots.values()]) putStateEntry(state, { owner, key, state: undefined });
  state.head = undefined;
  await deleteSubjects(client, [subject]);
  await replaceCheckpoints(client, subject, []);
}

async function take(
  { client, deployed, states, rows, event }: MergeInput,
  id: string,
  walked: MergedReplayResult,
): Promise<void> {
  const key = `contact/${id}`;
  const state = states.get(key)!;
  const place: Place = placeOfEvent(event);
  takeReplayed(state, walked.state);
  state.head = [state.head, walked.state.head].reduce<Place>((a, b) => (b ? laterPlace(a, b) : a), place);
  const row = rows.get(key)!;
  const kept = thinned(walked.checkpoints, state.head.at, horizonMsOf(deployed.program, 'contact'));
  row.consumed = walked.consumed;
  row.checkpointed = Math.max(0, ...kept.map(({ consumed }) => consumed));
  await replaceCheckpoints(client, state.subject, kept);
}

/** What the batch has read of the contacts, anew. */
async function reload({ client, world, entry, identities }: MergeInput, own: readonly string[]): Promise<void> {
  world.follow(identities);
  const subjects = own.map((id) => ({ type: 'contact' as const, id }));
  for (const [key, traits] of await readRecords(client, subjects)) {
    world.replace({ type: 'contact', id: key.slice('contact/'.length) }, traits);
  }
  await reloadEntry(client, entry, own);
}

/** Enrolments and what they wait for, as they are stored. */
export async function reloadEntry(client: Queryable, entry: EntryContext, own: readonly string[]): Promise<void> {
  const subjects = own.map((id) => ({ type: 'contact' as const, id }));
  for (const subject of subjects) {
    entry.past.set(subjectKey(subject), []);
    entry.waiting.set(subjectKey(subject), []);
  }
  for (const row of await loadPast(client, subjects)) entry.past.get(subjectKey(row.subject))!.push(row);
  const subscriptions = await loadSubscriptions(client, subjects);
  const hashes = subscriptions.map(({ versionHash }) => versionHash);
  const versions = await versionsOf(client, entry, hashes);
  for (const row of subscriptions) {
    entry.waiting.get(subjectKey(row.subject))!.push(subscriptionState(row, versions.get(row.versionHash)!));
  }
}
