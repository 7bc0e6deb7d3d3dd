/** What an evaluation of a subject means to the enrolments that wait on its timeline. */

import type { CompiledPlaybook, Instant, Json, PlaybookVersion, SubjectRef } from '../language/model.ts';
import { TASK_ANSWERS } from '../language/records/people/answers.ts';
import type { Place, TimelineEvent } from '../language/records/timeline.ts';
import { type EvaluationView, valueAt } from '../triggers/engine/evaluation-view.ts';
import { ExpressionCache } from '../triggers/engine/expression-cache.ts';
import { clockEntryOf } from '../triggers/engine/run-clocks.ts';
import type { EvaluationResult, SubjectState } from '../triggers/engine/state.ts';
import { movedBy } from '../triggers/entry/attribution.ts';
import { awaitThresholds, isAwaited } from '../triggers/entry/awaited-thresholds.ts';
import {
  type Found,
  matchEvent,
  matchState,
  mayConcern,
  needsRecheck,
  type Subscription,
  watchesState,
} from '../triggers/entry/subscriptions.ts';
import { playbookSource } from '../triggers/index/owners.ts';
import { zoneOf } from '../triggers/index/program.ts';
import { type ClockReading, clockNamed, latestInstance, readClock } from '../triggers/sla/clock-reading.ts';
import type { EvaluationSession, OpenSubscription } from './session.ts';

export interface SubjectEvaluation {
  subject: SubjectRef;
  place: Place;
  /** Absent for a deadline. */
  event: TimelineEvent | undefined;
  result: EvaluationResult;
  /** The event lies before what was evaluated already. */
  isLate?: boolean;
  /** Of an event that a merge brought: the instant from which on it is read here. */
  readFrom?: Instant;
}

/** Goals come before exits in the session's list: what is both is the goal (G1). */
export function notifySubscriptions(session: EvaluationSession, evaluation: SubjectEvaluation): void {
  const { world, program } = session;
  const { subject, place, event, result } = evaluation;
  if (event && TASK_ANSWERS.includes(event.name)) session.emit({ kind: 'task-answered', subject, event });
  let cache: ExpressionCache | undefined;
  for (const open of session.subscriptions(subject)) {
    const { subscription, version } = open;
    // A subject with many open enrolments: most of them wait for something else.
    if (open.gone || !mayConcern(subscription, event)) continue;
    cache ??= new ExpressionCache(world, subject, place, event);
    const zone = zoneOf(program, version.playbook);
    const asker = playbookSource(version.playbook.playbook);
    const view: EvaluationView = {
      world,
      subject,
      place,
      zone,
      event,
      cache,
      source: asker,
      wrongTypes: result.wrongTypes,
    };
    const moved = event && movedBy(subscription, event);
    if (moved) {
      Object.assign(subscription, moved);
      session.emit({ kind: 'attributed', enrolmentId: subscription.enrolmentId, moved });
    }
    const found = findMatch(session, open, evaluation, view);
    if (found) meetSubscription(session, open, found, view);
    else if (needsRecheck(subscription, result.notices)) {
      const { path, iteration } = open;
      session.emit({ kind: 'look', open, input: { kind: 'look', at: place.at, path, iteration } });
    }
  }
  storeThreshold(session, subject, place);
}

function findMatch(
  session: EvaluationSession,
  open: OpenSubscription,
  { subject, event, isLate }: SubjectEvaluation,
  view: EvaluationView,
): Found | undefined {
  const { subscription } = open;
  const matched = event && matchEvent(event.own && !isLate ? fromStart(subscription) : subscription, event, view);
  if (matched || !watchesState(subscription.arms)) return matched;
  const { found, held } = matchStateNow(open, view, () => session.stateOf(subject));
  if (subscription.kind === 'goal' && subscription.held !== held) {
    subscription.held = held;
    session.emit({ kind: 'held', enrolmentId: subscription.enrolmentId, held });
  }
  return found;
}

/**
 * Cuebook's own events of an instant come after what began at that instant in an earlier round (E9): one of the very
 * instant at which a subscription began, and consumed after it began, is after it.
 */
export function fromStart(subscription: Subscription): Subscription {
  return { ...subscription, since: subscription.since - 1 };
}

