/** The journeys of a run by their subjects, as long as they can move or a goal of theirs can still be met. */
import type { Instant, SubjectRef } from '../../language/model.ts';
import { subjectKey } from '../../language/records/subject-key.ts';
import { Agenda } from '../run/agenda.ts';
import type { Timelines } from '../world/timelines.ts';
import type { JourneyPorts } from './journey-ports.ts';
import type { SubscriptionRows } from './subscription-rows.ts';
import type { VirtualEnrolment } from './virtual-enrolment.ts';

type MergePorts = Pick<JourneyPorts, 'lastMergeAt' | 'isRead'>;

export class OpenEnrolments {
  readonly #rows: SubscriptionRows;
  readonly #timelines: Timelines;
  readonly #ports: MergePorts;
  /** They may read their subject's timeline. */
  readonly #bySubject = new Map<string, Set<VirtualEnrolment>>();
  /** Ended enrolments whose goal may still be met, until its time is over (G2). */
  readonly #converting = new Set<VirtualEnrolment>();
  readonly #goalsOver = new Agenda<VirtualEnrolment>();

  /** @param ports of merges: the last one may bring a goal from within its time */
  constructor(rows: SubscriptionRows, timelines: Timelines, ports: MergePorts) {
    this.#rows = rows;
    this.#timelines = timelines;
    this.#ports = ports;
  }

  add(member: VirtualEnrolment): void {
    const key = subjectKey(member.subject);
    const others = this.#bySubject.get(key);
    if (others) others.add(member);
    else this.#bySubject.set(key, new Set([member]));
  }

  /** It has ended: nothing wakes it. */
  forget(member: VirtualEnrolment): void {
    const key = subjectKey(member.subject);
    const others = this.#bySubject.get(key);
    others?.delete(member);
    if (others?.size === 0) this.#bySubject.delete(key);
    this.#dropUnread(member.subject);
  }

  /**
   * Enrolments of one subject are another's from now on (E6).
   *
   * @returns open ones that have an older open one of the same playbook and key
   */
  merge(from: SubjectRef, to: SubjectRef): VirtualEnrolment[] {
    const moved = new Set([...(this.#bySubject.get(subjectKey(from)) ?? [])]);
    for (const { enrolment } of this.#rows.of(from)) moved.add(enrolment);
    this.#rows.move(from, to);
    const others = this.#bySubject.get(subjectKey(from));
    this.#bySubject.delete(subjectKey(from));
    if (others)
      this.#bySubject.set(subjectKey(to), new Set([...(this.#bySubject.get(subjectKey(to)) ?? []), ...others]));
    for (const member of moved) member.subject = to;
    const seen = new Set<string>();
    return [...(this.#bySubject.get(subjectKey(to)) ?? [])]
      .filter((one) => one.open && !one.isConversion)
      .sort((a, b) => a.startedAt - b.startedAt || (a.id < b.id ? -1 : 1))
      .filter(({ playbook, key }) => seen.size === seen.add(JSON.stringify([playbook, key])).size);
  }

  /** Since when a journey may read a subject's timeline; undefined where none does. */
  readsSince(subject: SubjectRef): Instant | undefined {
    let since: Instant | undefined;
    for (const { startedAt } of this.#bySubject.get(subjectKey(subject)) ?? []) {
      if (since === undefined || startedAt < since) since = startedAt;
    }
    for (const { enrolment } of this.#rows.of(subject)) {
      if (since === undefined || enrolment.startedAt < since) since = enrolment.startedAt;
    }
    return since;
  }

  /** It has ended, and its goal counts as a conversion until then, also where a merge brings it later (E6). */
  mayConvert(member: VirtualEnrolment, until: Instant): void {
    this.#converting.add(member);
    this.#goalsOver.push(Math.max(until, this.#ports.lastMergeAt(member.subject) ?? until), member);
  }

  /** Drops goals of ended enrolments whose time was over before an instant. */
  letGo(at: Instant): void {
    for (let next = this.#goalsOver.peek(); next && next.at < at; next = this.#goalsOver.peek()) {
      this.#goalsOver.pop();
      const member = next.who;
      if (!this.#converting.delete(member)) continue;
      this.#rows.dropOver(member.subject, at);
      this.#dropUnread(member.subject);
    }
  }

  #dropUnread(subject: SubjectRef): void {
    if (!this.#ports.isRead(subject)) this.#timelines.drop(subject);
  }
}
