/** Runs the conditions of a subject's playbooks over an event or an instant. */
import type { Instant, Json } from '../language/model.ts';
import { placeOfDeadline, placeOfEvent, type TimelineEvent } from '../language/timeline.ts';
import type { World } from '../language/world.ts';
import type { Condition, EventSituation, RawFiring, Situation, Step } from './condition.ts';
import { compareText } from './merge-firings.ts';
import { PLAYBOOK_OWNER_PREFIX } from './owners.ts';
import type { ArmProgram, SubjectProgram } from './program.ts';
import { endOfSpan, holdsAt, keysOfEvent, spanAt, type View, valueAt } from './situation.ts';
import { type Firing, type Looked, putSlot, type Slot, type SubjectState, slotKey } from './state.ts';

interface Parts {
  program: ArmProgram;
  /** Key → the roles that the event plays for it. */
  byKey: Map<string, Set<string>>;
  /** Roles that apply to every key of the subject. */
  everyKey: Set<string>;
}

export function armsOfEvent(
  subject: SubjectProgram,
  state: SubjectState,
  event: TimelineEvent,
  world: World,
  looked: Looked,
): void {
  const parts = new Map<string, Parts>();
  for (const { program: arm, role, pattern } of subject.armsByEvent.get(event.name) ?? []) {
    const view = viewOf(arm, state, event, world);
    if (!holdsAt(view, pattern.where)) continue;
    let part = parts.get(arm.owner);
    if (!part) parts.set(arm.owner, (part = { program: arm, byKey: new Map(), everyKey: new Set() }));
    const expression = pattern.key ?? arm.arm.key;
    const keys = expression && arm.arm.key ? keysOfEvent(view, expression, event) : [''];
    if (keys.length > 0) for (const key of keys) rolesOf(part.byKey, key).add(role);
    else if (!pattern.key && arm.condition.keyless[role] === 'every-key') part.everyKey.add(role);
    else looked.noKey.push({ playbook: arm.playbook, role });
  }
  for (const part of [...parts.values()].sort((a, b) => compareText(a.program.owner, b.program.owner))) {
    if (part.everyKey.size > 0) {
      for (const slot of slotsOf(state, part.program.owner)) rolesOf(part.byKey, slot.key);
      for (const roles of part.byKey.values()) for (const role of part.everyKey) roles.add(role);
    }
    for (const key of [...part.byKey.keys()].sort(compareText)) {
      const roles = part.byKey.get(key)!;
      if (roles.size > 0) reduceEvent(part.program, key, roles, state, event, world, looked);
    }
  }
}

export function armsOfDeadline(
  subject: SubjectProgram,
  state: SubjectState,
  at: Instant,
  world: World,
  looked: Looked,
): void {
  const due = [...state.slots.values()]
    .filter((slot) => slot.dueAt !== undefined && slot.dueAt <= at && slot.owner.startsWith(PLAYBOOK_OWNER_PREFIX))
    .sort((a, b) => compareText(a.owner, b.owner) || compareText(a.key, b.key));
  for (const slot of due) {
    const arm = subject.arms.get(slot.owner);
    if (!arm || arm.hash !== slot.hash) {
      // State of a playbook that is no longer deployed, or of another version of its trigger, goes (T18).
      putSlot(state, { owner: slot.owner, key: slot.key, state: undefined });
      continue;
    }
    const { condition } = arm;
    if (!condition.onDeadline) continue; // over clocks: their own file calls them
    const view: View = { world, subject: state.subject, place: placeOfDeadline(at), zone: arm.zone };
    const before = slot.state as never;
    takeStep(arm, slot.key, state, condition.onDeadline(arm.arm, before, situationOf(arm, view)), view, looked);
  }
}

function reduceEvent(
  arm: ArmProgram,
  key: string,
  roles: ReadonlySet<string>,
  state: SubjectState,
  event: TimelineEvent,
  world: World,
  looked: Looked,
): void {
  const { condition } = arm;
  if (!condition.onEvent) return;
  const view = viewOf(arm, state, event, world);
  const situation: EventSituation = {
    ...situationOf(arm, view),
    event,
    roles,
    value(name) {
      const expression = arm.arm.values[name];
      return expression && valueAt(view, expression);
    },
  };
  const slot = state.slots.get(slotKey(arm.owner, key));
  const before = slot?.hash === arm.hash ? slot.state : undefined;
  takeStep(arm, key, state, condition.onEvent(arm.arm, before as never, situation), view, looked);
}

/** Stores the reducer's next state and completes its firings. */
export function takeStep(
  arm: ArmProgram,
  key: string,
  state: SubjectState,
  step: Step<unknown>,
  view: View,
  looked: Looked,
): void {
  if (step.state === undefined) putSlot(state, { owner: arm.owner, key, state: undefined });
  else putSlot(state, { owner: arm.owner, key, hash: arm.hash, state: step.state as Json, dueAt: step.dueAt });
  for (const raw of step.firings ?? []) looked.firings.push(firingOf(arm, key, view, raw));
}

function firingOf(arm: ArmProgram, key: string, view: View, raw: RawFiring): Firing {
  const properties = raw.latest?.properties ?? {};
  const own: { [name: string]: Json } = {
    ...raw.fields,
    ...(raw.latest && { event: raw.latest.name }),
    at: new Date(raw.at).toISOString(),
    ...(arm.arm.as !== undefined && { arm: arm.arm.as }),
  };
  // An event's own property of such a name stays readable as `trigger.properties.<name>` (T17).
  const trigger = { ...properties, ...own, properties };
  const { byTime } = arm.condition as Condition;
  return {
    playbook: arm.playbook,
    version: arm.version.hash,
    subject: view.subject,
    key: raw.key ?? key,
    at: raw.at,
    arm: arm.index,
    evidence: raw.evidence.slice(-100),
    byTime: typeof byTime === 'function' ? byTime(arm.arm) : byTime,
    trigger,
    overtaken: false,
    ...(raw.reach !== undefined && { reach: raw.reach }),
  };
}

/** The situation at a view. A table is read when the reducer asks for it: most looks need no window. */
export function situationOf(arm: ArmProgram, view: View): Situation {
  const { playbook, calendars } = arm.version;
  const calendar = playbook.calendar === undefined ? undefined : calendars[playbook.calendar];
  return {
    at: view.place.at,
    zone: arm.zone,
    endOf(window, from) {
      const span = spanAt(view, arm.arm.windows[window]!);
      return span && endOfSpan(span, from, calendar);
    },
  };
}

function viewOf(arm: ArmProgram, state: SubjectState, event: TimelineEvent, world: World): View {
  return { world, subject: state.subject, place: placeOfEvent(event), event, zone: arm.zone };
}

function slotsOf(state: SubjectState, owner: string): Slot[] {
  return [...state.slots.values()].filter((slot) => slot.owner === owner);
}

function rolesOf(byKey: Map<string, Set<string>>, key: string): Set<string> {
  let roles = byKey.get(key);
  if (!roles) byKey.set(key, (roles = new Set()));
  return roles;
}
