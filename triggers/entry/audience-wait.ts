/** `if_refused: wait up to w` (N1): a firing that `audience` refused is tried again when that may have changed. */
import type { CompiledPlaybook, Instant } from '../../language/model.ts';
import { runByOf } from '../../language/records/runs.ts';
import type { TimelineEvent } from '../../language/records/timeline.ts';
import { type EvaluationView, holdsAt } from '../engine/evaluation-view.ts';
import type { Firing } from '../engine/state.ts';
import { matchEvent, openingSubscriptions } from './subscriptions.ts';

/** `passes`: it enters at the evaluation's instant. `overtaken`: a goal or an exit came first. `over`: it was never let in. */
export type AudienceDecision = 'passes' | 'overtaken' | 'over' | undefined;

/** How long a firing that `audience` refuses at an instant waits to be let in; undefined where it does not. */
export function audienceWaitUntil(
  { ifRefusedMs = 0 }: Pick<CompiledPlaybook, 'ifRefusedMs'>,
  firing: Pick<Firing, 'at' | 'trigger'>,
  now: Instant,
): Instant | undefined {
  // Somebody waits for the answer of what another playbook runs (S13).
  if (runByOf(firing.trigger)) return undefined;
  const until = firing.at + ifRefusedMs;
  return until > Math.max(firing.at, now) ? until : undefined;
}

/** What a waiting firing's subject is evaluated for. */
export interface AudienceLook {
  /** Absent at a deadline; it may be before the firing where it came late. */
  event?: TimelineEvent | undefined;
  /** It came late, or a merge brought it: it may overtake, and lets none in. */
  isLate?: boolean | undefined;
  /** Where a merge brought it, the merge's instant. */
  readFrom?: Instant | undefined;
}

/**
 * Asks again at an evaluation after the firing: of an event, or of a deadline. Live, in virtual time, and where a timeline is
 * replayed for a firing that has waited on it.
 *
 * @param until the last instant at which it may pass
 */
export function decideAudience(
  playbook: CompiledPlaybook,
  { firing, until }: { firing: Firing; until: Instant },
  { event, isLate = false, readFrom }: AudienceLook,
  view: EvaluationView,
): AudienceDecision {
  const { at } = view.place;
  // Its time was over when a merge brought the event: it ends as all whose time is over (N1).
  if (at > until || (readFrom ?? at) > until) return isLate ? undefined : 'over';
  if (event && event.at > firing.at && isOvertaking(playbook, firing, event, view)) return 'overtaken';
  if (isLate || at < firing.at) return undefined;
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
