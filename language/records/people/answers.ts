/** What people answer to tasks and approvals: events that name what they answer (S6, S12, E9). */

import type { Instant, Json } from '../../model.ts';
import { own } from '../own.ts';
import type { TimelineEvent } from '../timeline.ts';

export type TaskStatus = 'open' | 'accepted' | 'done' | 'withdrawn';

/** The events that answer a task; the last one makes it open again. */
export const TASK_ANSWERS: readonly string[] = ['task.accepted', 'task.done', 'task.reopened'];

/** A task or an approval, as its answers name it. */
export interface Asked {
  /** The effect's id, which is the task's. */
  id: string;
  /** The step's path. */
  path: string;
  enrolmentId: string;
  playbook: string;
}

type Properties = { [name: string]: Json };

/** Whether an event is about another enrolment, or another playbook (E9); a provider's webhook names neither. */
export function namesAnother(
  { enrolment = null, playbook = null }: Properties,
  asked: Pick<Asked, 'enrolmentId' | 'playbook'>,
): boolean {
  return (enrolment !== null && enrolment !== asked.enrolmentId) || (playbook !== null && playbook !== asked.playbook);
}

/** Whether an event answers this very task, approval or run: it names its id, or without one its step (S6, S13). */
export function namesAsked(
  { task = null, approval = null, run = null, step = null }: Properties,
  asked: Asked,
): boolean {
  const id = task ?? approval ?? run;
  return id === null ? step === asked.path : id === asked.id;
}

/** When a task was last accepted, done and opened again: in whatever order that becomes known, it comes to the same. */
export interface TaskAnswered {
  acceptedAt: Instant | null;
  doneAt: Instant | null;
  reopenedAt: Instant | null;
}

export const NOT_ANSWERED: TaskAnswered = { acceptedAt: null, doneAt: null, reopenedAt: null };

const FIELDS: { [event: string]: keyof TaskAnswered } = {
  'task.accepted': 'acceptedAt',
  'task.done': 'doneAt',
  'task.reopened': 'reopenedAt',
};

export function withAnswer(before: TaskAnswered, name: string, at: Instant): TaskAnswered {
  const field = own(FIELDS, name);
  return field === undefined ? before : { ...before, [field]: Math.max(at, before[field] ?? at) };
}

/** What the answers make of a task that nobody has withdrawn. */
export function statusOf({ acceptedAt, doneAt, reopenedAt }: TaskAnswered): Exclude<TaskStatus, 'withdrawn'> {
  const counts = (at: Instant | null) => at !== null && (reopenedAt === null || at > reopenedAt);
  if (counts(doneAt)) return 'done';
  return counts(acceptedAt) ? 'accepted' : 'open';
}

/** What the answers on a timeline make of a task. @param since its beginning: answers come after it */
export function statusAmong(
  events: Iterable<Pick<TimelineEvent, 'name' | 'at' | 'properties'>>,
  asked: Asked,
  since: Instant,
): Exclude<TaskStatus, 'withdrawn'> {
  let answered = NOT_ANSWERED;
  for (const { name, at, properties } of events) {
    if (at <= since || !TASK_ANSWERS.includes(name)) continue;
    if (namesAnother(properties, asked) || !namesAsked(properties, asked)) continue;
    answered = withAnswer(answered, name, at);
  }
  return statusOf(answered);
}
