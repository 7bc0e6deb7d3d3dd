/**
 * After a late event the state is what E4's order gives (E5): the subject's timeline is replayed from the latest checkpoint
 * before the event, through the same engine, and what it then fires is compared with what was fired.
 */
import { isDeepStrictEqual } from 'node:util';
import type { FactsAtFiring } from '../../evaluation/session.ts';
import { SLA_EVENTS } from '../../evaluation/system-events.ts';
import { enrolmentIdOf } from '../../language/hash.ts';
import type { Instant, Json } from '../../language/model.ts';
import {
  comparePlaces,
  laterPlace,
  type Place,
  placeOfDeadline,
  placeOfEvent,
} from '../../language/records/timeline.ts';
import { isoInstant } from '../../language/time/instants.ts';
import { loadCheckpoints, replaceCheckpoints } from '../../store/evaluation/checkpoints.ts';
import { loadFirings } from '../../store/evaluation/firings.ts';
import type { SubjectRow } from '../../store/evaluation/subjects.ts';
import { readTimeline, type StoredEvent } from '../../store/events/timeline.ts';
import { unconsumedOf } from '../../store/events/timeline-entries.ts';
import type { Queryable } from '../../store/postgres/database.ts';
import { type Checkpoint, type Firing, putStateEntry, type SubjectState } from '../../triggers/engine/state.ts';
import { countInEver } from '../../triggers/history/before-horizon.ts';
import { horizonOf, MAX_WALKED, thinned } from '../../triggers/history/checkpoints.ts';
import { horizonMsOf } from '../../triggers/history/horizon.ts';
import { type Seed, startOfReplay } from '../../triggers/history/replay.ts';
import { AWAITED_OWNER } from '../../triggers/index/owners.ts';
import type { Deployed } from '../deployed-program.ts';
import type { UnitOfWork } from '../round/unit-of-work.ts';
import { applyReconciliation, retractDerived } from './apply-recomputation.ts';
import { HistoryWorld } from './history-world.ts';
import { type Audiences, readAudiences, replayStored, stateAt } from './replay-timeline.ts';

export interface Recomputation {
  client: Queryable;
  deployed: Deployed;
  /**
   * The replay goes on to here where that is after the head: nothing from before it is on its way, and the subject's events
   * before it are consumed. What is due by now is then part of one comparison: a firing that moved is seen to have moved.
   */
  upTo: Instant;
  /** The subject's row; what is counted in it follows. */
  row: SubjectRow;
  /** Brought to what the order gives at its head, or at the last deadline before `upTo`. */
  state: SubjectState;
  /** The late event, or one that was taken back: the timeline is then read without it (E9). */
  event: StoredEvent;
  /** Events of the same batch that are consumed, whose rows still stand as pending. */
  alsoConsumed: readonly StoredEvent[];
  work: UnitOfWork;
  enter(firing: Firing, place: Place, audience: FactsAtFiring['audience'] | undefined): void;
}

export async function recompute(task: Recomputation): Promise<void> {
  const { client, deployed, row, state, event } = task;
  const { program } = deployed;
  const { subject } = state;
  const head = state.head!;
  const until = laterPlace(head, placeOfDeadline(task.upTo - 1));
  const known = await loadCheckpoints(client, subject);
  const before = known.filter((checkpoint) => checkpoint.place.at < event.at);
  const start = before[0];
  const horizon = horizonOf(known, head.at, horizonMsOf(program, subject.type));
  if ((!start && horizon) || row.consumed - (start?.consumed ?? 0) > MAX_WALKED) {
    await beforeHorizon(task, known, horizon ?? start);
    return;
  }
  const from = startOfReplay(subject, start && stateAt(subject, start), state);
  const made = await madeFirings(task, from.head?.at);
  const audiences: Audiences = new Map();
  const walked = await replayStored({
    client,
    program,
    from,
    consumed: start?.consumed ?? 0,
    until,
    without: await unconsumed(task),
    worldOf: await HistoryWorld.around(client, deployed, subject, { from: from.head }),
    onLook({ looked, place, world }) {
      // The rest was counted when it was first evaluated.
      const isNew = !event.undoneBy && comparePlaces(place, placeOfEvent(event)) === 0;
      if (isNew) task.work.skipped.add(looked);
      const fresh = looked.firings.filter((firing) => !made.has(enrolmentIdOf(firing)));
      readAudiences(program, { world, place }, fresh, audiences);
    },
  });
  takeReplayed(state, walked.state);
  state.head = walked.state.head ? laterPlace(head, walked.state.head) : head;
  row.consumed = walked.consumed;
  await replaceChangedCheckpoints(task, known, [...before, ...walked.checkpoints]);
  const enterGiven = ({ firing, place }: Seed) => task.enter(firing, place, audiences.get(enrolmentIdOf(firing)));
  applyReconciliation(task, made, walked.fired, enterGiven);
  retractDerived(task, await clockEvents(task), walked.notices);
}

