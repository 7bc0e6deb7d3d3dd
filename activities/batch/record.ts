/** Turns a verdict into what is to be written: the twin of what virtual time does with it at once. */
import { idOf } from '../../language/hash.ts';
import type { Instant, Json } from '../../language/model.ts';
import { type MessageRow, WITHHELD } from '../../store/messages.ts';
import { FAILED_TRY } from '../../store/step-answers.ts';
import type { Answer, Command } from '../../workflows/journey/types.ts';
import type { EffectLine, Outgoing, Verdict, Write } from '../../workflows/step.ts';
import type { Changes } from './changes.ts';
import type { DecidedVerdict } from './decide.ts';
import { beganAt, isFinal, type Member, storedName } from './member.ts';

/** The id of the effect at a place: derived, so that every try has the same (P4). */
export function effectIdOf(enrolmentId: string, command: Pick<Command, 'path' | 'iteration'>): string {
  return idOf('effect', enrolmentId, command.path, command.iteration);
}

/** Everything of a verdict but a message that leaves the house: its claim is the caller's to write. */
export function recordVerdict(changes: Changes, member: Member, decision: DecidedVerdict, now: Instant): void {
  const { verdict } = decision;
  const { answer } = verdict;
  for (const write of verdict.writes ?? []) recordWrite(changes, member, write, decision, now);
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
  changes: Changes,
  { command, id, version }: Member,
  answer: Answer,
  context: Verdict['context'],
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
export function recordMove(changes: Changes, { id, command }: Member, answer: Answer): void {
  if (answer.go === 'ended') return;
  const worksAt = 'at' in answer && answer.at !== undefined ? Math.max(command.at, answer.at) : command.at;
  changes.moves.push({ id, nextAt: answer.go === 'sleep' ? answer.until : worksAt });
}

/** The instant at which an effect stands: the journey's, or the real one where it came late (S0). */
export function effectAt({ command }: Member, answer: Answer): Instant {
  return 'at' in answer && answer.at !== undefined ? Math.max(command.at, answer.at) : command.at;
}

/** What Cuebook's own events carry (E9). */
export function stampOf({ row, command }: Member): { [name: string]: Json } {
  return { playbook: row.playbook, enrolment: row.id, step: command.path, key: row.key };
}

export function effectOf(member: Member, line: EffectLine, answer: Answer) {
  const { command, id } = member;
  return {
    id: effectIdOf(id, command),
    enrolmentId: id,
    path: command.path,
    iteration: command.iteration,
    kind: line.kind,
    attempts: command.attempt,
    beganAt: beganAt(member),
    at: effectAt(member, answer),
    detail: line.detail,
  };
}

function recordLine(changes: Changes, member: Member, { lines, answer }: Verdict, now: Instant): void {
  const line = lines?.find((one) => one.kind !== 'outcome');
  if (!line) return;
  const status = line.refused === undefined ? 'done' : 'refused';
  const base = effectOf(member, line, answer);
  changes.effects.push({ ...base, status, reason: line.refused ?? null, doneAt: now, claim: null });
  const isMessage = line.kind === 'send';
  if (!isMessage || line.refused === undefined || typeof line.detail.to !== 'string') return;
  // A refused message is a row, too: a ghost's stands for the place that it would have taken (P2).
  const error = line.refused === 'holdout' ? WITHHELD : line.refused;
  changes.messages.push({ ...messageOf(member, line.detail.to), status: 'refused', at: now, error });
}

/** A held message is a row as long as it stands held: who goes first at its release is asked of all of them (P2). */
function recordHeld(changes: Changes, member: Member, { verdict, contactId }: DecidedVerdict): void {
  const { answer, looked } = verdict;
  if (answer.go !== 'sleep' || answer.then !== 'do' || contactId === undefined || answer.until === null) return;
  const reason = (looked as { held?: string } | undefined)?.held ?? null;
  const step = member.version.playbook.steps[member.command.path]!;
  const line: EffectLine = {
    kind: 'send',
    detail: { send: (step.config as { template: string }).template, to: contactId },
  };
  changes.effects.push({ ...effectOf(member, line, answer), status: 'held', reason, doneAt: null, claim: null });
  changes.messages.push({ ...messageOf(member, contactId), status: 'held', at: answer.until, error: null });
}

function messageOf(member: Member, contactId: string): Omit<MessageRow, 'status' | 'at' | 'error'> {
  const { row, command, version } = member;
  const config = version.playbook.steps[command.path]!.config as unknown as Pick<
    Outgoing,
    'channel' | 'messageClass'
  > & {
    template: string;
  };
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

function recordDecision(changes: Changes, member: Member, verdict: Verdict): void {
  const { command, row } = member;
  const { answer, looked } = verdict;
  const refused = verdict.lines?.find((line) => line.refused !== undefined)?.refused;
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
      return answer.until === null ? 'wait' : `wait until ${new Date(answer.until).toISOString()}`;
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

function recordWrite(changes: Changes, member: Member, write: Write, decision: DecidedVerdict, now: Instant): void {
  const { row, command, version } = member;
  const { answer } = decision.verdict;
  const effectId = effectIdOf(row.id, command);
  const at = effectAt(member, answer);
  const own = { enrolmentId: row.id };
  switch (write.write) {
    case 'traits': {
      const { type, id, traits, by } = write;
      changes.own.push({
        ...own,
        name: `${type}.updated`,
        subjects: [{ type, id }],
        properties: { ...stampOf(member), by },
        patches: [{ type, id, traits }],
        messageId: `${type}.updated:${effectId}`,
      });
      return;
    }
    case 'task': {
      const { title, assignee, dueAt, priority, checklist } = write;
      const { playbook, subject } = row;
      const about = { id: effectId, enrolmentId: row.id, playbook, subject, createdAt: now };
      changes.tasks.push({ ...about, title, assignee, dueAt, priority, checklist });
      changes.own.push({
        ...own,
        name: 'task.created',
        subjects: [subject],
        properties: { ...stampOf(member), task: effectId },
        messageId: `task.created:${effectId}`,
      });
      return;
    }
    case 'withdraw-task':
      changes.withdrawn.push(effectId);
      changes.own.push({
        ...own,
        name: 'task.withdrawn',
        subjects: [row.subject],
        properties: { ...stampOf(member), task: effectId },
        messageId: `task.withdrawn:${effectId}`,
      });
      return;
    case 'outcome': {
      const { name, value, ghost } = write;
      const { playbook, versionHash, subject } = row;
      const about = { id: effectId, enrolmentId: row.id, playbook, versionHash, subject, path: command.path };
      changes.outcomes.push({ ...about, name, value, ghost, at });
      return;
    }
    case 'assignment': {
      const { playbook, subject } = row;
      changes.arms.push({ playbook, experiment: write.experiment, subject, arm: write.arm, at });
      return;
    }
    case 'tried':
      changes.turns.push({ playbook: row.playbook, person: write.person });
      return;
    case 'subscribe': {
      const { since, until } = write;
      const { path, iteration } = command;
      changes.subscriptions.push({
        enrolmentId: row.id,
        path,
        iteration,
        subject: row.subject,
        since,
        until,
        detail: {},
      });
      return;
    }
    case 'unsubscribe':
      changes.unsubscribed.push({ enrolmentId: row.id, paths: [command.path] });
      return;
    case 'end': {
      const { outcome, reason } = write;
      const goal = outcome === 'converted' ? (decision.goal ?? { event: write.event, at }) : null;
      changes.ends.push({ id: row.id, outcome, reason, at, goal });
      changes.unsubscribed.push({ enrolmentId: row.id, paths: endingPaths(version.playbook, outcome) });
      const ended = { playbook: row.playbook, enrolment: row.id, key: row.key, outcome, reason };
      const messageId = `enrolment.ended:${row.id}`;
      changes.own.push({ ...own, name: 'enrolment.ended', subjects: [row.subject], properties: ended, messageId });
      return;
    }
  }
}

/** A goal with a window may still be met after the end: a conversion (G2); without one only while it is open (G1). */
function endingPaths({ goal, steps }: Member['version']['playbook'], outcome: string): string[] {
  const waits = Object.values(steps).flatMap((step) =>
    step.kind === 'wait_for' || step.kind === 'wait' ? step.path : [],
  );
  const keepsGoal = outcome !== 'converted' && goal?.withinMs !== undefined;
  return ['exit', ...waits, ...(keepsGoal ? [] : ['goal'])];
}
