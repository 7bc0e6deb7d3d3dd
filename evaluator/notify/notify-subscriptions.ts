/** Shows a look at a subject to the open enrolments that wait on its timeline. */

import { idOf } from '../../language/hash.ts';
import type { Awaited, Json, PlaybookVersion } from '../../language/model.ts';
import type { Place, TimelineEvent } from '../../language/records/timeline.ts';
import type { World } from '../../language/records/world.ts';
import type { LoadedSubscription } from '../../store/evaluation/subscriptions.ts';
import { type EvaluationView, valueAt } from '../../triggers/engine/evaluation-view.ts';
import { ExpressionCache } from '../../triggers/engine/expression-cache.ts';
import { clockSlotOf } from '../../triggers/engine/run-clocks.ts';
import type { EvaluationResult, SubjectState } from '../../triggers/engine/state.ts';
import { awaitThresholds } from '../../triggers/entry/awaited-thresholds.ts';
import {
  type Found,
  matchEvent,
  matchState,
  mayConcern,
  needsAnotherLook,
  type Subscription,
  watchesState,
} from '../../triggers/entry/subscriptions.ts';
import { playbookAsker } from '../../triggers/index/owners.ts';
import { clockNamed, latestInstance, readClock } from '../../triggers/sla/clock-reading.ts';
import type { UnitOfWork } from '../round/unit-of-work.ts';

/** A row as the batch holds it: gone when what it waited for has come. */
export interface SubscriptionState {
  row: LoadedSubscription;
  version: PlaybookVersion;
  subscription: Subscription;
  gone: boolean;
}

export function subscriptionState(row: LoadedSubscription, version: PlaybookVersion): SubscriptionState {
  const { playbook } = version;
  const kind = row.path === 'goal' || row.path === 'exit' ? row.path : 'wait';
  const arms =
    kind === 'goal'
      ? [playbook.goal?.awaited ?? []]
      : kind === 'exit'
        ? [playbook.exitOn]
        : ((playbook.steps[row.path]?.config as { arms?: Awaited[][] } | undefined)?.arms ?? []);
  return {
    row,
    version,
    gone: false,
    subscription: {
      enrolmentId: row.enrolmentId,
      kind,
      arms,
      since: row.since,
      until: row.until,
      key: row.key,
      keyExpression: playbook.trigger.arms[row.arm]?.key,
      trigger: row.trigger,
      held: row.detail.held ?? false,
      ghost: row.ghost,
    },
  };
}

export interface NotifyInput {
  world: World;
  state: SubjectState;
  place: Place;
  event: TimelineEvent | undefined;
  looked: EvaluationResult;
  zone: string;
  verdicts: UnitOfWork;
}

/** Goals stand before exits in `rows`: what is both is the goal. */
export function notifySubscriptions(rows: readonly SubscriptionState[], look: NotifyInput): void {
  const { world, state, place, event } = look;
  let cache: ExpressionCache | undefined;
  const wrongTypes = new Set<string>();
  for (const waiting of rows) {
    // A subject with many open enrolments: most of them wait for something else.
    if (waiting.gone || !mayConcern(waiting.subscription, event)) continue;
    cache ??= new ExpressionCache(world, state.subject, place, event);
    const found = find(waiting, look, { cache, wrongTypes, asker: playbookAsker(waiting.row.playbook) });
    if (found) take(waiting, found, rows, look);
    else if (needsAnotherLook(waiting.subscription, look.looked.notices)) {
      look.verdicts.inputs.push({ ...inputOf(waiting, 'look', look.place.at), event: null });
    }
  }
  look.verdicts.skipped.addWrongTypes(wrongTypes);
  awaitTime(rows, look);
}

/** Time alone may turn what goals and exits wait for: the subject's state keeps the next such instant. */
function awaitTime(rows: readonly SubscriptionState[], { state, world, place, zone }: NotifyInput): void {
  const waiting = rows
    .filter((row) => !row.gone && watchesState(row.subscription.arms))
    .map(({ subscription, version }) => ({ subscription, zone: version.playbook.timeZone ?? zone }));
  awaitThresholds(state, waiting, { world, place }, zone);
}

/** How a row asks: what equal conditions came to is known to all, what ends in a wrong type is counted. */
type Asking = Pick<EvaluationView, 'cache' | 'asker' | 'wrongTypes'>;

