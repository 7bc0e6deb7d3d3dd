/** Firings that `audience` refused and that wait to be passed through again (`if_refused`, N1), in virtual time. */
import type { Instant, PlaybookVersion, SubjectRef } from '../../language/model.ts';
import { subjectKey } from '../../language/records/subject-key.ts';
import type { Place, TimelineEvent } from '../../language/records/timeline.ts';
import type { World } from '../../language/records/world.ts';
import type { Firing } from '../../triggers/engine/state.ts';
import { type AudienceDecision, decideAudience } from '../../triggers/entry/audience-wait.ts';

export interface AudienceWait {
  version: PlaybookVersion;
  firing: Firing;
  until: Instant;
}

/** At most as many of one subject: beyond them the oldest is refused for good. */
const MAX_OF_SUBJECT = 1_000;

export class AudienceWaits {
  readonly #bySubject = new Map<string, AudienceWait[]>();

  /** @returns the one that has to give way, where there are too many */
  add(wait: AudienceWait): AudienceWait | undefined {
    const key = subjectKey(wait.firing.subject);
    const waits = this.#bySubject.get(key);
    if (!waits) this.#bySubject.set(key, [wait]);
    else if (waits.push(wait) > MAX_OF_SUBJECT) return waits.shift();
    return undefined;
  }

  /** Those of a subject for which a look decides something; they wait no longer. */
  decide(
    subject: SubjectRef,
    {
      world,
      place,
      event,
      timeZone,
    }: { world: World; place: Place; event: TimelineEvent | undefined; timeZone: string },
  ): { wait: AudienceWait; verdict: NonNullable<AudienceDecision> }[] {
    const key = subjectKey(subject);
    const waits = this.#bySubject.get(key);
    if (!waits) return [];
    const decided: { wait: AudienceWait; verdict: NonNullable<AudienceDecision> }[] = [];
    const left = waits.filter((wait) => {
      const { playbook } = wait.version;
      const view = { world, subject, place, zone: playbook.timeZone ?? timeZone, ...(event && { event }) };
      const verdict = decideAudience(playbook, wait, event, view);
      if (verdict) decided.push({ wait, verdict });
      return !verdict;
    });
    if (left.length === 0) this.#bySubject.delete(key);
    else this.#bySubject.set(key, left);
    return decided;
  }

  /** What waits for one subject waits for another (E6). */
  move(from: SubjectRef, to: SubjectRef): void {
    const waits = this.#bySubject.get(subjectKey(from));
    this.#bySubject.delete(subjectKey(from));
    for (const wait of waits ?? []) this.add({ ...wait, firing: { ...wait.firing, subject: to } });
  }

  /** Those that nothing has decided, at the end of a run. */
  left(): AudienceWait[] {
    return [...this.#bySubject.values()].flat();
  }
}
