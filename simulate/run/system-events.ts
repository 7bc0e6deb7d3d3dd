/** Cuebook's own events (E9), as they stand on timelines. */

import { effectIdOf } from '../../language/hash.ts';
import type { Instant, Json, SubjectRef } from '../../language/model.ts';
import type { TimelineEvent, TraitPatch } from '../../language/records/timeline.ts';
import type { Write } from '../../steps/step.ts';
import type { SlaNotice } from '../../triggers/engine/state.ts';
import { slaEvent, slaMessageId } from '../../triggers/sla/notice.ts';
import type { Command } from '../../workflows/journey/types.ts';
import { stamp, type VirtualEnrolment } from '../journeys/virtual-enrolment.ts';

export interface SystemEvent {
  name: string;
  /** As production derives it: what such an event fires is the same firing there. */
  messageId: string;
  subject: SubjectRef;
  properties: { [name: string]: Json };
  patch?: TraitPatch | undefined;
}

/** Names what one step of one enrolment tells, wherever it is told. */
export function systemEventKey(name: string, properties: { [name: string]: Json }): string {
  const { enrolment = null, step = null, message = null, task = null } = properties;
  return JSON.stringify([name, enrolment, step, message ?? task]);
}

/** Behind every arrival of what comes from outside, which is numbered from 1. */
const FIRST_ARRIVAL = 2 ** 50;

/** `enrolment.started`, `enrolment.ended`. */
export function enrolmentEvent(
  { playbook, id, key, subject }: VirtualEnrolment,
  what: 'started' | 'ended',
  more: { [name: string]: Json } = {},
): SystemEvent {
  const name = `enrolment.${what}`;
  return { name, messageId: `${name}:${id}`, subject, properties: { playbook, enrolment: id, key, ...more } };
}

/** `sla.started|paused|resumed|stopped|breached`; undefined for a change of a clock that is no event. */
export function slaSystemEvent(
  subject: SubjectRef,
  notice: SlaNotice,
): { event: SystemEvent; at: Instant } | undefined {
  const told = slaEvent(notice);
  if (!told) return undefined;
  const { name, properties, at } = told;
  return { event: { name, messageId: slaMessageId(subject, told), subject, properties }, at };
}

/** `contact.updated` and the like: a step has changed a record. */
export function recordUpdated(
  member: VirtualEnrolment,
  command: Command,
  write: Write & { write: 'traits' },
): SystemEvent {
  const { type, id, traits, by } = write;
  const name = `${type}.updated`;
  return {
    name,
    messageId: `${name}:${effectIdOf(member.id, command)}`,
    subject: { type, id },
    properties: { ...stamp(member, command), by },
    patch: { type, id, traits },
  };
}

export function taskEvent(member: VirtualEnrolment, command: Command, what: 'created' | 'withdrawn'): SystemEvent {
  const name = `task.${what}`;
  const task = effectIdOf(member.id, command);
  const { subject } = member;
  return { name, messageId: `${name}:${task}`, subject, properties: { ...stamp(member, command), task } };
}

export function emailSent(
  member: VirtualEnrolment,
  command: Command,
  contactId: string,
  template: string | undefined,
): SystemEvent {
  const message = effectIdOf(member.id, command);
  return {
    name: 'email.sent',
    messageId: `email.sent:${message}`,
    subject: { type: 'contact', id: contactId },
    properties: { ...stamp(member, command), template: template ?? null, message },
  };
}

/** Places what journeys and clocks write behind everything from outside, in the order of writing. */
export class SystemEvents {
  #arrival = FIRST_ARRIVAL;

  stamp(event: SystemEvent, at: Instant): TimelineEvent {
    return {
      arrival: ++this.#arrival,
      messageId: event.messageId,
      name: event.name,
      at,
      receivedAt: at,
      properties: event.properties,
      subjects: [event.subject],
      patches: event.patch ? [event.patch] : [],
      own: true,
    };
  }
}
