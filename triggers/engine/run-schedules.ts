/**
 * Schedules (T11): which arms fire by the calendar, when, and for whom. Pure: the caller knows which subjects there are
 * and walks them; each scheduled instant is a deadline of E4's order that keeps no state per subject.
 */
import type { CompiledArm, Instant, SubjectRef, SubjectType } from '../../language/model.ts';
import { type Place, placeOfDeadline } from '../../language/records/timeline.ts';
import type { World } from '../../language/records/world.ts';
import type { RawFiring } from '../condition.ts';
import { configOf } from '../conditions/schedule.ts';
import { conditionOf } from '../conditions.ts';
import type { ArmProgram, TriggerProgram } from '../index/program.ts';
import { type EvaluationView, holdsAt, keysAt, zoneOf } from './evaluation-view.ts';
import { compareText } from './merge-firings.ts';
import { firingOf, triggerOf } from './reduce-arm.ts';
import type { Firing } from './state.ts';

/** The one subject of a playbook of the workspace. */
export const WORKSPACE: SubjectRef = { type: 'workspace', id: 'workspace' };

/** An instant of the calendar, for the subjects of one effective zone. */
export interface ScheduledInstant {
  zone: string;
  at: Instant;
}

export interface ScheduledArm {
  arm: ArmProgram;
  subject: SubjectType;
  /** Of each subject its own, and `zone` for who has none; else `zone` for all. */
  perSubject: boolean;
  zone: string;
}

/** The arms that fire by the calendar, by playbook and arm. */
export function scheduledArms(program: TriggerProgram): ScheduledArm[] {
  const found: ScheduledArm[] = [];
  for (const { arms } of program.subjects.values()) {
    for (const arm of arms.values()) {
      if (!arm.condition.nextAt) continue;
      const { timeZone } = configOf(arm.arm);
      const perSubject = timeZone === 'subject';
      const zone = timeZone === null || perSubject ? arm.zone : timeZone;
      found.push({ arm, subject: arm.version.playbook.subject, perSubject, zone });
    }
  }
  return found.sort((a, b) => compareText(a.arm.playbook, b.arm.playbook) || a.arm.index - b.arm.index);
}

/** True for an arm that fires by the calendar: no event ever takes such a firing back, and no recomputation gives it. */
export function isScheduled(arm: CompiledArm): boolean {
  return conditionOf(arm.kind).nextAt !== undefined;
}

/** The first instant after `after` at which the arm fires for subjects of an effective zone. */
export function nextScheduledAt({ arm }: ScheduledArm, zone: string, after: Instant): Instant | undefined {
  return arm.condition.nextAt?.(arm.arm, zone, after);
}

/** The zone by which the arm counts for a subject, by its record at a place. */
export function effectiveZone(scheduled: ScheduledArm, world: World, subject: SubjectRef, place: Place): string {
  return scheduled.perSubject ? zoneOf(world, subject, place, scheduled.zone) : scheduled.zone;
}

/**
 * What one subject's arm fires at a scheduled instant of a zone: a firing a key, none where the subject counts by another
 * zone or is not in the audience. The world is read after the instant's events.
 */
export function firingsAt(
  scheduled: ScheduledArm,
  world: World,
  subject: SubjectRef,
  { zone, at }: ScheduledInstant,
): Firing[] {
  const { arm } = scheduled;
  const place = placeOfDeadline(at);
  if (effectiveZone(scheduled, world, subject, place) !== zone) return [];
  const { playbook } = arm.version;
  const raw: RawFiring = { at, evidence: [], fields: {} };
  const view: EvaluationView = { world, subject, place, trigger: triggerOf(arm, raw), zone: arm.zone };
  if (!holdsAt(view, playbook.audience)) return [];
  const keys = arm.arm.key ? keysAt(view, arm.arm.key).sort(compareText) : [];
  // As for every condition over records: without a value for the key it fires with the empty key.
  return (keys.length > 0 ? keys : ['']).map((key) => firingOf(arm, { subject, at }, key, raw));
}
