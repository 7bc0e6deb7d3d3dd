/** Turns a decision into what is to be written. */
import { applyWrites } from '../../evaluation/journey-store.ts';
import type { Instant, Json } from '../../language/model.ts';
import { isoInstant } from '../../language/time/instants.ts';
import type { StepDecision } from '../../steps/step.ts';
import { FAILED_TRY } from '../../store/journeys/step-answers.ts';
import type { Answer, Command } from '../../workflows/journey/types.ts';
import { type CommandContext, isFinal, storedName } from './command-context.ts';
import type { DecidedStep } from './decide-batch.ts';
import { instantAfter, recordHeld, recordLine } from './record-effect.ts';
import { StoredJourney } from './stored-journey.ts';
import type { UnitOfWork } from './unit-of-work.ts';

/** Everything of a verdict but a message that leaves the house: its claim is the caller's to write. */
export function recordStepDecision(
  changes: UnitOfWork,
  member: CommandContext,
  decision: DecidedStep,
  now: Instant,
): void {
  const { decision: verdict } = decision;
  const { answer } = verdict;
  const { row, version, command } = member;
  const step = { enrolment: row, version, command, at: instantAfter(member, answer) };
  applyWrites(verdict.writes, step, new StoredJourney(changes, member, decision, now));
  if (!verdict.outgoing) {
    recordLine(changes, member, verdict, now);
    recordHeld(changes, member, decision);
    recordAnswer(changes, member, answer, verdict.context);
  }
  recordDecision(changes, member, verdict);
  recordMove(changes, member, answer);
}

/** The answer, where it stays; and what later steps see. */
export function recordAnswer(
  changes: UnitOfWork,
  { command, id, version }: CommandContext,
  answer: Answer,
  context: StepDecision['context'],
): void {
  const stepId = version.playbook.steps[command.path]?.id;
  const place = { enrolmentId: id, path: command.path, iteration: command.iteration, at: command.at };
  const given = answer as unknown as Json;
  if (isFinal(command, answer)) {
    const seen = stepId !== undefined && context !== undefined;
    const rest = { stepId: seen ? stepId : null, context: seen ? context : null };
    changes.answers.push({ ...place, command: storedName(command), answer: given, ...rest });
  } else if (answer.go === 'failed') {
    const context = { attempt: command.attempt };
    changes.answers.push({ ...place, command: FAILED_TRY, answer: given, stepId: null, context });
  }
}

/** The deadline of a sleep, or the instant at which the journey now works (N1). */
export function recordMove(changes: UnitOfWork, member: CommandContext, answer: Answer): void {
  if (answer.go === 'ended') return;
  changes.moves.push({ id: member.id, nextAt: answer.go === 'sleep' ? answer.until : instantAfter(member, answer) });
}

const KINDS: { [name in Command['name']]: 'branch' | 'wait' | 'effect' | 'end' } = {
  choose: 'branch',
  do: 'effect',
  pause: 'wait',
  listen: 'wait',
  look: 'wait',
  round: 'wait',
  exit: 'end',
  finish: 'end',
};

function recordDecision(changes: UnitOfWork, member: CommandContext, verdict: StepDecision): void {
  const { command, row } = member;
  const { answer, evaluated: looked } = verdict;
  const refused = verdict.line?.refused;
  const isEnding = answer.go === 'end' || answer.go === 'ended';
  if (looked === undefined && refused === undefined && !isEnding) return;
  const isGate = command.name === 'do' && (refused !== undefined || answer.go === 'sleep' || answer.go === 'end');
  changes.decisions.push({
    playbook: row.playbook,
    enrolmentId: row.id,
    subject: row.subject,
    path: command.path,
    kind: isGate ? 'gate' : KINDS[command.name],
    verdict: refused === undefined ? describe(answer) : `refused: ${refused}`,
    looked: looked ?? {},
    at: command.at,
  });
}

export function describe(answer: Answer): string {
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