/** What the awaited conditions and clocks of a subscription say at a view. @param stateOf the view's subject */
export function matchStateNow(
  { subscription, version }: Pick<OpenSubscription, 'subscription' | 'version'>,
  view: EvaluationView,
  stateOf: () => SubjectState | undefined,
): ReturnType<typeof matchState> {
  return matchState(subscription, view, (awaited, trigger) => {
    const named = clockNamed(awaited, trigger);
    return named && readNamedClock(version, stateOf(), named, view.place.at);
  });
}

/** A clock by the calendar of the reader's version (N5), of the latest instance where none is named. */
export function readNamedClock(
  version: PlaybookVersion,
  state: SubjectState | undefined,
  { policy, clock, instance }: NonNullable<ReturnType<typeof clockNamed>>,
  at: Instant,
): ClockReading | undefined {
  const slot = state && clockEntryOf(state, policy, clock);
  const definition = version.policies[policy];
  const calendar = definition && version.calendars[definition.calendar];
  const number = slot && (instance ?? latestInstance(slot));
  return slot && calendar && number !== undefined ? readClock(calendar, slot, number, at) : undefined;
}

export function meetSubscription(
  session: EvaluationSession,
  open: OpenSubscription,
  found: Found,
  view: EvaluationView,
): void {
  const { subscription, version, path, iteration } = open;
  const { kind, enrolmentId } = subscription;
  const { arm, at, event } = found;
  const converts = kind === 'goal' && (!open.enrolment.open || version.playbook.goal?.continues === true);
  const paths = kind === 'goal' && !converts ? ['goal', 'exit', 'parent'] : [path];
  for (const other of session.subscriptions(view.subject)) {
    if (other.subscription.enrolmentId === enrolmentId && paths.includes(other.path)) other.gone = true;
  }
  if (converts) {
    session.emit({
      kind: 'met',
      open,
      found,
      paths,
      value: goalValue(version.playbook, subscription.trigger, view) ?? null,
    });
    return;
  }
  const isWait = kind === 'wait';
  const input = { kind: isWait ? 'match' : kind, at, path, iteration, ...(event !== undefined && { event }) } as const;
  session.emit({ kind: 'met', open, found, paths, input: isWait ? { ...input, arm } : input });
}

/** What a goal's `value` comes to where it is met (G1); a view without event is of what time turned. */
export function goalValue(
  { goal }: CompiledPlaybook,
  trigger: EvaluationView['trigger'],
  { world, subject, place, event, zone }: EvaluationView,
): Json | undefined {
  return goal?.value && valueAt({ world, subject, place, event, zone, trigger }, goal.value);
}

/** What an enrolment waits for, by its arms. */
export function subscriptionOf(
  {
    id: enrolmentId,
    playbook,
    key,
    trigger,
    ghost,
  }: { id: string } & Pick<Required<Subscription>, 'playbook' | 'key' | 'trigger' | 'ghost'>,
  keyExpression: Subscription['keyExpression'],
  {
    kind,
    arms,
    since,
    until,
    iteration = '',
    attribute,
    withinMs,
  }: Pick<Subscription, 'kind' | 'arms' | 'since' | 'until' | 'iteration' | 'attribute' | 'withinMs'>,
): Subscription {
  return {
    enrolmentId,
    playbook,
    kind,
    iteration,
    arms,
    since,
    until,
    key,
    keyExpression,
    trigger,
    held: false,
    ghost,
    ...(attribute && !ghost && { attribute, withinMs }),
  };
}

/** Time alone may turn what goals and exits wait for: the subject's state keeps the next such instant. */
export function storeThreshold(session: EvaluationSession, subject: SubjectRef, place: Place): void {
  const { world, program } = session;
  const watching = (open: OpenSubscription) => !open.gone && watchesState(open.subscription.arms);
  const all = session.subscriptions(subject);
  const state = session.stateOf(subject);
  if (!all.some(watching) && !isAwaited(state)) return;
  const { timeZone } = program.settings;
  const rows = all
    .filter(watching)
    .map(({ subscription, version }) => ({ subscription, zone: version.playbook.timeZone ?? timeZone }));
  if (awaitThresholds(state, rows, { world, place }, timeZone)) session.emit({ kind: 'threshold', state });
}
