/** Turns a decision into rows that its batch writes together. */
import { applyWrites, type JourneyEnding, type JourneyStore } from '../../evaluation/journey-store.ts';
import { isFinal, storedName } from '../../evaluation/stored-answers.ts';
import type { SystemEvent } from '../../evaluation/system-events.ts';
import { effectIdOf, FAILED_TRY } from '../../language/hash.ts';
import type { Instant, Json } from '../../language/model.ts';
import { momentOf } from '../../steps/decide-command.ts';
import type { EffectLine, MessageConfig, Recipient, StepDecision } from '../../steps/step.ts';
import { messageClassOf } from '../../steps/steps.ts';
import { toldOf } from '../../steps/told.ts';
import type { NewDecision } from '../../store/journeys/decisions.ts';
import { type MessageRow, WITHHELD } from '../../store/journeys/messages.ts';
import { skippedByStep } from '../../triggers/engine/skipped.ts';
import type { Answer } from '../../workflows/journey/types.ts';
import { pendingEffectOf } from '../deliver/pending-effect.ts';
import { beganAt, type CommandContext, instantAfter, isOfConversion } from './command-context.ts';
import type { DecidedStep } from './decide-batch.ts';
import type { UnitOfWork } from './unit-of-work.ts';

/** Everything of a decision but a message to be sent: its claim is the caller's to write. */
export function recordStepDecision(changes: UnitOfWork, decided: DecidedStep, now: Instant): void {
  const { context, decision } = decided;
  const { answer } = decision;
  const { row, version, command } = context;
  const step = { enrolment: row, version, command, at: instantAfter(context, answer) };
  applyWrites(decision.writes, step, new StoredJourney(changes, decided, now));
  if (!decision.outgoing) {
    recordEffect(changes, decided, now);
    recordHeld(changes, decided);
    recordAnswer(changes, context, answer, decision.context);
  }
  // That it is late is told with the first try, not with each of a hundred (P5).
  const isRepeated = decision.outgoing !== undefined && pendingEffectOf(context.effect)?.wait !== undefined;
  const told = isRepeated ? undefined : toldOf(command, decision);
  if (told) recordDecision(changes, context, told);
  if (decision.emptyValues && !isRepeated) changes.skipped.addEmptyValue(row.playbook);
  if (decision.wrongTypes && !isRepeated) changes.skipped.add(skippedByStep(row.playbook, decision.wrongTypes));
  recordMove(changes, context, answer);
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
export function recordMove(changes: UnitOfWork, context: CommandContext, answer: Answer): void {
  if (answer.go === 'ended') return;
  // The enrolment's own journey says what it waits for.
  if (isOfConversion(context)) {
    changes.moves.push({ id: context.id, nextAt: 'stays' });
    return;
  }
  changes.moves.push({ id: context.id, nextAt: answer.go === 'sleep' ? answer.until : instantAfter(context, answer) });
}

/** That the effect is held (N6), and at the first time why. */
export function recordHalted(changes: UnitOfWork, { row, command }: CommandContext): void {
  const { playbook, id: enrolmentId, subject } = row;
  const { path, iteration, at } = command;
  changes.halted.push({
    effect: { enrolmentId, path, iteration, playbook, at },
    decision: { playbook, enrolmentId, subject, path, kind: 'gate', verdict: 'held', looked: { held: 'halted' }, at },
  });
}

export function recordDecision(
  changes: UnitOfWork,
  { row, command }: CommandContext,
  decision: Pick<NewDecision, 'kind' | 'verdict' | 'looked'>,
): void {
  const { playbook, id: enrolmentId, subject } = row;
  changes.decisions.push({ playbook, enrolmentId, subject, path: command.path, ...decision, at: command.at });
}

/** The row of an effect, but for its status. */
export function effectOf(context: CommandContext, line: EffectLine, answer: Answer) {
  const { command, id, version } = context;
  return {
    id: effectIdOf(id, command),
    enrolmentId: id,
    path: command.path,
    iteration: command.iteration,
    kind: version.playbook.steps[command.path]!.kind,
    attempts: command.attempt,
    beganAt: beganAt(context),
    at: instantAfter(context, answer),
    detail: line.detail,
  };
}

function recordEffect(changes: UnitOfWork, { context, decision }: DecidedStep, now: Instant): void {
  const { line, answer } = decision;
  if (!line) return;
  const { detail, refused } = line;
  const status = refused === undefined ? 'done' : 'refused';
  changes.effects.push({
    ...effectOf(context, line, answer),
    status,
    reason: refused ?? null,
    doneAt: now,
    claim: null,
  });
  const isMessage = messageClassOf(context.version.playbook.steps[context.command.path]!) !== undefined;
  if (!isMessage || refused === undefined || typeof detail.to !== 'string') return;
  // A refused message is a row as well: a ghost's keeps the place that it would have taken (P2).
  const error = refused === 'holdout' ? WITHHELD : refused;
  changes.messages.push({
    ...messageOf(context, detail.to),
    status: 'refused',
    at: momentOf(context.command, now),
    error,
  });
}

/** A held message is a row while it is held: at its release, which goes first is decided among all of them (P2). */
function recordHeld(changes: UnitOfWork, { context, decision, contactId }: DecidedStep): void {
  const { answer, evaluated, held: line } = decision;
  if (!line || answer.go !== 'sleep' || contactId === undefined || answer.until === null) return;
  const reason = (evaluated as { held?: string } | undefined)?.held ?? null;
  changes.effects.push({
    ...effectOf(context, line, answer),
    status: 'held',
    reason,
    doneAt: null,
    claim: context.effect?.claim ?? null,
  });
  changes.messages.push({ ...messageOf(context, contactId), status: 'held', at: answer.until, error: null });
}

function messageOf(context: CommandContext, contactId: string): Omit<MessageRow, 'status' | 'at' | 'error'> {
  const { row, command, version } = context;
  const config = version.playbook.steps[command.path]!.config as unknown as MessageConfig;
  const effectId = effectIdOf(context.id, command);
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
    providerId: context.messages.find((m) => m.id === effectId)?.providerId ?? null,
    sentAt: null,
  };
}

