/** What is walked by the calendar, subject by subject: schedules (T11), and at each day's start predictions (T14). */

import { canonicalHash } from '../../language/canonical.ts';
import type { Instant, SubjectType } from '../../language/model.ts';
import { nextScheduledAt, type ScheduledArm, scheduledArms } from '../../triggers/engine/run-schedules.ts';
import { traitOwner } from '../../triggers/index/owners.ts';
import { dayStartAfter, type PredictionProgram, predictionsOf } from '../../triggers/traits/predictions.ts';
import type { Deployed } from '../deployed-program.ts';

export interface CalendarWalk {
  /** The name and the number under which its rows stand: no playbook's name has a colon. */
  playbook: string;
  index: number;
  /** Rows of another hash are another's (T18). */
  hash: string;
  subject: SubjectType;
  /** Of each subject its own zone, and `zone` for who has none; else `zone` for all. */
  perSubject: boolean;
  zone: string;
  /** It begins with the first instant after this. */
  deployedAt: Instant;
  /** The first instant after `after` in a zone; undefined where there is no more. */
  nextAt(zone: string, after: Instant): Instant | undefined;
  does: { kind: 'fires'; arm: ScheduledArm } | { kind: 'predicts'; prediction: PredictionProgram };
}

const known = new WeakMap<Deployed, CalendarWalk[]>();

/** All that is deployed; made once for a deployment. */
export function walksOf(deployed: Deployed): readonly CalendarWalk[] {
  let walks = known.get(deployed);
  if (walks) return walks;
  walks = [
    ...scheduledArms(deployed.program).map((arm) => ofSchedule(deployed, arm)),
    ...predictionsOf(deployed.program).map((prediction) => ofPrediction(deployed, prediction)),
  ];
  known.set(deployed, walks);
  return walks;
}

function ofSchedule({ deployments }: Deployed, scheduled: ScheduledArm): CalendarWalk {
  const { arm, subject, perSubject, zone } = scheduled;
  return {
    playbook: arm.playbook,
    index: arm.index,
    hash: arm.hash,
    subject,
    perSubject,
    zone,
    deployedAt: deployments.get(arm.playbook)!.deployedAt,
    nextAt: (where, after) => nextScheduledAt(scheduled, where, after),
    does: { kind: 'fires', arm: scheduled },
  };
}

function ofPrediction({ program, deployments }: Deployed, prediction: PredictionProgram): CalendarWalk {
  const { trait, hash, subject, zone } = prediction;
  // Whichever brought this definition of the trait: the latest of those that have it.
  const having = [...program.versions.values()].filter(({ traits }) =>
    traits.some((one) => `${one.subject}.${one.name}` === trait && canonicalHash(one) === hash),
  );
  const deployedAt = Math.max(...having.map(({ playbook }) => deployments.get(playbook.playbook)!.deployedAt));
  return {
    playbook: traitOwner(trait),
    index: 0,
    hash,
    subject,
    perSubject: true,
    zone,
    deployedAt,
    nextAt: dayStartAfter,
    does: { kind: 'predicts', prediction },
  };
}
