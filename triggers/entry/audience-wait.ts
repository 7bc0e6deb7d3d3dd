/** `if_refused: wait up to w` (N1): a firing that `audience` refused is passed through again when that may have changed. */
import type { CompiledPlaybook, Instant } from '../../language/model.ts';
import type { TimelineEvent } from '../../language/records/timeline.ts';
import { type EvaluationView, holdsAt } from '../engine/evaluation-view.ts';
import type { Firing } from '../engine/state.ts';
import { matchEvent, openingSubscriptions } from './subscriptions.ts';

/** `passes`: it enters at the look's instant. `overtaken`: what it would lead to came first. `over`: nobody let it in. */
export type AudienceDecision = 'passes' | 'overtaken' | 'over' | undefined;

/**
 * Asks anew at a look at the subject behind the firing: an event, or a deadline.
 *
 * @param until the last instant at which it may pass
 * @param event the look's event, which may lie before the firing where it came late
 */
export function decideAudience(
  playbook: CompiledPlaybook,
  { firing, until }: { firing: Firing; until: Instant },
  event: TimelineEvent | undefined,
  view: EvaluationView,
): AudienceDecision {
  if (event && event.at > firing.at && isOvertaking(playbook, firing, event, view)) return 'overtaken';
  if (view.place.at > until) return 'over';
  if (view.place.at < firing.at) return undefined;
  return holdsAt({ ...view, trigger: firing.trigger, event: undefined }, playbook.audience) ? 'passes' : undefined;
}

/** A goal or an exit, had it entered: whatever the goal's window. */
export function isOvertaking(
  playbook: CompiledPlaybook,
  firing: Firing,
  event: TimelineEvent,
  view: EvaluationView,
): boolean {
  return openingSubscriptions(playbook, firing.at).some((opening) => {
    const subscription = {
      ...opening,
      until: null,
      enrolmentId: '',
      key: firing.key,
      keyExpression: playbook.trigger.arms[firing.arm]?.key,
      trigger: firing.trigger,
      held: false,
    };
    return matchEvent(subscription, event, view) !== undefined;
  });
}
