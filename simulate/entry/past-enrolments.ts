/** The enrolments that entry asks about (N1, N2): of those that have ended no more than can still refuse one. */
import type { CompiledPlaybook, Instant, SubjectRef } from '../../language/model.ts';
import { subjectKey } from '../../language/records/subject-key.ts';
import type { Firing } from '../../triggers/engine/state.ts';
import type { PastEnrolment } from '../../triggers/entry/entry.ts';
import type { VirtualEnrolment } from '../journeys/virtual-enrolment.ts';

interface Ended extends PastEnrolment {
  open: false;
  nextAt: null;
}

/** Of one (playbook, subject). */
interface Kept {
  again: CompiledPlaybook['again'];
  open: readonly { member: VirtualEnrolment; mark: string | undefined }[];
  ended: readonly Ended[];
}

/** As most have none: one list for all of them. */
const NONE: readonly never[] = [];

/** A firing enters as of its own instant, which lies no further back than a date that is learned late (T8). */
const LATE_MS = 2 * 86_400_000;
const MIN_TO_SWEEP = 1_024;

/** Marks of a clock's instance fire once (L3): what ended longer ago than this many enrolments is not asked for again. */
const MAX_SLA_ENDED = 64;

export class PastEnrolments {
  readonly #bySubject = new Map<string, Kept>();
  #sweptAtSize = MIN_TO_SWEEP;
  /** The oldest enrolment of subjects that will be merged. */
  readonly #firsts = new Map<string, { startedAt: Instant; ghost: boolean }>();
  readonly #sides = new Map<string, boolean>();
  readonly #isMerging: (subject: SubjectRef) => boolean;

  /** @param isMerging whether a subject will be another's, or has been told to take one in (E6) */
  constructor(isMerging: (subject: SubjectRef) => boolean = () => false) {
    this.#isMerging = isMerging;
  }

  of(firing: Firing): PastEnrolment[] {
    const kept = this.#bySubject.get(idOf(firing.playbook, subjectKey(firing.subject)));
    if (!kept) return [];
    const open = kept.open.map(({ member, mark }) => ({
      key: member.key,
      startedAt: member.startedAt,
      open: member.open,
      nextAt: member.nextAt,
      mark,
    }));
    return [...open, ...kept.ended];
  }

  /** The side of the holdout on which a merged subject stays (E6). */
  sideOf(firing: Firing): boolean | undefined {
    return this.#sides.get(idOf(firing.playbook, subjectKey(firing.subject)));
  }

  /** Enrolments of one subject count for another from now on; of two sides of the holdout the older stays. */
  move(from: SubjectRef, to: SubjectRef): void {
    for (const [id, kept] of [...this.#bySubject]) {
      if (!id.endsWith(`/${subjectKey(from)}`)) continue;
      this.#bySubject.delete(id);
      const target = idOf(id.slice(0, -subjectKey(from).length - 1), subjectKey(to));
      const known = this.#bySubject.get(target);
      const open = [...(known?.open ?? []), ...kept.open];
      this.#bySubject.set(target, { again: kept.again, open, ended: [...(known?.ended ?? []), ...kept.ended] });
    }
    for (const [id, first] of [...this.#firsts]) {
      if (!id.endsWith(`/${subjectKey(from)}`)) continue;
      this.#firsts.delete(id);
      const target = idOf(id.slice(0, -subjectKey(from).length - 1), subjectKey(to));
      const known = this.#firsts.get(target);
      const older = known && known.startedAt <= first.startedAt ? known : first;
      this.#firsts.set(target, older);
      this.#sides.set(target, older.ghost);
    }
  }

  add(member: VirtualEnrolment, mark: string | undefined): void {
    this.#note(member);
    const id = idOf(member.playbook, subjectKey(member.subject));
    const kept = this.#bySubject.get(id);
    if (kept) kept.open = [...kept.open, { member, mark }];
    else {
      this.#sweep(member.startedAt);
      const { again } = member.version.playbook;
      this.#bySubject.set(id, { again, open: [{ member, mark }], ended: NONE });
    }
  }

  /** Lets go of what no firing asks for any more, each time that twice as many are kept. */
  #sweep(now: Instant): void {
    if (this.#bySubject.size < 2 * this.#sweptAtSize) return;
    for (const [id, kept] of this.#bySubject) if (isOver(kept, now)) this.#bySubject.delete(id);
    this.#sweptAtSize = Math.max(MIN_TO_SWEEP, this.#bySubject.size);
  }

  #note({ playbook, subject, startedAt, ghost }: VirtualEnrolment): void {
    const id = idOf(playbook, subjectKey(subject));
    if (this.#isMerging(subject) && !this.#firsts.has(id)) this.#firsts.set(id, { startedAt, ghost });
  }

  /** Lets go of an enrolment that has ended, but for what `again` counts. */
  ended(member: VirtualEnrolment, at: Instant): void {
    const id = idOf(member.playbook, subjectKey(member.subject));
    const kept = this.#bySubject.get(id);
    const found = kept?.open.find((one) => one.member.id === member.id);
    if (!kept || !found) return;
    kept.open = kept.open.length === 1 ? NONE : kept.open.filter((one) => one !== found);
    const { key, startedAt } = member;
    const ended: Ended = { key, startedAt, open: false, nextAt: null, mark: found.mark };
    kept.ended = stillCounted(member.version.playbook, [...kept.ended, ended], at);
    if (kept.open.length === 0 && kept.ended.length === 0) this.#bySubject.delete(id);
  }
}

function isOver({ again, open, ended }: Kept, now: Instant): boolean {
  if (again.kind !== 'after' || open.length > 0) return false;
  return ended.every(({ mark, startedAt }) => mark === undefined && now - startedAt >= again.ms + LATE_MS);
}

/** `again` counts from the last start (N2): the latest of all, or the latest of each key. */
function stillCounted({ again }: CompiledPlaybook, ended: readonly Ended[], at: Instant): readonly Ended[] {
  if (ended.some(({ mark }) => mark !== undefined)) return ended.slice(-MAX_SLA_ENDED);
  if (again.kind === 'always') return NONE;
  if (again.kind === 'never') return [latest(ended)];
  const counted = ended.filter(({ startedAt }) => at - startedAt < again.ms);
  if (again.per === 'subject') return counted.length > 0 ? [latest(counted)] : NONE;
  const byKey = new Map<string, Ended>();
  for (const one of counted) {
    const known = byKey.get(one.key);
    if (!known || known.startedAt < one.startedAt) byKey.set(one.key, one);
  }
  return [...byKey.values()];
}

function latest(ended: readonly Ended[]): Ended {
  return ended.reduce((a, b) => (b.startedAt > a.startedAt ? b : a));
}

function idOf(playbook: string, subject: string): string {
  return `${playbook}/${subject}`;
}
