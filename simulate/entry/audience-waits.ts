/** Firings that wait for their audience (`if_refused`, N1), in virtual time. */
import type { AudienceWait } from '../../evaluation/session.ts';
import { enrolmentIdOf } from '../../language/hash.ts';
import type { SubjectRef } from '../../language/model.ts';
import { subjectKey } from '../../language/records/subject-key.ts';
import { inherited } from '../../triggers/engine/state.ts';

/** At most as many of one subject: of more the oldest is refused for good. */
const MAX_OF_SUBJECT = 1_000;

const NONE: readonly AudienceWait[] = [];

export class AudienceWaits {
  /** A list that was handed out stays as it is. */
  readonly #bySubject = new Map<string, readonly AudienceWait[]>();

  of(subject: SubjectRef): readonly AudienceWait[] {
    return this.#bySubject.size === 0 ? NONE : (this.#bySubject.get(subjectKey(subject)) ?? NONE);
  }

  /** @returns the one that has to give way, where there are too many */
  add(wait: AudienceWait): AudienceWait | undefined {
    const waits = [...this.of(wait.firing.subject), wait];
    const outdone = waits.length > MAX_OF_SUBJECT ? waits.shift() : undefined;
    this.#bySubject.set(subjectKey(wait.firing.subject), waits);
    return outdone;
  }

  remove(wait: AudienceWait): void {
    const key = subjectKey(wait.firing.subject);
    const left = this.of(wait.firing.subject).filter((one) => one !== wait);
    if (left.length === 0) this.#bySubject.delete(key);
    else this.#bySubject.set(key, left);
  }

  /** What waits for one subject waits for another (E6). */
  move(from: SubjectRef, to: SubjectRef): void {
    const waits = this.of(from);
    this.#bySubject.delete(subjectKey(from));
    for (const { firing, until } of waits) {
      const moved = inherited(firing, to);
      this.add({ firing: moved, id: enrolmentIdOf(moved), until });
    }
  }

  /** Those that nothing has decided, at the end of a run. */
  left(): AudienceWait[] {
    return [...this.#bySubject.values()].flat();
  }
}
