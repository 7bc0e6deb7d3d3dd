/** One command of one enrolment, with what was read for it under its subject's lock. */
import { StepContexts } from '../../evaluation/journey-facts.ts';
import type { Expression, Instant, Json, PlaybookVersion, Settings } from '../../language/model.ts';
import type { TimelineEvent } from '../../language/records/timeline.ts';
import type { Unconsumed } from '../../store/events/timelines.ts';
import type { EffectRow } from '../../store/journeys/effects.ts';
import type { JourneyRow } from '../../store/journeys/enrolments.ts';
import type { InputRow } from '../../store/journeys/journey-inputs.ts';
import type { MessageRow } from '../../store/journeys/messages.ts';
import type { StepAnswerRow } from '../../store/journeys/step-answers.ts';
import type { Answer, Command } from '../../workflows/journey/types.ts';

export interface CommandContext {
  id: string;
  command: Command;
  row: JourneyRow;
  version: PlaybookVersion;
  settings: Settings;
  /** Answers at the command's place, and those that later steps see. */
  answers: StepAnswerRow[];
  /** Inputs of the journey up to now, whether a signal has brought them or not. */
  inputs: InputRow[];
  effect: EffectRow | undefined;
  messages: MessageRow[];
  unconsumed: Unconsumed;
}

/** Its ending is written; only the steps of a goal that was met after it still run (G1). */
export function isOver({ row, command, version }: CommandContext): boolean {
  return row.outcome !== null && !isOfConversion({ row, command, version });
}

/** A step of a goal that was met after the ending, or under `then: continue`: a journey beside the enrolment's own (G1). */
export function isOfConversion({
  row,
  command,
  version,
}: Pick<CommandContext, 'row' | 'command' | 'version'>): boolean {
  if (row.goalAt === null || !command.path.startsWith('on_goal')) return false;
  return row.outcome === null ? version.playbook.goal?.continues === true : row.outcome !== 'converted';
}

/** The instant of the first command at this place; what is waited for behind an effect, from that on. */
export function beganAt({ command, answers, effect }: CommandContext): Instant {
  if (command.name === 'look' && effect) return effect.at;
  const here = answers.filter((a) => a.path === command.path && a.iteration === command.iteration).map((a) => a.at);
  return Math.min(command.at, ...here, ...(effect ? [effect.beganAt] : []));
}

/** The journey's instant after this answer: an effect that came late has moved it to the real one (S0). */
export function instantAfter({ command }: CommandContext, answer: Answer): Instant {
  return 'at' in answer && answer.at !== undefined ? Math.max(command.at, answer.at) : command.at;
}

/** The expression of an event's key for its enrolment (T0). */
export function keyExpressionOf({ row, version }: CommandContext): Expression | undefined {
  return version.playbook.trigger.arms[row.arm]?.key;
}

/** What earlier steps left, by their ids; of tasks what has been answered since (S6). */
export function stepsWithAnswers(
  { id, answers, row, version, command }: CommandContext,
  timeline: (names: readonly string[]) => readonly TimelineEvent[],
): { [id: string]: Json } {
  const contexts = new StepContexts();
  for (const { stepId, context, iteration, at } of [...answers].sort(compareAnswers)) {
    if (stepId !== null && context) contexts.leave(stepId, { iteration, at }, context);
  }
  return contexts.asOf({ id, playbook: row.playbook, version, command }, timeline);
}

/** By round; the last command of a round comes last. */
function compareAnswers(a: StepAnswerRow, b: StepAnswerRow): number {
  const [left, right] = [a.iteration.split('.').map(Number), b.iteration.split('.').map(Number)];
  for (let i = 0; i < Math.max(left.length, right.length); i++) {
    const difference = (left[i] ?? 0) - (right[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return Number(a.command === 'look') - Number(b.command === 'look');
}