/** What was fired from an instant on, with what this batch has done to it: that is not in the store yet. */
async function madeFirings({ client, state, work }: Recomputation, from: Instant | undefined) {
  const stored = await loadFirings(client, state.subject, from);
  const own = work.firings.filter(
    ({ subject }) => subject.type === state.subject.type && subject.id === state.subject.id,
  );
  return new Map([...stored, ...own].map((row) => [row.id, { ...row, ...work.marks.get(row.id) }]));
}

/** What changes of the subject's clocks have put on its timeline: they were written no earlier than they changed. */
function clockEvents({ client, deployed, state, event }: Recomputation): Promise<StoredEvent[]> | StoredEvent[] {
  const { subject } = state;
  if (!deployed.program.subjects.get(subject.type)?.clocks.size) return [];
  const after = placeOfDeadline(event.at - 1);
  return readTimeline(client, subject, { names: SLA_EVENTS, after, limit: MAX_WALKED });
}

async function unconsumed({ client, state, event, alsoConsumed }: Recomputation): Promise<Set<number>> {
  const pending = await unconsumedOf(client, state.subject);
  for (const consumed of alsoConsumed) pending.delete(consumed.arrival);
  pending.delete(event.arrival);
  return pending;
}

/** The slots of the replay in place of those that were there; what is as it was is not written again. */
export function takeReplayed(state: SubjectState, walked: SubjectState): void {
  for (const [id, slot] of [...state.slots]) {
    if (!walked.slots.has(id) && slot.owner !== AWAITED_OWNER)
      putStateEntry(state, { owner: slot.owner, key: slot.key, state: undefined });
  }
  for (const [id, slot] of walked.slots) if (!isDeepStrictEqual(slot, state.slots.get(id))) putStateEntry(state, slot);
}

/** Checkpoints after the late event are of another history: those of the replay replace them. */
async function replaceChangedCheckpoints(
  { client, deployed, row, state }: Recomputation,
  known: readonly Checkpoint[],
  all: readonly Checkpoint[],
): Promise<void> {
  const kept = thinned(all, state.head!.at, horizonMsOf(deployed.program, state.subject.type));
  row.checkpointed = Math.max(0, ...kept.map((checkpoint) => checkpoint.consumed));
  if (known.length === kept.length && kept.every((one) => known.includes(one))) return;
  await replaceCheckpoints(client, state.subject, kept);
}

/** No replay begins before the horizon: the event counts in `ever`, there and at every checkpoint, and fires nothing. */
async function beforeHorizon(
  { client, deployed, state, event, work }: Recomputation,
  known: readonly Checkpoint[],
  horizon: Checkpoint | undefined,
): Promise<void> {
  const { program } = deployed;
  const { subject } = state;
  if (!event.undoneBy) {
    const worldOf = await HistoryWorld.around(client, deployed, subject, { from: placeOfEvent(event) });
    countInEver(program, state, event, worldOf(state));
    const counted = known.map((checkpoint) => {
      const then = stateAt(subject, checkpoint);
      countInEver(program, then, event, worldOf(then));
      return { ...checkpoint, slots: [...then.slots.values()] };
    });
    if (counted.length > 0) await replaceCheckpoints(client, subject, counted);
  }
  const looked: { [name: string]: Json } = { event: event.name, message: event.messageId, at: isoInstant(event.at) };
  if (horizon) looked.horizon = isoInstant(horizon.place.at);
  work.decisions.push({
    playbook: null,
    firingId: null,
    enrolmentId: null,
    subject,
    kind: 'late',
    verdict: 'before_horizon',
    looked,
    at: event.at,
  });
}
