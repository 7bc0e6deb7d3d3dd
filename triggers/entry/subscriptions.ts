/**
 * What open enrolments wait for: goals, exits and the steps at which they wait. The evaluator asks after each
 * evaluation of a subject, a claim asks over the stored timeline; both through these functions.
 */
import { effectIdOf } from '../../language/hash.ts';
import type { Awaited, CompiledPlaybook, Expression, Instant, Json } from '../../language/model.ts';
import { namesAnother, namesAsked } from '../../language/records/people/answers.ts';
import { RECALLED, recalls, runByOf } from '../../language/records/runs.ts';
import { placeOfEvent, type TimelineEvent } from '../../language/records/timeline.ts';
import { type EvaluationView, holdsAt, keysAt, keysOfEvent } from '../engine/evaluation-view.ts';
import type { SlaNotice } from '../engine/state.ts';
import { type ClockReading, clockNamed } from '../sla/clock-reading.ts';
import { type AttributedTo, attributing, lacksMessage } from './attribution.ts';

/** What one row waits for: a goal and exits have one arm for each thing awaited, a step one for each of its branches. */
export interface Subscription {
  enrolmentId: string;
  /** The enrolment's playbook: an answer from outside may name another's (E9). */
  playbook: string;
  /** `parent`: that whoever has run the playbook takes it back (S13). */
  kind: 'goal' | 'exit' | 'parent' | 'wait';
  /** Of a wait: the rounds of the repeats around its step. */
  iteration?: string;
  arms: readonly (readonly Awaited[])[];
  /** Events count after this instant, and up to `until`. */
  since: Instant;
  until: Instant | null;
  /** The key of the enrolment, and the expression that gives an event's key (T0). */
  key: string;
  keyExpression: Expression | undefined;
  /** What `trigger` is for it. */
  trigger: { [name: string]: Json };
  /** For goals: whether the awaited condition held at the last evaluation; it must turn (Y4). */
  held: boolean;
  /** Of a goal that counts from a message, and how long from then; of a ghost, who gets none, from its start (G1). */
  attribute?: 'sent' | 'clicked';
  withinMs?: number | undefined;
  /** The message that has opened the window. */
  attributedTo?: AttributedTo;
  /** A ghost's messages, tasks and approvals are withheld: no answer to them is its own (N4). */
  ghost?: boolean;
}

export interface Found {
  arm: number;
  at: Instant;
  /** messageId; absent for what time turned. */
  event?: string;
  properties: { [name: string]: Json };
  /** Of a goal that counts from a message. */
  attributedTo?: AttributedTo;
}

/** Events of these names count for no other enrolment than the one they name, and for no other playbook's (E9). */
const OWN_PREFIXES = ['email.', 'task.', 'approval.'];

/** What concerns one arm; found once for each that is deployed. */
interface AwaitedNames {
  names: ReadonlySet<string>;
  watchesState: boolean;
}

const awaitedNames = new WeakMap<readonly Awaited[], AwaitedNames>();

function awaitedNamesOf(arm: readonly Awaited[]): AwaitedNames {
  let asking = awaitedNames.get(arm);
  if (!asking) {
    const names = new Set(arm.flatMap((awaited) => (awaited.kind === 'event' ? [awaited.event] : [])));
    asking = { names, watchesState: arm.some((awaited) => awaited.kind !== 'event') };
    awaitedNames.set(arm, asking);
  }
  return asking;
}

/**
 * False where an evaluation cannot concern a row: none of its arms names the event, and neither records, clocks nor time
 * decide any.
 */
export function mayConcern(
  { arms, attribute }: Pick<Subscription, 'arms' | 'attribute'>,
  event: TimelineEvent | undefined,
): boolean {
  if (event && attributing(attribute).includes(event.name)) return true;
  // A wait without arms is for a date.
  if (arms.length === 0 || watchesState(arms)) return true;
  return event !== undefined && arms.some((arm) => awaitedNamesOf(arm).names.has(event.name));
}

/** The arm that an event matches. */
export function matchEvent(subscription: Subscription, event: TimelineEvent, view: EvaluationView): Found | undefined {
  const { since, until, arms } = subscription;
  if (lacksMessage(subscription)) return undefined;
  if (event.at <= since || (until !== null && event.at > until)) return undefined;
  const here: EvaluationView = { ...view, event, place: placeOfEvent(event), trigger: subscription.trigger };
  for (const [arm, awaited] of arms.entries()) {
    if (awaited.some((a) => a.kind === 'event' && isMatch(a, subscription, event, here))) {
      return { arm, at: event.at, event: event.messageId, properties: event.properties, ...givenTo(subscription) };
    }
  }
  return undefined;
}

function givenTo({ attributedTo }: Subscription): Pick<Found, 'attributedTo'> {
  return attributedTo ? { attributedTo } : {};
}

function isMatch(
  awaited: Awaited & { kind: 'event' },
  subscription: Subscription,
  event: TimelineEvent,
  view: EvaluationView,
): boolean {
  if (subscription.kind === 'parent') {
    return event.own === true && event.name === awaited.event && recalls(event.properties, subscription.trigger);
  }
  if (awaited.event !== event.name || !holdsAt(view, awaited.where)) return false;
  const anyPlaybook = awaited.where?.reads.includes('event.playbook') ?? false;
  if (!anyPlaybook && OWN_PREFIXES.some((prefix) => event.name.startsWith(prefix))) {
    if (subscription.ghost) return false;
    if (namesAnother(event.properties, subscription)) return false;
  }
  if (awaited.answers !== undefined && !answersStep(event, subscription, awaited.answers)) return false;
  return appliesToKey(subscription, view, awaited.key);
}

