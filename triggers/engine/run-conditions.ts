/** Runs the conditions of a subject's playbooks over an event or an instant. */

import type { Instant, Json } from '../../language/model.ts';
import { placeOfDeadline, placeOfEvent, type TimelineEvent } from '../../language/records/timeline.ts';
import type { World } from '../../language/records/world.ts';
import { isoInstant } from '../../language/time/instants.ts';
import type { Condition, EventSituation, RawFiring, Situation, Step } from '../condition.ts';
import { isMatch } from '../index/event-index.ts';
import { PLAYBOOK_OWNER_PREFIX } from '../index/owners.ts';
import type { ArmProgram, SubjectProgram } from '../index/program.ts';
import { type EvaluationView, endOfSpan, keysOfEvent, spanAt, valueAt } from './evaluation-view.ts';
import type { ExpressionCache } from './expression-cache.ts';
import { closeExcessKeys } from './key-limit.ts';
import { compareText } from './merge-firings.ts';
import {
  type EvaluationResult,
  type Firing,
  putStateEntry,
  type StateEntry,
  type SubjectState,
  stateEntryOf,
} from './state.ts';

type Roles = ReadonlySet<string>;

interface Parts {
  program: ArmProgram;
  /** Key → the roles that the event plays for it. */
  byKey: Map<string, Roles>;
  /** Roles that apply to every key of the subject. */
  everyKey: Roles;
}

const NO_ROLES: Roles = new Set();
const NO_KEY: readonly string[] = [''];

export function runConditions(
  subject: SubjectProgram,
  state: SubjectState,
  event: TimelineEvent,
  world: World,
  looked: EvaluationResult,
  shared: ExpressionCache,
): void {
  const index = subject.armsByEvent.get(event.name);
  if (!index) return;
  const { wrongTypes } = looked;
  const base: EvaluationView = {
    world,
    subject: state.subject,
    place: placeOfEvent(event),
    event,
    zone: '',
    shared,
    wrongTypes,
  };
  const candidates = index.candidates(base);
  if (candidates.length === 0) return;
  const parts = new Map<string, Parts>();
  const keysOf = keysByOwner(state);
  for (const candidate of candidates) {
    const { program: arm, role, pattern } = candidate.listener;
    const view = viewOf(arm, base);
    if (!isMatch(candidate, view)) continue;
    let part = parts.get(arm.owner);
    if (!part) parts.set(arm.owner, (part = { program: arm, byKey: new Map(), everyKey: NO_ROLES }));
    const expression = pattern.key ?? arm.arm.key;
    const keys = expression && arm.arm.key ? keysOfEvent(view, expression, event, arm.arm.as) : NO_KEY;
    if (keys.length > 0) for (const key of keys) part.byKey.set(key, withRole(part.byKey.get(key), role));
    else if (!pattern.key && arm.condition.keyless[role] === 'every-key') part.everyKey = withRole(part.everyKey, role);
    else looked.noKey.push({ playbook: arm.playbook, role });
  }
  for (const part of inOrder(parts.values(), parts.size, byOwner)) {
    if (part.everyKey.size > 0) {
      for (const key of keysOf(part.program.owner)) if (!part.byKey.has(key)) part.byKey.set(key, NO_ROLES);
      for (const [key, roles] of part.byKey) {
        let all = roles;
        for (const role of part.everyKey) all = withRole(all, role);
        part.byKey.set(key, all);
      }
    }
    for (const key of inOrder(part.byKey.keys(), part.byKey.size, compareText)) {
      const roles = part.byKey.get(key)!;
      if (roles.size > 0) reduceEvent(part.program, key, roles, state, event, viewOf(part.program, base), looked);
    }
  }
}

export function runDueConditions(
  subject: SubjectProgram,
  state: SubjectState,
  at: Instant,
  world: World,
  looked: EvaluationResult,
  shared: ExpressionCache,
): void {
  const due: StateEntry[] = [];
  for (const slot of state.slots.values()) {
    if (slot.dueAt !== undefined && slot.dueAt <= at && slot.owner.startsWith(PLAYBOOK_OWNER_PREFIX)) due.push(slot);
  }
  if (due.length > 1) due.sort((a, b) => compareText(a.owner, b.owner) || compareText(a.key, b.key));
  for (const slot of due) {
    const arm = subject.arms.get(slot.owner);
    if (!arm || arm.hash !== slot.hash) {
      // State of a playbook that is no longer deployed, or of another version of its trigger, goes (T18).
      putStateEntry(state, { owner: slot.owner, key: slot.key, state: undefined });
      continue;
    }
    const { condition } = arm;
    if (!condition.onDeadline) continue; // over clocks: their own file calls them
    const { wrongTypes } = looked;
    const base: EvaluationView = {
      world,
      subject: state.subject,
      place: placeOfDeadline(at),
      zone: '',
      shared,
      wrongTypes,
    };
    const view = viewOf(arm, base);
    const before = slot.state as never;
    reduceArm(arm, slot.key, state, condition.onDeadline(arm.arm, before, situationOf(arm, view)), view, looked);
  }
}

function reduceEvent(
  arm: ArmProgram,
  key: string,
  roles: ReadonlySet<string>,
  state: SubjectState,
  event: TimelineEvent,
  view: EvaluationView,
  looked: EvaluationResult,
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
  const slot = stateEntryOf(state, arm.owner, key);
  const before = slot?.hash === arm.hash ? slot.state : undefined;
  reduceArm(arm, key, state, condition.onEvent(arm.arm, before as never, situation), view, looked);
}

/** Stores the reducer's next state and completes its firings. */
export function reduceArm(
  arm: ArmProgram,
  key: string,
  state: SubjectState,
  step: Step<unknown>,
  view: EvaluationView,
  looked: EvaluationResult,
): void {
  if (step.state === undefined) putStateEntry(state, { owner: arm.owner, key, state: undefined });
  else {
    const { owner, hash } = arm;
    const before = stateEntryOf(state, owner, key);
    const openedAt = before?.openedAt ?? view.place.at;
    putStateEntry(state, { owner, key, hash, state: step.state as Json, dueAt: step.dueAt, openedAt });
    if (!before) closeExcessKeys(arm, state, looked);
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

export function firingOf(arm: ArmProgram, key: string, view: EvaluationView, raw: RawFiring): Firing {
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
export function situationOf(arm: ArmProgram, view: EvaluationView): Situation {
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

/** The look as the arm's playbook sees it. Field by field: made for everyone whom an event may concern. */
export function viewOf({ zone, asker }: ArmProgram, base: Omit<EvaluationView, 'zone'>): EvaluationView {
  const { world, subject, place, event, trigger, shared, wrongTypes } = base;
  return { world, subject, place, event, trigger, zone, shared, asker, wrongTypes };
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

/** Names of roles are those of conditions: few, and most events play one for a key. */
const alone = new Map<string, Roles>();

function withRole(roles: Roles | undefined, role: string): Roles {
  if (roles?.has(role)) return roles;
  if (roles && roles.size > 0) return new Set([...roles, role]);
  let only = alone.get(role);
  if (!only) alone.set(role, (only = new Set([role])));
  return only;
}

function byOwner(a: Parts, b: Parts): number {
  return compareText(a.program.owner, b.program.owner);
}

/** What is one by itself is in order. */
function inOrder<T>(items: Iterable<T>, count: number, compare: (a: T, b: T) => number): Iterable<T> {
  return count < 2 ? items : [...items].sort(compare);
}
