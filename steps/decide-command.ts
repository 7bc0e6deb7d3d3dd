/**
 * Decides one command of one enrolment: the step's own decision, with what holds for every step around it. Pure: the
 * caller fetched the facts and writes the decision.
 */
import { isJsonObject } from '../language/json.ts';
import type { CompiledStep, Instant, Json } from '../language/model.ts';
import { isTooLong } from '../language/text.ts';
import type { Command, Ending } from '../workflows/journey/types.ts';
import { withoutUnchanged } from './changes.ts';
import type { Facts, Step, StepDecision, Write } from './step.ts';
import { stepOf } from './steps.ts';

/** A goal or an exit that the deciding transaction could see, consumed by the evaluator or not (S19). */
export interface SeenEnding {
  ending: Ending;
  at: Instant;
}

/** How late an effect may happen before the journey's instant moves to the real one (S0). */
const DELAYED_AFTER_MS = 15 * 60_000;

export interface DecideInput {
  command: Command;
  facts: Facts;
  seen: SeenEnding | undefined;
  /** The value that the goal's expression has over the goal's event. */
  goalValue: Json | undefined;
}

/** An effect that really happens long after the journey's instant moves it to the real one (S0). */
export function isDelayed({ name, at }: Command, { now }: Pick<Facts, 'now'>): boolean {
  return name === 'do' && now - at > DELAYED_AFTER_MS;
}

/** The journey's instant as an effect happens: its own, or the real one long after it (S0). */
export function momentOf(command: Command, now: Instant): Instant {
  return isDelayed(command, { now }) ? now : command.at;
}

export function decideCommand(input: DecideInput): StepDecision {
  const { command, facts } = input;
  if (command.name === 'finish') return finish(input);
  return withEmptyValues(withWrongTypes(decideInSteps(input), facts), facts);
}

function decideInSteps(input: DecideInput): StepDecision {
  const { command, facts, seen } = input;
  const isEffect = command.name === 'do';
  const inSteps = command.path.startsWith('steps');
  if (isEffect && inSteps && seen) return { answer: { go: 'end', ending: seen.ending, at: seen.at } };
  const step = facts.version.playbook.steps[command.path];
  if (!step) throw new Error(`version ${facts.version.hash} has no step at ${command.path}`);
  const begins = command.name !== 'look' && !(command.name === 'round' && command.round!.number > 1);
  if (begins && step.if && !facts.holds(step.if)) {
    return { answer: { go: 'next' }, evaluated: { if: step.if.cel, holds: false }, context: { skipped: true } };
  }
  const delayed = isDelayed(command, facts);
  const kind = stepOf(step.kind);
  const made = withoutUnchanged(decideStep(input, step, delayed), facts);
  const decided = facts.enrolment.ghost ? withheld(kind, made) : made;
  const { answer } = decided;
  const isDone = answer.go === 'next' || (answer.go === 'sleep' && answer.then === 'look');
  if (!delayed || !isDone) return decided;
  return {
    ...decided,
    answer: { ...answer, at: Math.max(answer.at ?? 0, facts.now) },
    evaluated: { ...(isJsonObject(decided.evaluated) && decided.evaluated), delayed_ms: facts.now - command.at },
  };
}

/** What a decision met of the wrong type stands in its record (T0, V5). */
function withWrongTypes(decision: StepDecision, { wrongTypes }: Pick<Facts, 'wrongTypes'>): StepDecision {
  if (wrongTypes.size === 0) return decision;
  const met = [...wrongTypes.values()];
  const wrongType = Object.fromEntries(met.map(({ expression, values }) => [expression, values]));
  const evaluated = { ...(isJsonObject(decision.evaluated) && decision.evaluated), wrong_type: wrongType };
  return { ...decision, evaluated, wrongTypes: met };
}

/** As many names as one record keeps. */
const MAX_EMPTY = 20;

/** What an effect's texts printed and was not there stands in its record by name (S20, V5). */
function withEmptyValues(decision: StepDecision, { emptyValues }: Pick<Facts, 'emptyValues'>): StepDecision {
  if (emptyValues.size === 0 || decision.line === undefined) return decision;
  const names = [...emptyValues].sort().slice(0, MAX_EMPTY);
  const evaluated = { ...(isJsonObject(decision.evaluated) && decision.evaluated), empty_values: names };
  return { ...decision, evaluated, emptyValues: names };
}

/** Data that is too long for a text refuses the one effect, and the journey goes on (S20). */
function decideStep({ command, facts }: DecideInput, step: CompiledStep, delayed: boolean): StepDecision {
  try {
    return stepOf(step.kind).decide(step, command, delayed ? { ...facts, at: facts.now } : facts);
  } catch (error) {
    if (command.name !== 'do' || !isTooLong(error)) throw error;
    const reason = 'text_too_long';
    return {
      answer: { go: 'next' },
      line: { detail: { [step.kind]: command.path }, refused: reason },
      context: { status: 'refused', reason },
      evaluated: { refused: reason, by: {} },
    };
  }
}

/** N4: a ghost passes the same gates, and then its effect is withheld. */
function withheld({ effect }: Step, decided: StepDecision): StepDecision {
  const leaves = effect?.withheldFromGhosts;
  const { answer, line, outgoing, evaluated } = decided;
  if (!leaves || !line || line.refused !== undefined) return decided;
  return {
    answer,
    line: { ...line, refused: 'holdout' },
    ...(evaluated !== undefined && { evaluated }),
    ...(outgoing?.kind === 'message' && { withheld: outgoing }),
    ...leaves,
  };
}

/** The ending is written by a transaction that looks for a goal or an exit once more (S19). */
function finish({ command, facts, seen, goalValue }: DecideInput): StepDecision {
  const { outcome, reason, event = null } = command.ending!;
  // Only the end of the steps can still turn into a goal or an exit; what has begun to end stays what it is.
  if (seen && outcome === 'completed') return { answer: { go: 'end', ending: seen.ending, at: seen.at } };
  const value = outcome === 'converted' ? (goalValue ?? null) : null;
  return {
    answer: { go: 'ended', outcome },
    writes: [
      ...(outcome === 'completed' ? [] : withdrawals(facts)),
      { write: 'end', outcome, reason, event },
      { write: 'outcome', name: outcome, value, ghost: facts.enrolment.ghost },
    ],
  };
}

/** What the steps had open is taken back with an ending that is none of theirs (S6). */
function withdrawals({ version, ownTasks }: Facts): Write[] {
  return ownTasks().flatMap(({ path, iteration }): Write[] => {
    const { keep } = (version.playbook.steps[path]?.config ?? {}) as { keep?: true };
    return path.startsWith('steps') && !keep ? [{ write: 'withdraw-task', path, iteration }] : [];
  });
}
