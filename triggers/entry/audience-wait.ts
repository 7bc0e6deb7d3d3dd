/** `if_refused: wait up to w` (N1): a firing that `audience` refused is tried again when that may have changed. */
import type { CompiledPlaybook, Instant } from '../../language/model.ts';
import type { TimelineEvent } from '../../language/records/timeline.ts';
import { type EvaluationView, holdsAt } from '../engine/evaluation-view.ts';
import type { Firing } from '../engine/state.ts';
import { matchEvent, openingSubscriptions } from './subscriptions.ts';

/** `passes`: it enters at the evaluation's instant. `overtaken`: a goal or an exit came first. `over`: it was never let in. */
export type AudienceDecision = 'passes' | 'overtaken' | 'over' | undefined;

/**
 * Asks again at an evaluation after the firing: of an event, or of a deadline.
 *
 * @param until the last instant at which it may pass
 * @param event may be before the firing where it came late
 */
export function decideAudience(
  playbook: CompiledPlaybook,
  { firing, until }: { firing: Firing; until: Instant },
  event: TimelineEvent | undefined,
  view: EvaluationView,
): AudienceDecision {
  if (view.place.at > until) return 'over';
  if (event && event.at > firing.at && isOvertaking(playbook, firing, event, view)) return 'overtaken';
  if (view.place.at < firing.at) return undefined;
  return holdsAt({ ...view, trigger: firing.trigger, event: undefined }, playbook.audience) ? 'passes' : undefined;
}

/** Whether the event is a goal or an exit, had the firing entered; the goal's window does not count. */
export function isOvertaking(
  playbook: CompiledPlaybook,
  firing: Firing,
  event: TimelineEvent,
  view: EvaluationView,
): boolean {
  return openingSubscriptions(playbook, firing.at, firing.trigger).some((opening) => {
    const subscription = {
      ...opening,
      until: null,
      enrolmentId: '',
      playbook: playbook.playbook,
      key: firing.key,
      keyExpression: playbook.trigger.arms[firing.arm]?.key,
      trigger: firing.trigger,
      held: false,
    };
    return matchEvent(subscription, event, view) !== undefined;
  });
}
