/** Rows of effects that are done, refused or held; and the messages among them, which stand for places under a cap. */
import { effectIdOf } from '../../language/hash.ts';
import type { Instant } from '../../language/model.ts';
import type { EffectLine, MessageConfig, StepDecision } from '../../steps/step.ts';
import { messageClassOf } from '../../steps/steps.ts';
import { type MessageRow, SUPPRESSED_FOR_HOLDOUT } from '../../store/journeys/messages.ts';
import type { Answer } from '../../workflows/journey/types.ts';
import { beganAt, type CommandContext } from './command-context.ts';
import type { DecidedStep } from './decide-batch.ts';
import type { UnitOfWork } from './unit-of-work.ts';

export function recordLine(
  changes: UnitOfWork,
  member: CommandContext,
  { line, answer }: StepDecision,
  now: Instant,
): void {
  if (!line) return;
  const status = line.refused === undefined ? 'done' : 'refused';
  const base = effectOf(member, line, answer);
  changes.effects.push({ ...base, status, reason: line.refused ?? null, doneAt: now, claim: null });
  const isMessage = messageClassOf(member.version.playbook.steps[member.command.path]!) !== undefined;
  if (!isMessage || line.refused === undefined || typeof line.detail.to !== 'string') return;
  // A refused message is a row, too: a ghost's stands for the place that it would have taken (P2).
  const error = line.refused === 'holdout' ? SUPPRESSED_FOR_HOLDOUT : line.refused;
  changes.messages.push({ ...messageOf(member, line.detail.to), status: 'refused', at: now, error });
}

/** A held message is a row as long as it stands held: who goes first at its release is asked of all of them (P2). */
export function recordHeld(
  changes: UnitOfWork,
  member: CommandContext,
  { decision: verdict, contactId }: DecidedStep,
): void {
  const { answer, evaluated: looked } = verdict;
  if (answer.go !== 'sleep' || answer.then !== 'do' || contactId === undefined || answer.until === null) return;
  const reason = (looked as { held?: string } | undefined)?.held ?? null;
  const step = member.version.playbook.steps[member.command.path]!;
  const { template } = step.config as unknown as MessageConfig;
  const line: EffectLine = { detail: { [step.kind]: template, to: contactId } };
  changes.effects.push({ ...effectOf(member, line, answer), status: 'held', reason, doneAt: null, claim: null });
  changes.messages.push({ ...messageOf(member, contactId), status: 'held', at: answer.until, error: null });
}

function messageOf(member: CommandContext, contactId: string): Omit<MessageRow, 'status' | 'at' | 'error'> {
  const { row, command, version } = member;
  const config = version.playbook.steps[command.path]!.config as unknown as MessageConfig;
  const effectId = effectIdOf(member.id, command);
  return {
    id: effectId,
    effectId,
    enrolmentId: row.id,
    playbook: row.playbook,
    channel: config.channel,
    messageClass: config.messageClass,
    template: config.template,
    contactId,
    personId: null,
    providerId: member.messages.find((m) => m.id === effectId)?.providerId ?? null,
    sentAt: null,
  };
}

/** The journey's instant once it has this answer: an effect that came late has moved it to the real one (S0). */
export function instantAfter({ command }: CommandContext, answer: Answer): Instant {
  return 'at' in answer && answer.at !== undefined ? Math.max(command.at, answer.at) : command.at;
}

export function effectOf(member: CommandContext, line: EffectLine, answer: Answer) {
  const { command, id, version } = member;
  return {
    id: effectIdOf(id, command),
    enrolmentId: id,
    path: command.path,
    iteration: command.iteration,
    kind: version.playbook.steps[command.path]!.kind,
    attempts: command.attempt,
    beganAt: beganAt(member),
    at: instantAfter(member, answer),
    detail: line.detail,
  };
}
