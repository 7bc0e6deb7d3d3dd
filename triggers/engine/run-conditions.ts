/** Runs the conditions of a subject's playbooks over an event or an instant. */
import type { EventSituation } from '../condition.ts';
import { isMatch } from '../index/event-index.ts';
import type { ArmProgram } from '../index/program.ts';
import { type Evaluation, type EventEvaluation, isOfEvent, viewOf } from './evaluation.ts';
import { countWrongType, type EvaluationView, keysOfEvent } from './evaluation-view.ts';
import { compareText } from './merge-firings.ts';
import { endsOf, reduceArm, situationOf, valuesOf } from './reduce-arm.ts';
import { currentEntryOf, type StateEntry, type SubjectState } from './state.ts';

type Roles = ReadonlySet<string>;

interface Parts {
  program: ArmProgram;
  view: EvaluationView;
  /** Of an arm without a key: the roles that the event plays for the subject. */
  whole: Roles;
  /** Of one with a key: key → the roles that the event plays for it. */
  byKey: Map<string, Roles>;
  /** Roles that apply to every key of the subject. */
  everyKey: Roles;
}

const NO_ROLES: Roles = new Set();
const NO_KEYS = new Map<string, Roles>();

export function runConditions(evaluation: Evaluation): void {
  if (isOfEvent(evaluation)) runEventConditions(evaluation);
  else runDueConditions(evaluation);
}

function runEventConditions(evaluation: EventEvaluation): void {
  const { listeners, state, event, result } = evaluation;
  const candidates = listeners.armsByEvent.get(event.name)?.candidates(evaluation);
  if (!candidates || candidates.length === 0) return;
  const parts = new Map<ArmProgram, Parts>();
  const keysOf = keysByOwner(state);
  for (const candidate of candidates) {
    const { program: arm, role, pattern } = candidate.listener;
    let part = parts.get(arm);
    const view = part?.view ?? viewOf(evaluation, arm);
    if (!isMatch(candidate, view)) continue;
    if (!part) parts.set(arm, (part = partOf(arm, view)));
    if (!arm.arm.key) {
      part.whole = withRole(part.whole, role);
      continue;
    }
    const keys = keysOfEvent(view, pattern.key ?? arm.arm.key, event, arm.arm.as);
    if (keys.length > 0) for (const key of keys) part.byKey.set(key, withRole(part.byKey.get(key), role));
    else if (!pattern.key && arm.condition.keyless[role] === 'every-key') part.everyKey = withRole(part.everyKey, role);
    else result.noKey.push({ playbook: arm.playbook, role });
  }
  for (const part of inOrder(parts.values(), parts.size, byOwner)) {
    if (part.whole.size > 0) {
      reduceEvent(evaluation, part, '', part.whole);
      continue;
    }
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
      if (roles.size > 0) reduceEvent(evaluation, part, key, roles);
    }
  }
}

function runDueConditions(evaluation: Evaluation): void {
  const { listeners, state, place } = evaluation;
  const due: { arm: ArmProgram; slot: StateEntry }[] = [];
  for (const slot of state.slots.values()) {
    if (slot.dueAt === undefined || slot.dueAt > place.at) continue;
    const arm = listeners.arms.get(slot.owner);
    if (arm?.condition.onDeadline) due.push({ arm, slot }); // those over records are run by their own file
  }
  if (due.length > 1) {
    due.sort((a, b) => compareText(a.slot.owner, b.slot.owner) || compareText(a.slot.key, b.slot.key));
  }
  for (const { arm, slot } of due) {
    const situation = situationOf(arm, viewOf(evaluation, arm));
    reduceArm(evaluation, arm, slot.key, arm.condition.onDeadline!(arm.arm, slot.state as never, situation));
  }
}

function partOf(arm: ArmProgram, view: EvaluationView): Parts {
  return { program: arm, view, whole: NO_ROLES, byKey: arm.arm.key ? new Map() : NO_KEYS, everyKey: NO_ROLES };
}

function reduceEvent(evaluation: EventEvaluation, { program: arm, view }: Parts, key: string, roles: Roles): void {
  const { condition } = arm;
  if (!condition.onEvent) return;
  const { at } = view.place;
  const [endOf, value] = [endsOf(arm, view), valuesOf(arm, view)];
  const situation: EventSituation = { at, zone: arm.zone, endOf, event: evaluation.event, roles, value };
  const before = currentEntryOf(evaluation.state, arm, key)?.state;
  const reduction = condition.onEvent(arm.arm, before as never, situation);
  if (reduction.wrongType !== undefined) countWrongType(view, arm.arm.values[reduction.wrongType]!);
  reduceArm(evaluation, arm, key, reduction);
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
