/**
 * Timelines as far as a step can still read them: one that waits, one that counts since its enrolment began. An event that
 * nothing names, or that lies before every open enrolment of the subject, is not kept.
 */
import type { Instant, PlaybookVersion, SubjectRef } from '../../language/model.ts';
import { TASK_ANSWERS } from '../../language/records/people/answers.ts';
import { subjectKey } from '../../language/records/subject-key.ts';
import { compareEvents, type TimelineEvent } from '../../language/records/timeline.ts';

/** How many new events there may be before those that nothing reads are dropped. */
const SLACK = 32;

interface Line {
  events: TimelineEvent[];
  pruneAtLength: number;
}

export class Timelines {
  readonly #names = new Set<string>();
  readonly #lines = new Map<string, Line>();
  /** Tickets whose last `ticket.solved` has no later `ticket.reopened` (S7). */
  readonly #solved = new Set<string>();

  constructor(versions: readonly PlaybookVersion[]) {
    for (const { playbook } of versions) {
      for (const name of playbook.listensTo) this.#names.add(name);
      for (const { kind, counts } of Object.values(playbook.steps)) {
        // The status of a task is read from its answers (S6).
        for (const name of kind === 'task' ? [...counts, ...TASK_ANSWERS] : counts) this.#names.add(name);
      }
    }
  }

  of(subject: SubjectRef): readonly TimelineEvent[] {
    return this.#lines.get(subjectKey(subject))?.events ?? [];
  }

  isSolved(ticketId: string): boolean {
    return this.#solved.has(ticketId);
  }

  /** @param since the start of the subject's oldest enrolment that may still read; undefined where there is none */
  append(subject: SubjectRef, event: TimelineEvent, since: () => Instant | undefined): void {
    if (subject.type === 'ticket') {
      if (event.name === 'ticket.solved') this.#solved.add(subject.id);
      else if (event.name === 'ticket.reopened') this.#solved.delete(subject.id);
    }
    if (!this.#names.has(event.name)) return;
    const key = subjectKey(subject);
    const from = since();
    if (from === undefined) {
      this.#lines.delete(key);
      return;
    }
    const line = this.#lines.get(key);
    if (!line) {
      this.#lines.set(key, { events: [event], pruneAtLength: SLACK });
      return;
    }
    line.events.push(event);
    if (line.events.length < line.pruneAtLength) return;
    line.events = line.events.filter(({ at }) => at > from);
    line.pruneAtLength = 2 * line.events.length + SLACK;
  }

  /** What is kept of one subject's timeline is read on another's (E6), in E4's order. */
  move(from: SubjectRef, to: SubjectRef): void {
    const line = this.#lines.get(subjectKey(from));
    this.#lines.delete(subjectKey(from));
    if (!line) return;
    const known = this.#lines.get(subjectKey(to))?.events ?? [];
    const events = [...new Set([...known, ...line.events])].sort(compareEvents);
    this.#lines.set(subjectKey(to), { events, pruneAtLength: 2 * events.length + SLACK });
  }

  /** Nothing reads the subject's timeline any more. */
  drop(subject: SubjectRef): void {
    this.#lines.delete(subjectKey(subject));
  }
}
