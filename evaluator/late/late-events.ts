/** Late events of one round that are consumed and not yet walked: those of one subject are one recomputation (E5). */
import type { SubjectRef } from '../../language/model.ts';
import { subjectKey } from '../../language/records/subject-key.ts';
import { compareEvents } from '../../language/records/timeline.ts';
import type { StoredEvent } from '../../store/events/timeline.ts';

export interface LateEvent {
  event: StoredEvent;
  /** The subjects that it and the records' traits name, before identity links are followed. */
  named: readonly SubjectRef[];
}

export class LateEvents {
  readonly #bySubject = new Map<string, { subject: SubjectRef; late: LateEvent[] }>();

  /** Those whose state waits for a walk, in the order of their first late events. */
  get subjects(): SubjectRef[] {
    return [...this.#bySubject.values()].map(({ subject }) => subject);
  }

  has(subject: SubjectRef): boolean {
    return this.#bySubject.has(subjectKey(subject));
  }

  /** In E4's order, as a round consumes them. */
  add(subject: SubjectRef, late: LateEvent): void {
    const key = subjectKey(subject);
    const known = this.#bySubject.get(key);
    if (known) known.late.push(late);
    else this.#bySubject.set(key, { subject, late: [late] });
  }

  /** The subjects' late events, each once, in E4's order; they are then walked by whoever took them. */
  take(subjects: readonly SubjectRef[]): LateEvent[] {
    const taken = new Map<number, LateEvent>();
    for (const key of subjects.map(subjectKey)) {
      for (const one of this.#bySubject.get(key)?.late ?? []) taken.set(one.event.arrival, one);
      this.#bySubject.delete(key);
    }
    return [...taken.values()].sort((a, b) => compareEvents(a.event, b.event));
  }
}
