/** Runs the conditions of a subject's playbooks over an event or an instant. */
import { isoInstant } from '../language/instants.ts';
import type { Instant, Json } from '../language/model.ts';
import { placeOfDeadline, placeOfEvent, type TimelineEvent } from '../language/timeline.ts';
import type { World } from '../language/world.ts';
import { boundKeys } from './bound-keys.ts';
import type { Condition, EventSituation, RawFiring, Situation, Step } from './condition.ts';
import { isMatch } from './matching.ts';
import { compareText } from './merge-firings.ts';
import { PLAYBOOK_OWNER_PREFIX } from './owners.ts';
import type { ArmProgram, SubjectProgram } from './program.ts';
import type { SharedReads } from './shared.ts';
import { endOfSpan, keysOfEvent, spanAt, type View, valueAt } from './situation.ts';
import { type Firing, type Looked, putSlot, type SubjectState, slotKey } from './state.ts';

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
  shared: SharedReads,
): void {
  const parts = new Map<string, Parts>();
  const { wrongTypes } = looked;
  const base: View = { world, subject: state.subject, place: placeOfEvent(event), event, zone: '', shared, wrongTypes };
  const keysOf = keysByOwner(state);
  for (const candidate of subject.armsByEvent.get(event.name)?.candidates(base) ?? []) {
    const { program: arm, role, pattern } = candidate.listener;
    const view = viewOf(arm, base);
    if (!isMatch(candidate, view)) continue;
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
      for (const key of keysOf(part.program.owner)) rolesOf(part.byKey, key);
      for (const roles of part.byKey.values()) for (const role of part.everyKey) roles.add(role);
    }
    for (const key of [...part.byKey.keys()].sort(compareText)) {
      const roles = part.byKey.get(key)!;
      if (roles.size > 0) reduceEvent(part.program, key, roles, state, event, viewOf(part.program, base), looked);
    }
  }
}

export function armsOfDeadline(
  subject: SubjectProgram,
  state: SubjectState,
  at: Instant,
  world: World,
  looked: Looked,
  shared: SharedReads,
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
    const { wrongTypes } = looked;
    const base: View = { world, subject: state.subject, place: placeOfDeadline(at), zone: '', shared, wrongTypes };
    const view = viewOf(arm, base);
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
  view: View,
  looked: Looked,
): void {
  const { condition } = arm;
  if (!condition.onEvent) return;
  const { at, zone, endOf } = situationOf(arm, view);
  const situation: EventSituation = {
    at,
    zone,
    endOf,
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
  else {
    const { owner, hash } = arm;
    const before = state.slots.get(slotKey(owner, key));
    const openedAt = before?.openedAt ?? view.place.at;
    putSlot(state, { owner, key, hash, state: step.state as Json, dueAt: step.dueAt, openedAt });
    if (!before) boundKeys(arm, state, looked);
  }
  for (const raw of step.firings ?? []) looked.firings.push(firingOf(arm, key, view, raw));
  if (step.missed) {
    looked.missed ??= [];
    looked.missed.push({ playbook: arm.playbook, key, ...step.missed });
  }
}

/** What `trigger` is for a firing (T17). */
export function triggerOf(arm: ArmProgram, raw: RawFiring): Firing['trigger'] {
  const properties = raw.latest?.properties ?? {};
  const own: Firing['trigger'] = { at: isoInstant(raw.at), properties };
  if (raw.latest) own.event = raw.latest.name;
  if (arm.arm.as !== undefined) own.arm = arm.arm.as;
  // An event's own property of such a name stays readable as `trigger.properties.<name>` (T17). Names that are always
  // there stand first: growing a copy of what came as JSON costs twenty times as much.
  return Object.assign({ at: '', properties, ...properties }, raw.fields, own);
}

export function firingOf(arm: ArmProgram, key: string, view: View, raw: RawFiring): Firing {
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
    trigger: triggerOf(arm, raw),
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

/** The look as the arm's playbook sees it. */
export function viewOf({ zone, playbook }: ArmProgram, base: Omit<View, 'zone'>): View {
  return { ...base, zone, asker: `${PLAYBOOK_OWNER_PREFIX}${playbook}` };
}

/** The keys under which an arm has state, by its owner; the subject's state is gone through once, and only when asked. */
function keysByOwner(state: SubjectState): (owner: string) => readonly string[] {
  let byOwner: Map<string, string[]> | undefined;
  return (owner) => {
    if (!byOwner) {
      byOwner = new Map();
      for (const slot of state.slots.values()) {
        const keys = byOwner.get(slot.owner);
        if (keys) keys.push(slot.key);
        else byOwner.set(slot.owner, [slot.key]);
      }
    }
    return byOwner.get(owner) ?? [];
  };
}

function rolesOf(byKey: Map<string, Set<string>>, key: string): Set<string> {
  let roles = byKey.get(key);
  if (!roles) byKey.set(key, (roles = new Set()));
  return roles;
}
