/**
 * Replays a part of one subject's timeline (E5, T18): from a state at one place of the order, through the items after it
 * and the deadlines between them, up to another place. It uses the engine that evaluates events as they come, so that its
 * firings are those of the order. No store, no clock: production, backtests and simulations replay alike.
 */
import type { Instant, SubjectRef } from '../../language/model.ts';
import { subjectKey } from '../../language/records/subject-key.ts';
import {
  comparePlaces,
  type Place,
  placeOfDeadline,
  placeOfEvent,
  type TimelineEvent,
} from '../../language/records/timeline.ts';
import { isRecord, type World } from '../../language/records/world.ts';
import { isoInstant } from '../../language/time/instants.ts';
import { applyDeadlines, applyEvent, seedRecord } from '../engine/engine.ts';
import type { ClockEntry } from '../engine/run-clocks.ts';
import {
  type EvaluationResult,
  emptyState,
  type Firing,
  nextDueAt,
  type SlaNotice,
  type SubjectState,
} from '../engine/state.ts';
import { isClockOwner } from '../index/owners.ts';
import type { TriggerProgram } from '../index/program.ts';
import { withNumbers } from '../sla/clock.ts';
import { NO_CLOCK } from '../sla/state.ts';

/** An item of a timeline. */
export type ReplayItem = { kind: 'event'; event: TimelineEvent };

/** A firing with the place at which the replay came to it. */
export interface Seed {
  firing: Firing;
  place: Place;
}

export interface ReplayInput {
  program: TriggerProgram;
  /** Where it starts: a checkpoint, or `emptyState` for the beginning. It is not changed. */
  from: SubjectState;
  /** After `from` and no later than `until`, in E4's order. */
  items: readonly ReplayItem[];
  /** The world as it stood at each place, with the subject's computed traits read from the given state. */
  worldOf(state: SubjectState): World;
  /** Deadlines are applied up to here: those of its own instant only where it is after that instant's events. */
  until: Place;
  /** Called after every evaluation, with the world and the state as they then are. */
  onEvaluated?(look: ReplayLook): void;
}

/** One evaluation: of an event, or of the deadlines of an instant. */
export interface ReplayLook {
  looked: EvaluationResult;
  place: Place;
  event?: TimelineEvent;
  state: SubjectState;
  world: World;
}

export interface ReplayResult {
  /** At `until`; `head` is the place of the last evaluation, or that of `from` where there was none. */
  state: SubjectState;
  fired: Seed[];
  notices: { notice: SlaNotice; place: Place }[];
}

/** Evaluations of one instant's deadlines: a chain of them ends, one that stays where it is would not. */
const MAX_EVALUATIONS_OF_ONE_INSTANT = 1_000;

/** Whether any of the firings is new is not its question. @throws Error when a deadline does not move on. */
export function replay(task: ReplayInput): ReplayResult {
  const state = copyOf(task.from);
  const world = task.worldOf(state);
  const replayed: ReplayResult = { state, fired: [], notices: [] };
  const take = (looked: EvaluationResult, place: Place, event?: TimelineEvent): void => {
    for (const firing of looked.firings) replayed.fired.push({ firing, place });
    for (const notice of looked.notices) replayed.notices.push({ notice, place });
    task.onEvaluated?.({ looked, place, state, world, ...(event && { event }) });
  };
  const drain = (before: Instant): void => {
    let evaluations = 0;
    let last: Instant | undefined;
    for (let dueAt = nextDueAt(state); dueAt !== undefined && dueAt < before; dueAt = nextDueAt(state)) {
      evaluations = dueAt === last ? evaluations + 1 : 1;
      if (evaluations > MAX_EVALUATIONS_OF_ONE_INSTANT) throw new Error(stuck(state.subject, dueAt));
      last = dueAt;
      take(applyDeadlines(task.program, state, dueAt, world), placeOfDeadline(dueAt));
    }
  };
  for (const { event } of task.items) {
    drain(event.at);
    take(applyEvent(task.program, state, event, world), placeOfEvent(event), event);
  }
  // Instants are whole milliseconds: what lies before the next one is due by this one.
  drain(task.until.phase === 'events' ? task.until.at : task.until.at + 1);
  return replayed;
}

/** Takes up a record of which no event is left, as it is at an instant: nothing fires, and dates to come are scheduled (T18). */
export function takeUp(program: TriggerProgram, state: SubjectState, world: World, at: Instant): void {
  if (isRecord(state.subject)) seedRecord(program, state, world, at);
}

/** A state of its own: what its slots hold is never changed, only replaced. */
export function copyOf(state: SubjectState): SubjectState {
  return { subject: state.subject, head: state.head, slots: new Map(state.slots), touched: new Set() };
}

/**
 * Where a recomputation starts: the checkpoint, or the beginning, with every number that instances of clocks were given
 * since: numbers are never given twice (T10).
 *
 * @param latest the state at the head
 */
export function startOfReplay(
  subject: SubjectRef,
  checkpoint: SubjectState | undefined,
  latest: SubjectState | undefined,
): SubjectState {
  const start = checkpoint ? copyOf(checkpoint) : emptyState(subject);
  for (const [id, slot] of latest?.slots ?? []) {
    if (!isClockOwner(slot.owner)) continue;
    const known = start.slots.get(id);
    const before = known?.hash === slot.hash ? (known.state as unknown as ClockEntry) : undefined;
    const clock = withNumbers(before?.clock ?? NO_CLOCK, (slot.state as unknown as ClockEntry).clock);
    const { by = null, starts = {}, calendar = '' } = before ?? {};
    const state: ClockEntry = { by, starts, calendar, clock };
    const { owner, key, hash } = slot;
    start.slots.set(id, { owner, key, hash, state: state as never, ...(before && { dueAt: known?.dueAt }) });
  }
  return start;
}

/** Whether an event at a place changes what has been passed: one at the head itself is evaluated again (E9). */
export function isLate(place: Place, head: Place | undefined): boolean {
  return head !== undefined && comparePlaces(place, head) <= 0;
}

function stuck(subject: SubjectRef, at: Instant): string {
  return `the deadline of ${subjectKey(subject)} at ${isoInstant(at)} does not move on when it is applied`;
}