function find(
  waiting: SubscriptionState,
  { world, state, place, event, zone, verdicts }: NotifyInput,
  asking: Asking,
): Found | undefined {
  const { subscription, version } = waiting;
  const view: EvaluationView = {
    world,
    subject: state.subject,
    place,
    zone: version.playbook.timeZone ?? zone,
    ...asking,
  };
  const matched = event && matchEvent(subscription, event, view);
  if (matched || !watchesState(subscription.arms)) return matched;
  const result = stateNow(waiting, { world, state, place, event, zone }, asking);
  if (subscription.kind === 'goal' && subscription.held !== result.held) {
    subscription.held = result.held;
    verdicts.held.push({ enrolmentId: subscription.enrolmentId, held: result.held });
  }
  return result.found;
}

/** What the awaited conditions and clocks of a row say at a place. */
function stateNow(
  { subscription, version }: SubscriptionState,
  { world, state, place, event, zone }: Pick<NotifyInput, 'world' | 'state' | 'place' | 'event' | 'zone'>,
  asking: Asking = {},
): { found: Found | undefined; held: boolean } {
  const view: EvaluationView = {
    ...{ world, subject: state.subject, place, event, zone: version.playbook.timeZone ?? zone },
    ...asking,
  };
  return matchState(subscription, view, (awaited, trigger) => {
    const named = clockNamed(awaited, trigger);
    const slot = named && clockSlotOf(state, named.policy, named.clock);
    const policy = named && version.policies[named.policy];
    const calendar = policy && version.calendars[policy.calendar];
    const instance = slot && (named.instance ?? latestInstance(slot));
    return slot && calendar && instance !== undefined ? readClock(calendar, slot, instance, place.at) : undefined;
  });
}

/** A row at the start of its enrolment: what holds then is an exit at once, and no goal: a goal must turn (Y4). */
export function openSubscription(
  waiting: SubscriptionState,
  rows: readonly SubscriptionState[],
  look: NotifyInput,
): void {
  if (!watchesState(waiting.subscription.arms)) return;
  const { found, held } = stateNow(waiting, look);
  if (waiting.subscription.kind === 'goal') {
    waiting.subscription.held = held;
    waiting.row.detail = { held };
  } else if (found) take(waiting, found, rows, look);
  awaitTime(rows, look);
}

function take(waiting: SubscriptionState, found: Found, rows: readonly SubscriptionState[], look: NotifyInput): void {
  const { row, version, subscription } = waiting;
  const { verdicts } = look;
  const drop = (...paths: string[]) => {
    for (const other of rows)
      if (other.row.enrolmentId === row.enrolmentId && paths.includes(other.row.path)) other.gone = true;
    verdicts.ended.push({ enrolmentId: row.enrolmentId, paths });
  };
  const event = found.event ?? null;
  if (subscription.kind === 'wait') {
    drop(row.path);
    verdicts.inputs.push({ ...inputOf(waiting, 'match', found.at), arm: found.arm, event });
    return;
  }
  if (subscription.kind === 'exit') {
    drop('exit');
    verdicts.inputs.push({ ...inputOf(waiting, 'exit', found.at), event });
    return;
  }
  verdicts.goals.push({ enrolmentId: row.enrolmentId, event, at: found.at });
  if (row.open && !version.playbook.goal?.continues) {
    drop('goal', 'exit');
    verdicts.inputs.push({ ...inputOf(waiting, 'goal', found.at), event });
    return;
  }
  drop('goal');
  verdicts.conversions.push({
    id: idOf('outcome', row.enrolmentId, 'goal'),
    enrolmentId: row.enrolmentId,
    playbook: row.playbook,
    versionHash: row.versionHash,
    subject: row.subject,
    value: goalValue(waiting, look) ?? null,
    ghost: row.ghost,
    at: found.at,
  });
}

function goalValue(
  { version, subscription }: SubscriptionState,
  { world, state, place, event, zone }: NotifyInput,
): Json | undefined {
  const value = version.playbook.goal?.value;
  if (!value || !event) return undefined;
  const view: EvaluationView = { world, subject: state.subject, place, event, zone: version.playbook.timeZone ?? zone };
  return valueAt({ ...view, trigger: subscription.trigger }, value);
}

function inputOf(waiting: SubscriptionState, kind: 'goal' | 'exit' | 'match' | 'look', at: number) {
  const { enrolmentId, path, iteration } = waiting.row;
  return { enrolmentId, kind, path, iteration, arm: 0, at };
}
