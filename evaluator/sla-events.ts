/** The events that changes of clocks put on a timeline (E9), as the store has them. */
import type { Instant, SubjectRef } from '../language/model.ts';
import type { SystemEvent } from '../store/events/events.ts';
import type { SlaNotice } from '../triggers/engine/state.ts';
import { slaEvent, slaMessageId } from '../triggers/sla/notice.ts';

/** Their names. */
export const SLA_EVENTS = ['started', 'paused', 'resumed', 'stopped', 'breached'].map((kind) => `sla.${kind}`);

/** The messageId tells the change from every other; undefined for what is no event. */
export function systemEventOf(
  subject: SubjectRef,
  notice: SlaNotice,
  names: ReadonlySet<string>,
): (SystemEvent & { messageId: string }) | undefined {
  const told = slaEvent(notice);
  if (!told) return undefined;
  const { name, properties } = told;
  return { name, subjects: [subject], properties, messageId: slaMessageId(subject, told), consumed: !names.has(name) };
}

/** When the clock changed: the event itself carries the instant at which it was written. */
export function changedAt(messageId: string): Instant {
  return Number(messageId.slice(messageId.lastIndexOf(':') + 1));
}