/** Names who gets a mail, without an address. */
function recipientKey({ person, channel }: Recipient, playbook: string): string {
  if (person !== undefined) return `person:${person}`;
  return channel === undefined ? `owner:${playbook}` : `channel:${channel}`;
}

/** The writes of one enrolment's step, as rows. */
class StoredJourney implements JourneyStore {
  readonly #changes: UnitOfWork;
  readonly #context: CommandContext;
  readonly #goal: DecidedStep['goal'];
  readonly #now: Instant;
  /** The journey's instant. */
  readonly #at: Instant;

  constructor(changes: UnitOfWork, { context, goal, decision }: DecidedStep, now: Instant) {
    this.#changes = changes;
    this.#context = context;
    this.#goal = goal;
    this.#now = now;
    this.#at = instantAfter(context, decision.answer);
  }

  append(event: SystemEvent): void {
    this.#changes.systemEvents.push({ enrolmentId: this.#context.id, ...event });
  }

  createTask(task: Parameters<JourneyStore['createTask']>[0]): void {
    const { id: enrolmentId, playbook, subject } = this.#context.row;
    this.#changes.tasks.push({ ...task, enrolmentId, playbook, subject, createdAt: this.#now });
  }

  tellLater({ id: effectId, to, ...line }: Parameters<JourneyStore['tellLater']>[0]): void {
    const { playbook } = this.#context.row;
    this.#changes.mailLines.push({ ...line, effectId, playbook, recipient: recipientKey(to, playbook), at: this.#at });
  }

  withdrawTask(id: string): void {
    this.#changes.withdrawn.push(id);
  }

  recordOutcome(outcome: Parameters<JourneyStore['recordOutcome']>[0]): void {
    const { row, command } = this.#context;
    const { id: enrolmentId, playbook, versionHash, subject } = row;
    const given = outcome.name === 'converted' && command.name === 'finish' ? this.#goal?.attributedTo : undefined;
    this.#changes.outcomes.push({
      ...outcome,
      ...given,
      enrolmentId,
      playbook,
      versionHash,
      subject,
      path: command.path,
    });
  }

  assign(experiment: string, arm: string, at: Instant): void {
    const { playbook, subject } = this.#context.row;
    this.#changes.arms.push({ playbook, experiment, subject, arm, at });
  }

  rotate(person: string): void {
    this.#changes.rotations.push({ playbook: this.#context.row.playbook, person });
  }

  subscribe(since: Instant, until: Instant | null): void {
    const { row, command } = this.#context;
    const { path, iteration } = command;
    const { id: enrolmentId, subject } = row;
    this.#changes.subscriptions.push({ enrolmentId, path, iteration, subject, since, until, detail: {} });
  }

  unsubscribe(): void {
    this.#changes.unsubscribed.push({ enrolmentId: this.#context.id, paths: [this.#context.command.path] });
  }

  end({ outcome, reason, evidence, at, mayConvert, events }: JourneyEnding): void {
    const { id, version } = this.#context;
    const goal = outcome === 'converted' ? (this.#goal ?? { event: evidence, at }) : null;
    this.#changes.ends.push({ id, outcome, reason, at, goal });
    const paths = mayConvert ? { paths: ['exit', 'parent', ...Object.keys(version.playbook.steps)] } : {};
    this.#changes.unsubscribed.push({ enrolmentId: id, ...paths });
    for (const event of events) this.append(event);
  }
}
