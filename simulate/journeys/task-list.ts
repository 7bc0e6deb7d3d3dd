/** Tasks of a run, as production keeps them in rows: whose they are, and what people have answered. */
import type { Instant, SubjectRef } from '../../language/model.ts';
import {
  type Asked,
  NOT_ANSWERED,
  namesAnother,
  namesAsked,
  statusOf,
  type TaskAnswered,
  withAnswer,
} from '../../language/records/people/answers.ts';
import { subjectKey } from '../../language/records/subject-key.ts';
import type { TimelineEvent } from '../../language/records/timeline.ts';
import type { TaskPlace } from '../../steps/step.ts';
import type { VirtualEnrolment } from './virtual-enrolment.ts';

interface VirtualTask extends TaskPlace {
  asked: Asked;
  since: Instant;
  assignee: string | null;
  answered: TaskAnswered;
}

export class TaskList {
  /** Those that nobody has withdrawn, by their subjects. */
  readonly #bySubject = new Map<string, VirtualTask[]>();
  /** How many each colleague has to do. */
  readonly #open = new Map<string, number>();

  create(member: VirtualEnrolment, place: TaskPlace, task: { id: string; assignee: string | null; at: Instant }): void {
    const { id, assignee, at } = task;
    const asked = { id, path: place.path, enrolmentId: member.id, playbook: member.playbook };
    const created = { ...place, asked, since: at, assignee, answered: NOT_ANSWERED };
    this.#bySubject.set(subjectKey(member.subject), [...this.#of(member.subject), created]);
    this.#count(assignee, 1);
  }

  answer(subject: SubjectRef, { name, at, properties }: TimelineEvent): void {
    for (const task of this.#of(subject)) {
      const { asked, since, answered } = task;
      if (at <= since || namesAnother(properties, asked) || !namesAsked(properties, asked)) continue;
      const wasOpen = isOpen(task);
      task.answered = withAnswer(answered, name, at);
      this.#count(task.assignee, Number(isOpen(task)) - Number(wasOpen));
    }
  }

  withdraw({ subject }: VirtualEnrolment, id: string): void {
    const task = this.#of(subject).find(({ asked }) => asked.id === id);
    if (task && isOpen(task)) this.#count(task.assignee, -1);
    this.#keep(subject, (other) => other !== task);
  }

  /** Two subjects have become one (E6). */
  merge(from: SubjectRef, to: SubjectRef): void {
    const moved = this.#of(from);
    if (moved.length > 0) this.#bySubject.set(subjectKey(to), [...this.#of(to), ...moved]);
    this.#bySubject.delete(subjectKey(from));
  }

  /** What nothing asks about any more. */
  forget({ id, subject }: VirtualEnrolment): void {
    this.#keep(subject, ({ asked }) => asked.enrolmentId !== id);
  }

  /** Tasks of an enrolment that are not done and not withdrawn. */
  ofEnrolment({ id, subject }: VirtualEnrolment): TaskPlace[] {
    return this.#of(subject).filter((task) => task.asked.enrolmentId === id && isOpen(task));
  }

  openOf(person: string): number {
    return this.#open.get(person) ?? 0;
  }

  #of(subject: SubjectRef): readonly VirtualTask[] {
    return this.#bySubject.get(subjectKey(subject)) ?? [];
  }

  #keep(subject: SubjectRef, keeps: (task: VirtualTask) => boolean): void {
    const left = this.#of(subject).filter(keeps);
    if (left.length > 0) this.#bySubject.set(subjectKey(subject), left);
    else this.#bySubject.delete(subjectKey(subject));
  }

  #count(person: string | null, change: number): void {
    if (person !== null && change !== 0) this.#open.set(person, this.openOf(person) + change);
  }
}

function isOpen({ answered }: VirtualTask): boolean {
  return statusOf(answered) !== 'done';
}
