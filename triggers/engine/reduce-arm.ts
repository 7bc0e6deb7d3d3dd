/** What a condition's reducer sees, and what is made of its answer: the arm's next state and its firings. */
import type { Instant, Json, SubjectRef } from '../../language/model.ts';
import { CAUSED_BY } from '../../language/records/causes.ts';
import { RUN_BY } from '../../language/records/runs.ts';
import { isoInstant } from '../../language/time/instants.ts';
import type { Condition, RawFiring, Reduction, Situation } from '../condition.ts';
import type { ArmProgram } from '../index/program.ts';
import { closeExcessKeys } from './drop-state.ts';
import type { Evaluation } from './evaluation.ts';
import { type EvaluationView, endOfSpan, spanAt, valueAt } from './evaluation-view.ts';
import { type Firing, putStateEntry, stateEntryOf } from './state.ts';

/** Stores the reducer's next state and completes its firings. */
export function reduceArm(evaluation: Evaluation, arm: ArmProgram, key: string, reduction: Reduction<unknown>): void {
  const { state, place, result } = evaluation;
  const { owner, hash, playbook } = arm;
  if (reduction.state === undefined) putStateEntry(state, { owner, key, state: undefined });
  else {
    const before = stateEntryOf(state, owner, key);
    const openedAt = before?.openedAt ?? place.at;
    putStateEntry(state, { owner, key, hash, state: reduction.state as Json, dueAt: reduction.dueAt, openedAt });
    if (!before) closeExcessKeys(arm, state, result);
  }
  const look = { subject: state.subject, at: place.at };
  for (const raw of reduction.firings ?? []) result.firings.push(firingOf(arm, look, key, raw));
  if (reduction.missed) {
    result.missed ??= [];
    result.missed.push({ playbook, key, ...reduction.missed });
  }
}

/** What `trigger` is for a firing (T17). */
export function triggerOf(arm: ArmProgram, raw: RawFiring): Firing['trigger'] {
  const { latest } = raw;
  const properties = latest?.properties ?? {};
  // An event's own property of such a name stays readable as `trigger.properties.<name>` (T17). Names that are always
  // there come first: growing a copy of what came as JSON costs twenty times as much.
  const trigger: Firing['trigger'] = latest
    ? { at: '', event: '', properties, ...properties }
    : { at: '', properties, ...properties };
  Object.assign(trigger, raw.fields);
  trigger.at = isoInstant(raw.at);
  trigger.properties = properties;
  if (latest) trigger.event = latest.name;
  if (arm.arm.as !== undefined) trigger.arm = arm.arm.as;
  // Only an own event says what caused it; what another has of that name is a property like any other.
  const causes = latest?.causes ?? [];
  if (causes.length > 0 || CAUSED_BY in properties) trigger[CAUSED_BY] = causes;
  if (RUN_BY in properties) delete trigger[RUN_BY];
  return trigger;
}

/** @param look the subject, and the instant of the evaluation that gives it */
export function firingOf(
  arm: ArmProgram,
  { subject, at: givenAt }: { subject: SubjectRef; at: Instant },
  key: string,
  raw: RawFiring,
): Firing {
  const { byTime } = arm.condition as Condition;
  return {
    playbook: arm.playbook,
    version: arm.version.hash,
    subject,
    key: raw.key ?? key,
    at: raw.at,
    ...(givenAt > raw.at && { givenAt }),
    arm: arm.index,
    evidence: raw.evidence.slice(-100),
    byTime: typeof byTime === 'function' ? byTime(arm.arm) : byTime,
    trigger: triggerOf(arm, raw),
    overtaken: false,
    ...(raw.reach !== undefined && { reach: raw.reach }),
  };
}

/** The situation at a view. A table is read when the reducer asks for it: most evaluations need no window. */
export function situationOf(arm: ArmProgram, view: EvaluationView): Situation {
  return { at: view.place.at, zone: arm.zone, endOf: endsOf(arm, view) };
}

/** When the arm's windows end, as they are at a view. */
export function endsOf(arm: ArmProgram, view: EvaluationView): Situation['endOf'] {
  return (window, from) => {
    const span = spanAt(view, arm.arm.windows[window]!);
    if (!span) return undefined;
    const { playbook, calendars } = arm.version;
    return endOfSpan(span, from, playbook.calendar === undefined ? undefined : calendars[playbook.calendar]);
  };
}

/** Reads the arm's named values at a view; one that it does not have is missing. */
export function valuesOf({ arm }: ArmProgram, view: EvaluationView): (name: string) => Json | undefined {
  return (name) => {
    const expression = arm.values[name];
    return expression && valueAt(view, expression);
  };
}
