/**
 * Cuebook's own events (E9), as the deciders live and in virtual time write them. Their ids are derived from what caused
 * them: a repeat is not stored twice, and what such an event fires is the same firing on both sides.
 */
import { effectIdOf } from '../language/hash.ts';
import type { Instant, Json, SubjectRef } from '../language/model.ts';
import { chainIn, withCauses } from '../language/records/causes.ts';
import { RECALLED, REQUESTED, RETURNED, runByOf } from '../language/records/runs.ts';
import { subjectKey } from '../language/records/subject-key.ts';
import type { TraitPatch } from '../language/records/timeline.ts';
import type { EnrolmentFacts } from '../steps/step.ts';
import type { SlaNotice } from '../triggers/engine/state.ts';
import type { Command, OutcomeName } from '../workflows/journey/types.ts';

export interface SystemEvent {
  name: string;
  messageId: string;
  subjects: SubjectRef[];
  properties: { [name: string]: Json };
  patches?: TraitPatch[];
}

type EnrolmentRef = Pick<EnrolmentFacts, 'id' | 'playbook' | 'subject' | 'key' | 'trigger'>;
type StepRef = Pick<Command, 'path' | 'iteration'>;

export function enrolmentStarted(enrolment: EnrolmentRef): SystemEvent {
  return enrolmentEvent(enrolment, 'enrolment.started', {});
}

export function enrolmentEnded(enrolment: EnrolmentRef, outcome: string, reason: string): SystemEvent {
  return enrolmentEvent(enrolment, 'enrolment.ended', { outcome, reason });
}

/** A step asks that another playbook begins for the subject, with what started its own (S13). */
export function runRequested(
  enrolment: EnrolmentRef & Pick<EnrolmentFacts, 'ghost'>,
  step: StepRef,
  { runs, waits }: { runs: string; waits: boolean },
): SystemEvent {
  const run = effectIdOf(enrolment.id, step);
  const { subject, trigger, ghost } = enrolment;
  const asked = { runs, run, waits, subject: subject.type, trigger, ...(ghost && { ghost }) };
  const properties = { ...stepProperties(enrolment, step), ...asked };
  return { name: REQUESTED, messageId: `${REQUESTED}:${run}`, subjects: [subject], properties };
}

/** What an enrolment has run is waited for no longer. @param step the one that waited; left out where the enrolment ends */
export function runRecalled(enrolment: EnrolmentRef, step?: StepRef): SystemEvent {
  const { playbook, id, key, subject } = enrolment;
  const run = step && effectIdOf(id, step);
  const properties = {
    ...(step ? stepProperties(enrolment, step) : { playbook, enrolment: id, key, ...causedBy(enrolment) }),
    ...(run !== undefined && { run }),
  };
  return { name: RECALLED, messageId: `${RECALLED}:${run ?? id}`, subjects: [subject], properties };
}

/** What was run has ended, or never began; undefined where nobody waits for it. */
export function runReturned(
  enrolment: EnrolmentRef,
  outcome: OutcomeName | 'refused',
  reason: string,
): SystemEvent | undefined {
  const by = runByOf(enrolment.trigger);
  if (!by?.waits) return undefined;
  const { playbook, id, key, subject } = enrolment;
  const properties = { playbook, enrolment: id, key, run: by.run, outcome, reason, ...causedBy(enrolment) };
  return { name: RETURNED, messageId: `${RETURNED}:${by.run}`, subjects: [subject], properties };
}

/** `contact.updated` and the like: a step has changed a record. `by` names the kind of step. */
export function recordUpdated(enrolment: EnrolmentRef, step: StepRef, patch: TraitPatch, by: string): SystemEvent {
  const name = `${patch.type}.updated`;
  return {
    name,
    messageId: `${name}:${effectIdOf(enrolment.id, step)}`,
    subjects: [{ type: patch.type, id: patch.id }],
    properties: { ...stepProperties(enrolment, step), by },
    patches: [patch],
  };
}

export function taskEvent(enrolment: EnrolmentRef, step: StepRef, what: 'created' | 'withdrawn'): SystemEvent {
  const name = `task.${what}`;
  const task = effectIdOf(enrolment.id, step);
  return {
    name,
    messageId: `${name}:${task}`,
    subjects: [enrolment.subject],
    properties: { ...stepProperties(enrolment, step), task },
  };
}

export function emailSent(
  enrolment: EnrolmentRef,
  step: StepRef,
  message: { id: string; contactId: string; template: string | null },
): SystemEvent {
  return {
    name: 'email.sent',
    messageId: `email.sent:${message.id}`,
    subjects: [{ type: 'contact', id: message.contactId }],
    properties: { ...stepProperties(enrolment, step), template: message.template, message: message.id },
  };
}

/** The changes of a clock that are told under another name. */
const TOLD_AS: { [kind: string]: string } = { cancelled: 'stopped', withdrawn: 'stopped', promised: 'started' };

export const SLA_EVENTS: readonly string[] = ['started', 'paused', 'resumed', 'stopped', 'breached'].map(
  (kind) => `sla.${kind}`,
);

/**
 * `sla.started|paused|resumed|stopped|breached`, with `policy`, `clock`, the instance and its `key` as firings have it,
 * and its start event. A stop says what the clock `is` then: `met`, `breached`, or `cancelled` or `withdrawn`, which are
 * stops as well (L2). Undefined for a retarget, while there is no promise, and for a mark, which is a firing where something
 * listens for it.
 */
export function slaEvent(
  subject: SubjectRef,
  { policy, clock, change, causes = [] }: SlaNotice,
): (SystemEvent & { at: Instant }) | undefined {
  const { kind, at, instance, startEvent, unpromised } = change;
  if (unpromised || kind === 'marked' || kind === 'retargeted') return undefined;
  const name = `sla.${TOLD_AS[kind] ?? kind}`;
  const key = `${policy}.${clock}#${instance}`;
  const is = kind === 'stopped' ? (change.met ? 'met' : 'breached') : TOLD_AS[kind] === 'stopped' ? kind : undefined;
  return {
    name,
    messageId: `${name}:${subjectKey(subject)}:${key}:${at}`,
    subjects: [subject],
    properties: {
      policy,
      clock,
      key,
      instance,
      start_event: startEvent,
      ...(is !== undefined && { is }),
      ...withCauses(causes),
    },
    at,
  };
}

/** When the clock of an `sla.*` event changed: the event itself carries the instant at which it was written. */
export function slaChangedAt(messageId: string): Instant {
  return Number(messageId.slice(messageId.lastIndexOf(':') + 1));
}

/** Identifies what one step of one enrolment tells, whichever run or store it comes from. */
export function systemEventKey(name: string, properties: { [name: string]: Json }): string {
  const { enrolment = null, step = null, message = null, task = null } = properties;
  return JSON.stringify([name, enrolment, step, message ?? task]);
}

function enrolmentEvent(enrolment: EnrolmentRef, name: string, more: { [name: string]: Json }) {
  const { playbook, id, key, subject } = enrolment;
  const properties = { playbook, enrolment: id, key, ...more, ...causedBy(enrolment) };
  return { name, messageId: `${name}:${id}`, subjects: [subject], properties };
}

function stepProperties(enrolment: EnrolmentRef, { path }: StepRef): { [name: string]: Json } {
  const { playbook, id, key } = enrolment;
  return { playbook, enrolment: id, step: path, key, ...causedBy(enrolment) };
}

/** What led to the enrolment; with its own playbook it is what led to the event (E9). */
function causedBy({ trigger }: EnrolmentRef): { [name: string]: Json } {
  return { ...withCauses(chainIn(trigger)) };
}
