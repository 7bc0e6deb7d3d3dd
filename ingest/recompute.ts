/**
 * After a late event the state is what E4's order gives (E5): the subject's timeline is walked again through the same
 * engine, and what it then fires is compared with what was fired.
 */
import { enrolmentIdOf } from '../language/hash.ts';
import type { Instant } from '../language/model.ts';
import { type Place, placeOfDeadline, placeOfEvent, type TimelineEvent } from '../language/timeline.ts';
import type { Queryable } from '../store/database.ts';
import { type FiringRow, loadFirings } from '../store/firings.ts';
import { readTimeline } from '../store/timeline.ts';
import { unconsumedOf } from '../store/timeline-entries.ts';
import { applyDeadlines, applyEvent, deadlineBefore } from '../triggers/engine.ts';
import { emptyState, type Firing, nextDueAt, putSlot, type SubjectState } from '../triggers/state.ts';
import { longestWindowMs } from '../triggers/window.ts';
import type { Deployed } from './deployed.ts';
import { HistoryWorld } from './history-world.ts';
import type { Verdicts } from './verdicts.ts';

/** A subject's events that a recomputation walks; beyond them it begins at the latest so many. */
const MOST_EVENTS = 100_000;

export interface Recomputation {
  client: Queryable;
  deployed: Deployed;
  /** Brought to what the order gives; its head stays where it was. */
  state: SubjectState;
  /** The late event. */
  event: TimelineEvent;
  /** Events of the same batch that are consumed, whose rows still stand as pending. */
  alsoConsumed: readonly TimelineEvent[];
  verdicts: Verdicts;
  enter(firing: Firing, place: Place): void;
}

export async function recompute(task: Recomputation): Promise<void> {
  const { client, deployed, state, event, verdicts } = task;
  const head = state.head!;
  const events = await consumedEvents(task);
  const walked = emptyState(state.subject);
  const world = await HistoryWorld.load(client, deployed.program, deployed.people, walked);
  const fired: { firing: Firing; place: Place }[] = [];
  for (const past of events) {
    drain(deployed, walked, world, past.at, fired);
    const looked = applyEvent(deployed.program, walked, past, world);
    for (const firing of looked.firings) fired.push({ firing, place: placeOfEvent(past) });
  }
  // Up to where the timeline had been consumed: deadlines of the head's own instant only where they had been looked at.
  drain(deployed, walked, world, head.phase === 'events' ? head.at : head.at + 1, fired);
  take(state, walked);
  state.head = head;
  await reconcile(task, fired, await loadFirings(client, state.subject), event, verdicts);
}

async function consumedEvents({ client, state, event, alsoConsumed }: Recomputation): Promise<TimelineEvent[]> {
  const pending = await unconsumedOf(client, state.subject);
  for (const consumed of alsoConsumed) pending.delete(consumed.arrival);
  pending.delete(event.arrival);
  const all = await readTimeline(client, state.subject, { limit: MOST_EVENTS, latest: true });
  return all.filter((past) => !pending.has(past.arrival));
}

function drain(
  deployed: Deployed,
  state: SubjectState,
  world: HistoryWorld,
  before: Instant,
  fired: { firing: Firing; place: Place }[],
): void {
  for (let dueAt = deadlineBefore(state, before); dueAt !== undefined; dueAt = deadlineBefore(state, before)) {
    const looked = applyDeadlines(deployed.program, state, dueAt, world);
    for (const firing of looked.firings) fired.push({ firing, place: placeOfDeadline(dueAt) });
    if (nextDueAt(state) === dueAt) return; // a deadline that stays would be looked at for ever
  }
}

/** The slots of the walk in place of those that were there. */
function take(state: SubjectState, walked: SubjectState): void {
  for (const slot of [...state.slots.values()]) putSlot(state, { owner: slot.owner, key: slot.key, state: undefined });
  for (const slot of walked.slots.values()) putSlot(state, slot);
}

async function reconcile(
  { deployed, enter }: Recomputation,
  fired: readonly { firing: Firing; place: Place }[],
  stored: readonly FiringRow[],
  event: TimelineEvent,
  verdicts: Verdicts,
): Promise<void> {
  // Those of this batch are not in the store yet.
  const known = new Map([...stored, ...verdicts.firings].map((row) => [row.id, row]));
  const given = new Map(fired.map((entry) => [enrolmentIdOf(entry.firing), entry]));
  const gone = [...known.values()].filter(
    (row) => !given.has(row.id) && !row.undoneBy && row.at >= event.at && belongs(row, deployed),
  );
  const fresh = [...given].filter(([id]) => !known.has(id)).map(([id, entry]) => ({ id, ...entry }));
  for (const row of gone) {
    const standsFor = fresh.findIndex(({ firing }) => movesTo(row, firing, deployed));
    const moved = standsFor >= 0;
    // The made one stands for it: nothing ends, nothing enters.
    if (moved) fresh.splice(standsFor, 1);
    verdicts.undone.push({ id: row.id, undoneBy: event.messageId, moved });
    if (!moved && row.byTime && row.status === 'enrolled') {
      verdicts.inputs.push({
        enrolmentId: row.id,
        kind: 'undone',
        path: '',
        iteration: '',
        arm: 0,
        at: row.at,
        event: event.messageId,
      });
    }
  }
  for (const { firing, place } of fresh) enter(firing, place);
}

/** Firings of other versions of a trigger, or of playbooks that are gone, are not this walk's to take back. */
function belongs(row: FiringRow, deployed: Deployed): boolean {
  const deployment = deployed.deployments.get(row.playbook);
  const made = deployed.program.versions.get(row.versionHash);
  return deployment !== undefined && made?.playbook.trigger.hash === deployment.triggerHash;
}

/** E5: of the same (playbook, key) within the trigger's window; of an SLA, of the same instance and mark. */
function movesTo(row: FiringRow, firing: Firing, deployed: Deployed): boolean {
  if (row.playbook !== firing.playbook || row.key !== firing.key) return false;
  if (firing.reach !== undefined) return row.trigger.mark === firing.trigger.mark;
  const arm = deployed.program.versions.get(firing.version)?.playbook.trigger.arms[firing.arm];
  return arm !== undefined && Math.abs(row.at - firing.at) <= longestWindowMs(arm);
}
