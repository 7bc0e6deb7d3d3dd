/** What open enrolments wait for in virtual time, by subject. */
import type { OpenSubscription } from '../../evaluation/session.ts';
import type { Instant, SubjectRef } from '../../language/model.ts';
import { subjectKey } from '../../language/records/subject-key.ts';
import { type Subscription, watchesState } from '../../triggers/entry/subscriptions.ts';
import type { VirtualEnrolment } from './virtual-enrolment.ts';

export interface SubscriptionRow extends OpenSubscription {
  readonly enrolment: VirtualEnrolment;
}

export function rowOf(
  enrolment: VirtualEnrolment,
  { path, iteration }: Pick<SubscriptionRow, 'path' | 'iteration'>,
  subscription: Subscription,
): SubscriptionRow {
  return { enrolment, version: enrolment.version, path, iteration, subscription, gone: false };
}

const NO_ROWS: readonly SubscriptionRow[] = [];

export class SubscriptionRows {
  /** Goals first. A list that was handed out stays as it is: what changes is another one. */
  readonly #bySubject = new Map<string, readonly SubscriptionRow[]>();
  /** Subjects with a row that time alone may match. */
  readonly #watching = new Map<string, SubjectRef>();

  /** Goals first: what is goal and exit at once is the goal (G1). */
  of(subject: SubjectRef): readonly SubscriptionRow[] {
    return this.#bySubject.get(subjectKey(subject)) ?? NO_ROWS;
  }

  ofEnrolment(member: VirtualEnrolment): SubscriptionRow[] {
    return this.of(member.subject).filter((row) => row.enrolment === member);
  }

  add(row: SubscriptionRow): void {
    const { subject } = row.enrolment;
    const rows = this.of(subject);
    if (row.subscription.kind === 'goal') this.#bySubject.set(subjectKey(subject), goalsFirst([...rows, row]));
    else this.#bySubject.set(subjectKey(subject), [...rows, row]);
    if (watchesState(row.subscription.arms)) this.#watching.set(subjectKey(subject), subject);
  }

  drop(row: SubscriptionRow): void {
    this.#keep(row.enrolment.subject, (other) => other !== row);
  }

  /** Drops what one step of an enrolment, its goal or its exits wait for. */
  dropOf(member: VirtualEnrolment, path: string): void {
    this.#keep(member.subject, (row) => row.enrolment !== member || row.path !== path);
  }

  /** Moves what is awaited on one subject's timeline to another's. */
  move(from: SubjectRef, to: SubjectRef): void {
    const rows = this.#bySubject.get(subjectKey(from));
    if (!rows) return;
    this.#bySubject.delete(subjectKey(from));
    this.#bySubject.set(subjectKey(to), goalsFirst([...this.of(to), ...rows]));
    if (this.#watching.delete(subjectKey(from))) this.#watching.set(subjectKey(to), to);
  }

  /** Drops goals of ended enrolments whose time is over. */
  dropOver(subject: SubjectRef, at: Instant): void {
    this.#keep(subject, ({ subscription: { until }, enrolment }) => enrolment.open || until === null || until >= at);
  }

  /** Whether something is awaited on the subject that time alone may bring. */
  isWatching(subject: SubjectRef): boolean {
    return this.#watching.has(subjectKey(subject));
  }

  /** Subjects on which something is awaited that time alone may bring. */
  watching(): Iterable<SubjectRef> {
    return this.#watching.values();
  }

  #keep(subject: SubjectRef, keeps: (row: SubscriptionRow) => boolean): void {
    const id = subjectKey(subject);
    const before = this.#bySubject.get(id);
    if (!before) return;
    if (before.every(keeps)) return;
    const left = before.filter(keeps);
    if (left.length > 0) this.#bySubject.set(id, left);
    else this.#bySubject.delete(id);
    if (!left.some((row) => watchesState(row.subscription.arms))) this.#watching.delete(id);
  }
}

function goalsFirst(rows: readonly SubscriptionRow[]): SubscriptionRow[] {
  const isGoal = ({ subscription }: SubscriptionRow) => subscription.kind === 'goal';
  return [...rows.filter(isGoal), ...rows.filter((row) => !isGoal(row))];
}
