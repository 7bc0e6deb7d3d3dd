/** A clock's change as an event of Cuebook's own (E9). */
import type { Instant, Json, SubjectRef } from '../../language/model.ts';
import { subjectKey } from '../../language/records/subject-key.ts';
import type { SlaNotice } from '../engine/state.ts';

/**
 * `sla.started|paused|resumed|stopped|breached`, with `policy`, `clock`, the instance and its `key` as firings have it,
 * and its start event. A stop says what the clock `is` then: `met`, `breached`, or `cancelled`, which is a stop as well
 * (L2). Undefined for what is not an event: a retarget, and a mark, which is a firing where an arm watches it.
 */
export function slaEvent({
  policy,
  clock,
  change,
}: SlaNotice): { name: string; properties: { [name: string]: Json }; at: Instant } | undefined {
  const { kind, at, instance, startEvent } = change;
  if (kind === 'marked' || kind === 'retargeted') return undefined;
  const properties = { policy, clock, key: `${policy}.${clock}#${instance}`, instance, start_event: startEvent };
  if (kind === 'cancelled') return { name: 'sla.stopped', properties: { ...properties, is: 'cancelled' }, at };
  if (kind !== 'stopped') return { name: `sla.${kind}`, properties, at };
  return { name: 'sla.stopped', properties: { ...properties, is: change.met ? 'met' : 'breached' }, at };
}

/** Unique among the changes of the subject's clocks. */
export function slaMessageId(
  subject: SubjectRef,
  { name, properties, at }: NonNullable<ReturnType<typeof slaEvent>>,
): string {
  return `${name}:${subjectKey(subject)}:${properties.key}:${at}`;
}
