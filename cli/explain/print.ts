/** Why, and why not, in words. */

import type { CompiledTrigger, Json, SubjectRef } from '../../language/model.ts';
import { isoInstant } from '../../language/time/instants.ts';
import type { ExplainedDecision, ExplainedFiring, Explanation } from '../../store/reports/explanations.ts';
import { conditionOf } from '../../triggers/conditions.ts';
import { paint, print } from '../output.ts';

const INDENT = ' '.repeat(26);

/** What a deferred firing waits for, by its reason; without one, for a journey that lags (N1). */
const DEFERRED_UNTIL: { [reason: string]: string } = {
  '': 'the open enrolment of its key has come to this instant',
  audience: 'the audience lets it in',
  anonymous: 'it is known who the visitor is',
};

/** Prints what an explanation knows of a subject: each firing with its decisions, then what did not fire. */
export function printExplanation(subject: SubjectRef, { firings, decisions, playbooks }: Explanation): void {
  print(paint('bold', `${subject.type} ${subject.id}`, process.stdout));
  if (firings.length + decisions.length + playbooks.length === 0) {
    print('  Events name it. Nothing has been decided about it, and no deployed playbook is about its kind.');
  }
  for (const firing of firings) {
    print();
    printFiring(firing);
    for (const decision of decisions) if (decision.firingId === firing.id) printDecision(decision);
    // An enrolment has its firing's id.
    for (const decision of decisions) {
      if (decision.firingId === null && decision.enrolmentId === firing.id) printDecision(decision);
    }
    if (firing.outcome !== null) at(firing.endedAt!, `ended ${firing.outcome}: ${firing.endReason}`);
    else if (firing.status === 'enrolled') print(`${INDENT}  still open, as far as was known`);
  }
  const known = new Set(firings.map(({ id }) => id));
  const others = decisions.filter((it) => !known.has(it.firingId ?? '') && !known.has(it.enrolmentId ?? ''));
  if (others.length > 0) print();
  for (const decision of others) printDecision(decision);
  for (const { playbook, status, trigger, waits } of playbooks) {
    const fired = firings.some((firing) => firing.playbook === playbook);
    if (fired && waits.length === 0) continue;
    print();
    print(`${paint('bold', playbook, process.stdout)}${status === 'active' ? '' : ` (${status})`}`);
    if (!fired) print(`  has not fired; it fires at ${describe(trigger)}`);
    for (const wait of waits) {
      const key = wait.key === '' ? '' : `, key ${wait.key}`;
      print(`  waits${key}: looks at ${isoInstant(wait.dueAt)} whether ${describe(trigger, wait.arm)} holds`);
    }
  }
}

function printFiring({ playbook, key, at: firedAt, arm, evidence, status, reason, ...late }: ExplainedFiring): void {
  print(`${paint('bold', playbook, process.stdout)}${key === '' ? '' : `, key ${key}`}`);
  const what = late.trigger === null ? 'fired' : `fired: ${describe(late.trigger, arm)}`;
  at(firedAt, `${what}${evidence.length === 0 ? '' : `; evidence ${evidence.join(', ')}`}`);
  if (late.moved) print(`${INDENT}  moved by the late event ${late.undoneBy}`);
  else if (late.undoneBy !== null) print(`${INDENT}  taken back by the late event ${late.undoneBy}`);
  if (status === 'deferred') print(`${INDENT}  deferred until ${DEFERRED_UNTIL[reason ?? ''] ?? reason}`);
  if (status === 'refused') print(`${INDENT}  ${paint('yellow', `refused: ${reason}`, process.stdout)}`);
}

function printDecision({ at: decidedFor, path, kind, verdict, looked }: ExplainedDecision): void {
  at(decidedFor, `${path === null ? '' : `${path} `}${kind}: ${verdict}${values(looked)}`);
}

/** The values that were looked at, `contact.country = "DE"`. */
function values(looked: Json): string {
  if (typeof looked !== 'object' || looked === null) return looked === null ? '' : `; ${JSON.stringify(looked)}`;
  const shown = Object.entries(looked).map(([name, value]) => `${name} = ${JSON.stringify(value)}`);
  return shown.length === 0 ? '' : `; looked at ${shown.join(', ')}`;
}

function describe({ arms }: CompiledTrigger, only?: number): string {
  const told = only === undefined ? arms : arms.slice(only, only + 1);
  return told.map((arm) => conditionOf(arm.kind).describe(arm)).join(', or ');
}

function at(instant: number, text: string): void {
  print(`  ${isoInstant(instant)}  ${text}`);
}
