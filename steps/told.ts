/** What is told of a decision, so that "why" and "why not" are answered as of that moment (V5): live and in virtual time. */
import type { CompiledStep, Json } from '../language/model.ts';
import { isoInstant } from '../language/time/instants.ts';
import type { Answer, Command } from '../workflows/journey/types.ts';
import type { Facts, StepDecision } from './step.ts';

export type DecisionKind = 'branch' | 'gate' | 'wait' | 'effect' | 'end';

export interface ToldDecision {
  kind: DecisionKind;
  verdict: string;
  /** The values that it looked at. */
  looked: Json;
}

/** As many values as one record keeps. */
const MAX_VALUES = 30;

const KINDS: { [name in Command['name']]: DecisionKind } = {
  choose: 'branch',
  do: 'effect',
  pause: 'wait',
  listen: 'wait',
  look: 'wait',
  round: 'wait',
  exit: 'end',
  finish: 'end',
};

/** What is told of it; undefined for what says nothing that its effect does not say. */
export function toldOf(command: Command, decision: StepDecision): ToldDecision | undefined {
  const { answer, evaluated, line } = decision;
  const isTold = evaluated !== undefined || line?.refused !== undefined || answer.go === 'end' || answer.go === 'ended';
  if (!isTold) return undefined;
  const verdict = line?.refused === undefined ? describe(answer) : `refused: ${line.refused}`;
  return { kind: kindOf(command, decision), verdict, looked: evaluated ?? {} };
}

/** Adds the values that a condition read. */
export function withValues(
  decision: StepDecision,
  command: Command,
  step: CompiledStep | undefined,
  facts: Pick<Facts, 'path'>,
): StepDecision {
  const isCondition = command.name === 'choose' || command.name === 'round' || step?.if !== undefined;
  if (!step || !isCondition || !decision.evaluated || step.reads.length === 0) return decision;
  const values = Object.fromEntries(step.reads.slice(0, MAX_VALUES).map((path) => [path, facts.path(path) ?? null]));
  return { ...decision, evaluated: { ...(decision.evaluated as { [name: string]: Json }), values } };
}

function kindOf({ name }: Command, { line, answer }: StepDecision): DecisionKind {
  const isGate = name === 'do' && (line?.refused !== undefined || answer.go === 'sleep' || answer.go === 'end');
  return isGate ? 'gate' : KINDS[name];
}

function describe(answer: Answer): string {
  switch (answer.go) {
    case 'arm':
      return `arm ${answer.arm}`;
    case 'sleep':
      return answer.until === null ? 'wait' : `wait until ${isoInstant(answer.until)}`;
    case 'failed':
      return `failed: ${answer.code}`;
    case 'end':
      return `${answer.ending.outcome}: ${answer.ending.reason}`;
    case 'ended':
      return answer.outcome;
    default:
      return answer.go;
  }
}