/** Whether it answers what the step has asked in this round. */
function answersStep({ properties }: TimelineEvent, subscription: Subscription, path: string): boolean {
  const { enrolmentId, playbook, iteration = '' } = subscription;
  return namesAsked(properties, { id: effectIdOf(enrolmentId, { path, iteration }), path, enrolmentId, playbook });
}

/** Without a key's value an event applies to every key, unless the pattern has a key of its own (T0). */
export function appliesToKey(
  enrolment: Pick<Subscription, 'key' | 'keyExpression'>,
  view: EvaluationView,
  own?: Expression,
): boolean {
  const { key, keyExpression } = enrolment;
  if (own) return keyExpression === undefined && key === '' ? true : keysAt(view, own).includes(key);
  if (!keyExpression) return true;
  const keys = view.event ? keysOfEvent(view, keyExpression, view.event) : keysAt(view, keyExpression);
  return keys.length === 0 || keys.includes(key);
}

/**
 * The arm whose condition holds at the view (`becomes`), or whose clock is as awaited. A wait or an exit takes it at
 * once when it holds already, a mark that was reached before it began included; a goal must turn, so `held` is what it
 * was before.
 */
export function matchState(
  subscription: Subscription,
  view: EvaluationView,
  clockOf: (awaited: Awaited, trigger: { [name: string]: Json }) => ClockReading | undefined,
): { found: Found | undefined; held: boolean } {
  const here: EvaluationView = { ...view, trigger: subscription.trigger };
  let held = false;
  for (const [arm, awaited] of subscription.arms.entries()) {
    for (const a of awaited) {
      if (a.kind === 'event') continue;
      if (!holdsNow(a, here, clockOf(a, subscription.trigger))) continue;
      held = true;
      const turned = subscription.kind !== 'goal' || !subscription.held;
      const inTime = subscription.until === null || view.place.at <= subscription.until;
      const isOpen = inTime && !lacksMessage(subscription);
      if (turned && isOpen) return { found: { ...foundAt(arm, view), ...givenTo(subscription) }, held };
    }
  }
  return { found: undefined, held };
}

function holdsNow(awaited: Awaited, view: EvaluationView, clock: ClockReading | undefined): boolean {
  if (awaited.kind === 'becomes') return holdsAt(view, awaited.becomes);
  if (awaited.kind === 'event' || !clock) return false;
  if (!awaited.mark) return awaited.is !== undefined && clock.is(awaited.is);
  // What falls due at an instant comes after all of its events (E4): one of them may still stop the clock.
  const { at, phase } = view.place;
  const dueAt = phase === 'events' ? clock.dueAt(awaited.mark) : undefined;
  return clock.reached(awaited.mark) && (dueAt === undefined || dueAt < at);
}

function foundAt(arm: number, view: EvaluationView): Found {
  const { event } = view;
  return { arm, at: view.place.at, ...(event && { event: event.messageId }), properties: event?.properties ?? {} };
}

/** True where time or another event may change what is awaited: such a row is asked after every evaluation of its subject. */
export function watchesState(arms: readonly (readonly Awaited[])[]): boolean {
  return arms.some((arm) => awaitedNamesOf(arm).watchesState);
}

/**
 * Whether a wait that was not matched must compute its deadline again after an evaluation: a clock that it names has changed,
 * or it waits for a date (and nothing else) or for a condition that time turns, and the evaluation may have moved the
 * instant (S2, S3, L3).
 */
export function needsRecheck(
  { kind, arms, trigger }: Pick<Subscription, 'kind' | 'arms' | 'trigger'>,
  notices: readonly SlaNotice[],
): boolean {
  if (kind !== 'wait') return false;
  return (
    arms.length === 0 ||
    arms.flat().some((awaited) => {
      if (awaited.kind === 'becomes') return awaited.becomes.turns !== undefined;
      const named = clockNamed(awaited, trigger);
      return named && notices.some((notice) => notice.policy === named.policy && notice.clock === named.clock);
    })
  );
}

/** What an enrolment that another one waits for looks for (S13). */
export const PARENT_ARMS: Awaited[][] = [[{ kind: 'event', event: RECALLED }]];

/** The rows with which an enrolment begins: its goal, its exits, and the end of who has run it. */
export function openingSubscriptions(
  playbook: CompiledPlaybook,
  startedAt: Instant,
  trigger: Subscription['trigger'],
): {
  kind: 'goal' | 'exit' | 'parent';
  arms: Awaited[][];
  since: Instant;
  until: Instant | null;
  attribute?: 'sent' | 'clicked';
  withinMs?: number | undefined;
}[] {
  const rows = [];
  const { goal, exitOn } = playbook;
  if (goal) {
    const until = goal.withinMs === undefined ? null : startedAt + goal.withinMs;
    const { attribute, withinMs } = goal;
    const counts = attribute === 'entered' ? {} : { attribute, withinMs };
    rows.push({ kind: 'goal' as const, arms: [goal.awaited], since: startedAt, until, ...counts });
  }
  if (exitOn.length > 0) rows.push({ kind: 'exit' as const, arms: [exitOn], since: startedAt, until: null });
  if (runByOf(trigger)?.waits) rows.push({ kind: 'parent' as const, arms: PARENT_ARMS, since: startedAt, until: null });
  return rows;
}
