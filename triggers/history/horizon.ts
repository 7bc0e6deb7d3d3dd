/** How far back or ahead a condition looks. */

import type { CompiledArm, PlaybookVersion, Span, SubjectType } from '../../language/model.ts';
import { HOUR_MS } from '../../language/time/duration.ts';
import { conditionOf } from '../conditions.ts';
import type { TriggerProgram } from '../index/program.ts';

/** A business day ends at the latest within a long weekend of closed days and a day. */
const BUSINESS_DAY_MS = 5 * 24 * HOUR_MS;

/** The longest window of an arm in milliseconds; 0 where it has none. Business time is bounded from above. */
export function longestWindowMs(arm: CompiledArm): number {
  const spans = Object.values(arm.windows).flatMap((window) =>
    window.kind === 'table'
      ? [...window.rows.map((row) => row.span), ...(window.default ? [window.default] : [])]
      : [window],
  );
  return Math.max(conditionOf(arm.kind).windowMs?.(arm) ?? 0, ...spans.map(lengthMs));
}

/** The longest window of a trigger: within it one firing may stand for another (E5). */
export function triggerWindowMs(version: PlaybookVersion): number {
  return Math.max(0, ...version.playbook.trigger.arms.map(longestWindowMs));
}

const horizons = new WeakMap<TriggerProgram, Map<SubjectType, number>>();

/**
 * How far back the horizon of a type's subjects lies at least: `too_late_after` and one longest window, of the playbooks
 * and of the traits that they read.
 */
export function horizonMsOf(program: TriggerProgram, type: SubjectType): number {
  let known = horizons.get(program);
  if (!known) horizons.set(program, (known = new Map()));
  let horizonMs = known.get(type);
  if (horizonMs === undefined) {
    const own = [...program.versions.values()].filter(({ playbook }) => playbook.subject === type);
    const tooLateMs = Math.max(0, ...own.map(({ playbook }) => playbook.tooLateAfterMs));
    const traits = [...(program.subjects.get(type)?.traits.values() ?? [])].map(({ trait }) => trait.overMs ?? 0);
    known.set(type, (horizonMs = tooLateMs + Math.max(0, ...own.map(triggerWindowMs), ...traits)));
  }
  return horizonMs;
}

function lengthMs(span: Span): number {
  if (span.kind === 'exact') return span.ms;
  if (span.kind === 'business-hours') return span.hours * HOUR_MS + BUSINESS_DAY_MS;
  return span.days * BUSINESS_DAY_MS;
}
