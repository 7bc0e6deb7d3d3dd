/**
 * Firings that wait for their audience on a timeline that is replayed (N1): what is made late, or given by a merge, is let in,
 * or overtaken, where that would have been had everything come in its order.
 */
import type { Instant } from '../../language/model.ts';
import { isAnonymous } from '../../language/records/identity-links.ts';
import type { Place } from '../../language/records/timeline.ts';
import type { EvaluationView } from '../engine/evaluation-view.ts';
import type { Firing } from '../engine/state.ts';
import { type TriggerProgram, zoneOf } from '../index/program.ts';
import { type AudienceDecision, type AudienceLook, audienceWaitUntil, decideAudience } from './audience-wait.ts';

/** A firing that has waited, with the first answer, where there has been one. */
export interface FollowedWait {
  firing: Firing;
  until: Instant;
  answer?: { decision: NonNullable<AudienceDecision>; place: Place; event?: string | undefined };
}

/** @param since where `audience` refused it; undefined where it does not wait for it, or for a merge first (E6) */
export function followedWait(program: TriggerProgram, firing: Firing, since: Place): FollowedWait | undefined {
  const { playbook } = program.versions.get(firing.version)!;
  if (isAnonymous(firing.subject) && !playbook.anonymous) return undefined;
  const until = audienceWaitUntil(playbook, firing, since.at);
  return until === undefined ? undefined : { firing, until };
}

/** Asks those that have no answer yet at an evaluation of their subject. */
export function askWaits(
  program: TriggerProgram,
  waits: Iterable<FollowedWait>,
  look: AudienceLook & Pick<EvaluationView, 'world' | 'place'>,
): void {
  const { world, place, event } = look;
  for (const wait of waits) {
    if (wait.answer) continue;
    const { firing } = wait;
    const { playbook } = program.versions.get(firing.version)!;
    const zone = zoneOf(program, playbook);
    const decision = decideAudience(playbook, wait, look, { world, subject: firing.subject, place, zone, event });
    if (decision !== undefined) wait.answer = { decision, place, event: event?.messageId };
  }
}
