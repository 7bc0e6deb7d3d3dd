/** Runs the clocks of service levels over a subject's events, and the arms that fire at their marks (section 7, T10). */
import type { Instant, Json } from '../../language/model.ts';
import { placeOfDeadline, placeOfEvent, type TimelineEvent } from '../../language/records/timeline.ts';
import type { World } from '../../language/records/world.ts';
import type { ClockSituation, Snapshot } from '../condition.ts';
import { snapshotOf } from '../condition.ts';
import { isMatch } from '../index/event-index.ts';
import { SLA_OWNER_PREFIX } from '../index/owners.ts';
import type { ClockProgram, SubjectProgram, TriggerProgram } from '../index/program.ts';
import {
  type ClockChange,
  type ClockState,
  inCalendar,
  nextClockDeadline,
  onClockEvent,
  onClockTime,
} from '../sla/clock.ts';
import { type EvaluationView, holdsAt, spanAt, valueAt } from './evaluation-view.ts';
import type { ExpressionCache } from './expression-cache.ts';
import { reduceArm, situationOf } from './run-conditions.ts';
import { type EvaluationResult, entryKey, putStateEntry, type SubjectState } from './state.ts';

/** What a clock's row keeps. */
export interface ClockSlot {
  clock: ClockState;
  /** What the target's table was read by: a target moves when an event changes this, not when Cuebook's escalate did. */
  by: Json;
  /** The start events of the instances that are kept. */
  starts: { [instance: string]: Snapshot };
  /** The hash of the calendar by which the clock is measured. */
  calendar: string;
}

/** A row, and whether it stands in the store as it is: a calendar that changed has moved its deadline. */
interface StoredClock {
  slot: ClockSlot;
  isStored: boolean;
}

const NO_ROLES: ReadonlySet<string> = new Set();

export function runClocks(
  program: TriggerProgram,
  subject: SubjectProgram,
  state: SubjectState,
  event: TimelineEvent,
  world: World,
  looked: EvaluationResult,
  shared: ExpressionCache,
): void {
  if (subject.clocks.size === 0) return;
  const view: EvaluationView = {
    shared,
    world,
    subject: state.subject,
    place: placeOfEvent(event),
    event,
    zone: program.settings.timeZone,
  };
  const roles = new Map<ClockProgram, Set<string>>();
  for (const candidate of subject.clocksByEvent.get(event.name)?.candidates(view) ?? []) {
    const { program: clock, role } = candidate.listener;
    if (!isMatch(candidate, asking(clock, view, looked))) continue;
    const known = roles.get(clock);
    if (known) known.add(role);
    else roles.set(clock, new Set([role]));
  }
  for (const clock of concerned(subject, state, roles.keys())) {
    const before = storedClockOf(state, clock, event.at);
    const plays = roles.get(clock) ?? NO_ROLES;
    // L5: the pause is looked at after each event; a clock that never started has nothing to pause.
    if (!before && !plays.has('start')) continue;
    applyToClock(clock, before, plays, state, event, asking(clock, view, looked), looked);
  }
}

function asking({ owner }: ClockProgram, view: EvaluationView, { wrongTypes }: EvaluationResult): EvaluationView {
  const { world, subject, place, event, zone, shared } = view;
  return { world, subject, place, event, zone, shared, asker: owner, wrongTypes };
}

function applyToClock(
  clock: ClockProgram,
  kept: StoredClock | undefined,
  plays: ReadonlySet<string>,
  state: SubjectState,
  event: TimelineEvent,
  view: EvaluationView,
  looked: EvaluationResult,
): void {
  const before = kept?.slot;
  const written = spanAt(view, clock.clock.target);
  // No row for this value and no default: no clock starts, and one that runs keeps the target that it has.
  const span = written ?? before?.clock.instances.at(-1)?.target;
  if (!span) return;
  const by = clock.clock.target.kind === 'table' ? (valueAt(view, clock.clock.target.by) ?? null) : null;
  const escalated = event.own === true && event.properties.by === 'escalate';
  const input = {
    at: event.at,
    messageId: event.messageId,
    starts: written !== undefined && plays.has('start'),
    stops: plays.has('stop'),
    resumes: plays.has('resume'),
    cancels: plays.has('cancel'),
    pausedAfter: clock.clock.pause !== undefined && holdsAt(view, clock.clock.pause),
    target: span,
    targetMoves: written !== undefined && !escalated && by !== before?.by,
  };
  const { state: after, changes } = onClockEvent(clock.clock, clock.calendar, before?.clock, input, clock.marks);
  if (changes.length === 0 && kept?.isStored && by === kept.slot.by) return; // most events change nothing
  const starts: ClockSlot['starts'] = {};
  for (const { number, startEvent } of after.instances) {
    const start = startEvent === event.messageId ? snapshotOf(event) : before?.starts[number];
    if (start) starts[number] = start;
  }
  store(clock, { clock: after, by, starts, calendar: clock.calendarHash }, changes, state, view, looked);
}

