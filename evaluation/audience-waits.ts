/** Firings that wait for their audience are decided again at each evaluation of their subject (`if_refused`, N1). */

import type { Json } from '../language/model.ts';
import { type EvaluationView, evaluatedValues } from '../triggers/engine/evaluation-view.ts';
import { decideAudience } from '../triggers/entry/audience-wait.ts';
import type { FollowedWait } from '../triggers/entry/followed-waits.ts';
import { zoneOf } from '../triggers/index/program.ts';
import { enterFiring } from './enter-firing.ts';
import type { AudienceWait, EvaluationSession } from './session.ts';
import type { SubjectEvaluation } from './subscriptions.ts';

/** A late event lets none in here: what it gives is found where its timeline is replayed. */
export function decideAudienceWaits(session: EvaluationSession, evaluation: SubjectEvaluation): void {
  for (const wait of [...session.audienceWaits(evaluation.subject)].sort(compareWaits)) {
    decideWait(session, wait, evaluation);
  }
}

/** Of two that one evaluation lets in the second is refused as `open`: whatever brought them there, merges included. */
function compareWaits(a: AudienceWait, b: AudienceWait): number {
  return a.firing.at - b.firing.at || (a.id < b.id ? -1 : 1);
}

function decideWait(session: EvaluationSession, wait: AudienceWait, evaluation: SubjectEvaluation): void {
  const { place, event } = evaluation;
  const { program, world } = session;
  const { firing } = wait;
  const version = program.versions.get(firing.version);
  if (!version) return; // its playbook is no longer deployed: it waits until its time is over
  const { playbook } = version;
  const zone = zoneOf(program, playbook);
  const view: EvaluationView = { world, subject: firing.subject, place, zone, event };
  const decision = decideAudience(playbook, wait, evaluation, view);
  if (decision === undefined) return;
  const read =
    decision !== 'passes' && playbook.audience
      ? evaluatedValues({ ...view, trigger: firing.trigger }, playbook.audience)
      : {};
  settleWait(session, wait, { decision, place, event: event?.messageId }, read);
}

/**
 * What a firing that waited for its audience comes to: where it was asked as all came in, or where its timeline is replayed.
 *
 * @param read what `audience` read, where it did not hold
 */
export function settleWait(
  session: EvaluationSession,
  wait: AudienceWait,
  { decision, place, event }: NonNullable<FollowedWait['answer']>,
  read: Json = {},
): void {
  const { at } = place;
  if (decision === 'passes') {
    const audience = { holds: true, looked: {} };
    const { status, reason } = enterFiring(session, wait.firing, place, { isDeferred: true, audience, enteredAt: at });
    session.emit({ kind: 'audience-passed', wait, status, reason, at });
    return;
  }
  const isOvertaken = decision === 'overtaken';
  const looked = isOvertaken && event ? { ...(read as object), event } : read;
  session.emit({ kind: 'audience-refused', wait, reason: isOvertaken ? 'overtaken' : 'audience', looked, at });
}
