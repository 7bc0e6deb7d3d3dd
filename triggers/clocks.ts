/** Runs the clocks of service levels over a subject's events, and the arms that fire at their marks (section 7, T10). */
import type { Instant, Json, Mark } from '../language/model.ts';
import { placeOfDeadline, placeOfEvent, type TimelineEvent } from '../language/timeline.ts';
import type { World } from '../language/world.ts';
import { situationOf, takeStep } from './arms.ts';
import type { ClockSituation, Snapshot } from './condition.ts';
import { snapshotOf } from './condition.ts';
import type { SlaConfig } from './conditions/sla.ts';
import { SLA_OWNER_PREFIX } from './owners.ts';
import type { ClockProgram, SubjectProgram, TriggerProgram } from './program.ts';
import { holdsAt, spanAt, type View, valueAt } from './situation.ts';
import {
  type ClockChange,
  type ClockState,
  markReachedAt,
  nextClockDeadline,
  onClockEvent,
  onClockTime,
} from './sla/clock.ts';
import { type Looked, putSlot, type SubjectState, slotKey } from './state.ts';

/** What a clock's row keeps. */
export interface ClockSlot {
  clock: ClockState;
  /** What the target's table was read by: a target moves when an event changes this, not when Cuebook's escalate did. */
  by: Json;
  /** The start events of the instances that are kept. */
  starts: { [instance: string]: Snapshot };
}

const NO_ROLES: ReadonlySet<string> = new Set();

export function clocksOfEvent(
  program: TriggerProgram,
  subject: SubjectProgram,
  state: SubjectState,
  event: TimelineEvent,
  world: World,
  looked: Looked,
): void {
  const view: View = {
    world,
    subject: state.subject,
    place: placeOfEvent(event),
    event,
    zone: program.settings.timeZone,
  };
  const roles = new Map<ClockProgram, Set<string>>();
  for (const { program: clock, role, pattern } of subject.clocksByEvent.get(event.name) ?? []) {
    if (!holdsAt(view, pattern.where)) continue;
    const known = roles.get(clock);
    if (known) known.add(role);
    else roles.set(clock, new Set([role]));
  }
  for (const clock of subject.clocks.values()) {
    const before = slotOf(state, clock);
    const plays = roles.get(clock) ?? NO_ROLES;
    // L5: the pause is looked at after each event; a clock that never started has nothing to pause.
    if (!before && !plays.has('start')) continue;
    applyToClock(clock, before, plays, state, event, view, looked);
  }
}

function applyToClock(
  clock: ClockProgram,
  before: ClockSlot | undefined,
  plays: ReadonlySet<string>,
  state: SubjectState,
  event: TimelineEvent,
  view: View,
  looked: Looked,
): void {
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
  const { state: after, changes } = onClockEvent(clock.clock, clock.calendar, before?.clock, input, marksOf(clock));
  if (changes.length === 0 && before && by === before.by) return; // most events change nothing
  const starts: ClockSlot['starts'] = {};
  for (const { number, startEvent } of after.instances) {
    const start = startEvent === event.messageId ? snapshotOf(event) : before?.starts[number];
    if (start) starts[number] = start;
  }
  store(clock, { clock: after, by, starts }, changes, state, view, looked);
}

export function clocksOfDeadline(
  program: TriggerProgram,
  subject: SubjectProgram,
  state: SubjectState,
  at: Instant,
  world: World,
  looked: Looked,
): void {
  const view: View = { world, subject: state.subject, place: placeOfDeadline(at), zone: program.settings.timeZone };
  for (const clock of subject.clocks.values()) {
    const before = slotOf(state, clock);
    if (!before) continue;
    const dueAt = state.slots.get(slotKey(clock.owner, ''))?.dueAt;
    if (dueAt === undefined || dueAt > at) continue;
    const { state: after, changes } = onClockTime(clock.clock, clock.calendar, before.clock, at, marksOf(clock));
    store(clock, { ...before, clock: after }, changes, state, view, looked);
  }
}

/** Stores the clock and shows it to the arms that fire at its marks. */
function store(
  clock: ClockProgram,
  slot: ClockSlot,
  changes: readonly ClockChange[],
  state: SubjectState,
  view: View,
  looked: Looked,
): void {
  const dueAt = nextClockDeadline(slot.clock, clock.calendar, marksOf(clock));
  putSlot(state, { owner: clock.owner, key: '', hash: clock.hash, state: slot as unknown as Json, dueAt });
  for (const change of changes) looked.notices.push({ policy: clock.policy.name, clock: clock.clock.name, change });
  for (const arm of clock.arms) {
    const base = situationOf(arm, view);
    if (!arm.condition.onClock) continue;
    const { mark } = arm.arm.config as unknown as SlaConfig;
    const situation: ClockSituation = {
      ...base,
      policy: clock.policy.name,
      clock: clock.clock.name,
      state: slot.clock,
      reachedAt: (instance) => markReachedAt(slot.clock, instance, mark),
      started: (instance) => slot.starts[instance],
    };
    const own = state.slots.get(slotKey(arm.owner, ''));
    const before = own?.hash === arm.hash ? own.state : undefined;
    takeStep(arm, '', state, arm.condition.onClock(arm.arm, before as never, situation), view, looked);
  }
}

/** The marks at which something fires: the clock says when each is reached. */
function marksOf(clock: ClockProgram): Mark[] {
  return clock.arms.map((arm) => (arm.arm.config as unknown as SlaConfig).mark);
}

/** A calendar or policy that changed while clocks run makes other state (T18): the old row counts as none. */
function slotOf(state: SubjectState, clock: ClockProgram): ClockSlot | undefined {
  const slot = state.slots.get(slotKey(clock.owner, ''));
  return slot?.hash === clock.hash ? (slot.state as unknown as ClockSlot) : undefined;
}

/** The clock's row in a subject's state, for waits and `trigger.due`. */
export function clockSlotOf(state: SubjectState, policy: string, clock: string): ClockSlot | undefined {
  const slot = state.slots.get(slotKey(`${SLA_OWNER_PREFIX}${policy}.${clock}`, ''));
  return slot && (slot.state as unknown as ClockSlot);
}