export function runDueClocks(
  program: TriggerProgram,
  subject: SubjectProgram,
  state: SubjectState,
  at: Instant,
  world: World,
  looked: EvaluationResult,
  shared: ExpressionCache,
): void {
  const zone = program.settings.timeZone;
  const view: EvaluationView = { world, subject: state.subject, place: placeOfDeadline(at), zone, shared };
  for (const slot of state.slots.values()) {
    if (slot.dueAt === undefined || slot.dueAt > at || !slot.owner.startsWith(SLA_OWNER_PREFIX)) continue;
    // The state of a clock that is no longer deployed, or of another version of its policy, goes (T18).
    if (subject.clocks.get(slot.owner)?.hash !== slot.hash) {
      putStateEntry(state, { owner: slot.owner, key: slot.key, state: undefined });
    }
  }
  if (subject.clocks.size === 0) return;
  for (const clock of concerned(subject, state, [])) {
    const dueAt = state.slots.get(entryKey(clock.owner, ''))?.dueAt;
    if (dueAt === undefined || dueAt > at) continue;
    const before = storedClockOf(state, clock, at)?.slot;
    if (!before) continue;
    const { state: after, changes } = onClockTime(clock.clock, clock.calendar, before.clock, at, clock.marks);
    store(clock, { ...before, clock: after }, changes, state, view, looked);
  }
}

/** The clocks that the subject has, and some more, in their order: the others have nothing that an event could change. */
function concerned(subject: SubjectProgram, state: SubjectState, more: Iterable<ClockProgram>): ClockProgram[] {
  const clocks = new Set(more);
  for (const { owner } of state.slots.values()) {
    const clock = owner.startsWith(SLA_OWNER_PREFIX) ? subject.clocks.get(owner) : undefined;
    if (clock) clocks.add(clock);
  }
  return [...clocks].sort((a, b) => a.order - b.order);
}

/** Stores the clock and shows it to the arms that fire at its marks. */
function store(
  clock: ClockProgram,
  slot: ClockSlot,
  changes: readonly ClockChange[],
  state: SubjectState,
  view: EvaluationView,
  looked: EvaluationResult,
): void {
  const dueAt = nextClockDeadline(slot.clock, clock.calendar, clock.marks);
  putStateEntry(state, { owner: clock.owner, key: '', hash: clock.hash, state: slot as unknown as Json, dueAt });
  for (const change of changes) looked.notices.push({ policy: clock.policy.name, clock: clock.clock.name, change });
  for (const arm of clock.arms) {
    const base = situationOf(arm, view);
    if (!arm.condition.onClock) continue;
    const situation: ClockSituation = {
      ...base,
      policy: clock.policy.name,
      clock: clock.clock.name,
      state: slot.clock,
      changes,
      started: (instance) => slot.starts[instance],
    };
    reduceArm(arm, '', state, arm.condition.onClock(arm.arm, undefined, situation), view, looked);
  }
}

/**
 * The row of a clock. One of a policy that changed counts as none (T18). Where the calendar alone has changed the clock
 * goes on by the new one from this look on: what the new one has left behind is due at this look's instant (L3).
 */
function storedClockOf(state: SubjectState, clock: ClockProgram, at: Instant): StoredClock | undefined {
  const row = state.slots.get(entryKey(clock.owner, ''));
  if (row?.hash !== clock.hash) return undefined;
  const slot = row.state as unknown as ClockSlot;
  if (slot.calendar === clock.calendarHash) return { slot, isStored: true };
  const moved = { ...slot, clock: inCalendar(slot.clock, clock.calendar, at), calendar: clock.calendarHash };
  return { slot: moved, isStored: false };
}

/** The clock's row in a subject's state, for waits and `trigger.due`. */
export function clockSlotOf(state: SubjectState, policy: string, clock: string): ClockSlot | undefined {
  const slot = state.slots.get(entryKey(`${SLA_OWNER_PREFIX}${policy}.${clock}`, ''));
  return slot && (slot.state as unknown as ClockSlot);
}
