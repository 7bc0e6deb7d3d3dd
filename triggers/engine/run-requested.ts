/** A playbook that a step of another one asks for begins by that event alone, whatever its own trigger is (S13). */
import { isJsonObject } from '../../language/json.ts';
import type { Json, SubjectRef } from '../../language/model.ts';
import { CAUSED_BY, causesOf, withCauses } from '../../language/records/causes.ts';
import { REQUESTED, RUN_BY } from '../../language/records/runs.ts';
import type { TimelineEvent } from '../../language/records/timeline.ts';
import type { SubjectProgram } from '../index/program.ts';
import { type Evaluation, isOfEvent } from './evaluation.ts';
import type { Firing } from './state.ts';

/** What the event of a step says. */
export interface Requested {
  /** The playbook that is to begin. */
  runs: string;
  /** The id of the step's effect. */
  run: string;
  waits: boolean;
}

export function runRequested(evaluation: Evaluation): void {
  if (!isOfEvent(evaluation)) return;
  const { listeners, state, event, result } = evaluation;
  const firing = requestedFiring(listeners, state.subject, event);
  if (firing) result.firings.push(firing);
}

/** What an event asks for on a subject's timeline; undefined for other events, and where it is not the asking one's own. */
export function requestedOn({ type }: SubjectRef, { name, own, properties }: TimelineEvent): Requested | undefined {
  // A ticket's event stands on the timelines of its contact and its account as well (E8).
  if (name !== REQUESTED || own !== true || properties.subject !== type) return undefined;
  const { runs, run, waits } = properties;
  if (typeof runs !== 'string' || typeof run !== 'string') return undefined;
  return { runs, run, waits: waits === true };
}

/** The firing has the key and the `trigger` of the enrolment that asks; its evidence is the event, once for each round. */
function requestedFiring({ playbooks }: SubjectProgram, subject: SubjectRef, event: TimelineEvent): Firing | undefined {
  const requested = requestedOn(subject, event);
  const version = requested && playbooks.get(requested.runs);
  if (!requested || !version) return undefined;
  const { run, waits } = requested;
  const { playbook = '', enrolment = '', key, trigger, ghost } = event.properties;
  const { [CAUSED_BY]: _, ...given } = isJsonObject(trigger) ? trigger : {};
  const by: { [name: string]: Json } = { playbook, enrolment, run, waits, ...(ghost === true && { ghost }) };
  return {
    playbook: version.playbook.playbook,
    version: version.hash,
    subject,
    key: typeof key === 'string' ? key : '',
    at: event.at,
    // An event's key is read as the first arm of its trigger says.
    arm: 0,
    evidence: [event.messageId],
    byTime: false,
    trigger: { ...given, ...withCauses(causesOf(event)), [RUN_BY]: by },
    overtaken: false,
  };
}
