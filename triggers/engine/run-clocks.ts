/** Runs the clocks of service levels, and the arms that fire at their marks (section 7, T10). */
import type { Json } from '../../language/model.ts';
import { causesOf } from '../../language/records/causes.ts';
import type { ClockSituation, Snapshot } from '../condition.ts';
import { snapshotOf } from '../condition.ts';
import { isMatch } from '../index/event-index.ts';
import { clockOwner } from '../index/owners.ts';
import type { ClockProgram } from '../index/program.ts';
import {
  type ClockChange,
  type ClockState,
  inCalendar,
  nextClockDeadline,
  onClockEvent,
  onClockTime,
} from '../sla/clock.ts';
import { type Evaluation, type EventEvaluation, isOfEvent, viewOf } from './evaluation.ts';
import { holdsAt, spanAt, valueAt } from './evaluation-view.ts';
import { reduceArm, situationOf } from './reduce-arm.ts';
import { currentEntryOf, putStateEntry, type SubjectState, stateEntryOf } from './state.ts';

/** What a clock's row keeps. */
export interface ClockEntry {
  clock: ClockState;
  /** What the target's table was read by: a target moves when an event changes this, not when Cuebook's escalate did. */
  by: Json;
  /** The start events of the instances that are kept. */
  starts: { [instance: string]: Snapshot };
  /** The hash of the calendar by which the clock is measured. */
  calendar: string;
}

/** A row, and whether the store has it as it is: a calendar that changed has moved its deadline. */
interface StoredClock {
  slot: ClockEntry;
  isStored: boolean;
}

type Roles = ReadonlySet<string>;

const NO_ROLES: Roles = new Set();

export function runClocks(evaluation: Evaluation): void {
  if (evaluation.listeners.clocks.size === 0) return;
  if (isOfEvent(evaluation)) runEventClocks(evaluation);
  else runDueClocks(evaluation);
}

function runEventClocks(evaluation: EventEvaluation): void {
  const { listeners, event } = evaluation;
  const roles = new Map<ClockProgram, Set<string>>();
  for (const candidate of listeners.clocksByEvent.get(event.name)?.candidates(evaluation) ?? []) {
    const { program: clock, role } = candidate.listener;
    if (!isMatch(candidate, viewOf(evaluation, clock))) continue;
    const known = roles.get(clock);
    if (known) known.add(role);
    else roles.set(clock, new Set([role]));
  }
  for (const clock of concerned(evaluation, roles.keys())) {
    const before = storedClockOf(evaluation, clock);
    const plays = roles.get(clock) ?? NO_ROLES;
    // L5: the pause is evaluated after each event; a clock that never started has nothing to pause.
    if (!before && !plays.has('start')) continue;
    applyToClock(evaluation, clock, before, plays);
  }
}

function applyToClock(
  evaluation: EventEvaluation,
  clock: ClockProgram,
  kept: StoredClock | undefined,
  plays: Roles,
): void {
  const { event } = evaluation;
  const view = viewOf(evaluation, clock);
  const before = kept?.slot;
  const { target: table, where } = clock.clock;
  const promises = holdsAt(view, where);
  const row = table.kind === 'table' ? (valueAt(view, table.by) ?? null) : null;
  // Kept as one text, as what makes the target move.
  const by = where === undefined ? row : JSON.stringify([row, promises]);
  const escalated = event.own === true && event.properties.by === 'escalate';
  const input = {
    at: event.at,
    messageId: event.messageId,
    starts: plays.has('start'),
    stops: plays.has('stop'),
    resumes: plays.has('resume'),
    cancels: plays.has('cancel'),
    pausedAfter: clock.clock.pause !== undefined && holdsAt(view, clock.clock.pause),
    // No row for this value and no default, or a `where` that does not hold: there is no promise meanwhile (L2).
    target: promises ? spanAt(view, table) : undefined,
    targetMoves: !escalated && by !== before?.by,
  };
  const { state: after, changes } = onClockEvent(clock, before?.clock, input);
  if (changes.length === 0 && kept?.isStored && by === kept.slot.by) return; // most events change nothing
  const starts: ClockEntry['starts'] = {};
  for (const { number, startEvent } of after.instances) {
    const start = startEvent === event.messageId ? snapshotOf(event) : before?.starts[number];
    if (start) starts[number] = start;
  }
  store(evaluation, clock, { clock: after, by, starts, calendar: clock.calendarHash }, changes);
}

function runDueClocks(evaluation: Evaluation): void {
  const { state, place } = evaluation;
  for (const clock of concerned(evaluation, [])) {
    const dueAt = stateEntryOf(state, clock.owner, '')?.dueAt;
    if (dueAt === undefined || dueAt > place.at) continue;
    const before = storedClockOf(evaluation, clock)?.slot;
    if (!before) continue;
    const { state: after, changes } = onClockTime(clock, before.clock, place.at);
    store(evaluation, clock, { ...before, clock: after }, changes);
  }
}

/** The clocks that the subject has, and some more, in their order: the others have nothing that an event could change. */
function concerned({ listeners, state }: Evaluation, more: Iterable<ClockProgram>): ClockProgram[] {
  const clocks = new Set(more);
  for (const { owner } of state.slots.values()) {
    const clock = listeners.clocks.get(owner);
    if (clock) clocks.add(clock);
  }
  return [...clocks].sort((a, b) => a.order - b.order);
}

/** Stores the clock and shows it to the arms that fire at its marks. */
function store(evaluation: Evaluation, clock: ClockProgram, slot: ClockEntry, changes: readonly ClockChange[]): void {
  const { state, result } = evaluation;
  const dueAt = nextClockDeadline(slot.clock, clock.calendar, clock.marks);
  putStateEntry(state, { owner: clock.owner, key: '', hash: clock.hash, state: slot as unknown as Json, dueAt });
  const causes = evaluation.event ? causesOf(evaluation.event) : [];
  const named = { policy: clock.policy.name, clock: clock.clock.name, ...(causes.length > 0 && { causes }) };
  for (const change of changes) result.notices.push({ ...named, change });
  for (const arm of clock.arms) {
    if (!arm.condition.onClock) continue;
    const situation: ClockSituation = {
      // The arm sees the clock as its policy does.
      ...situationOf(arm, viewOf(evaluation, clock)),
      policy: clock.policy.name,
      clock: clock.clock.name,
      state: slot.clock,
      changes,
      started: (instance) => slot.starts[instance],
    };
    reduceArm(evaluation, arm, '', arm.condition.onClock(arm.arm, undefined, situation));
  }
}

/**
 * The row of a clock. One of a policy that changed counts as none (T18). Where the calendar alone has changed the clock
 * goes on by the new one from here on: marks that the new one has passed are due at this instant (L3).
 */
function storedClockOf({ state, place }: Evaluation, clock: ClockProgram): StoredClock | undefined {
  const row = currentEntryOf(state, clock);
  if (!row) return undefined;
  const slot = row.state as unknown as ClockEntry;
  if (slot.calendar === clock.calendarHash) return { slot, isStored: true };
  const moved = { ...slot, clock: inCalendar(slot.clock, clock.calendar, place.at), calendar: clock.calendarHash };
  return { slot: moved, isStored: false };
}

/** The clock's row in a subject's state, for waits and `trigger.due`. */
export function clockEntryOf(state: SubjectState, policy: string, clock: string): ClockEntry | undefined {
  const slot = stateEntryOf(state, clockOwner(policy, clock), '');
  return slot && (slot.state as unknown as ClockEntry);
}
