/**
 * What a round says of firings that were made before it (E5): taken back, moved, given again. Until the round is written its
 * last word counts: what it took back may be found moved by what it consumes later.
 */
import type { Instant, SubjectRef } from '../../language/model.ts';
import { subjectKey } from '../../language/records/subject-key.ts';
import type { NewInput } from '../../store/evaluation/evaluator-writes.ts';
import type { FiringMark, FiringRow } from '../../store/evaluation/firings.ts';

const HOLDS: FiringMark = { undoneBy: null, moved: false, standsFor: null, standsAt: null };

interface Verdict {
  /** The firing as the store, or the batch, has it; of a contact that was merged it names the heir. */
  row: FiringRow;
  /** Of before the round. */
  before: FiringMark;
  mark: FiringMark;
  isUndone: boolean;
}

export class Verdicts {
  /** By firing id: what is still to be written. */
  readonly marks = new Map<string, FiringMark>();
  readonly #verdicts = new Map<string, Verdict>();
  /** By subject: the instant of its first late event. */
  readonly #since = new Map<string, Instant>();

  /** The instant of the first of the subject's late events of the round, one at `at` included. */
  since(subject: SubjectRef, at: Instant): Instant {
    const key = subjectKey(subject);
    const since = Math.min(at, this.#since.get(key) ?? at);
    this.#since.set(key, since);
    return since;
  }

  /** A firing as it stood before the round. */
  asBefore(row: FiringRow): FiringRow {
    return { ...row, ...this.#verdicts.get(row.id)?.before };
  }

  /** Firings of a subject that the round has taken back, or moved to an instant from `from` on. */
  touched(subject: SubjectRef, from: Instant | undefined): FiringRow[] {
    const key = subjectKey(subject);
    return [...this.#verdicts.values()].flatMap(({ row, mark }) => {
      if (subjectKey(row.subject) !== key || !mark.undoneBy) return [];
      return from === undefined || (mark.standsAt ?? Number.POSITIVE_INFINITY) >= from ? [row] : [];
    });
  }

  /** Those of a subject that the round has taken back so far, in their order. */
  undoneOf(subject: SubjectRef): { row: FiringRow; undoneBy: string }[] {
    if (this.#verdicts.size === 0) return [];
    const key = subjectKey(subject);
    const undone = [...this.#verdicts.values()].filter((one) => one.isUndone && subjectKey(one.row.subject) === key);
    return undone.map(({ row, mark }) => ({ row, undoneBy: mark.undoneBy! })).sort((a, b) => a.row.at - b.row.at);
  }

  /** Whether the round has said anything of a firing. */
  has(id: string): boolean {
    return this.#verdicts.has(id);
  }

  undo(row: FiringRow, undoneBy: string): void {
    this.#say(row, { ...HOLDS, undoneBy }, true);
  }

  move(row: FiringRow, to: { id: string; at: Instant }, undoneBy: string): void {
    this.#say(row, { undoneBy, moved: true, standsFor: to.id, standsAt: to.at });
  }

  restore(row: FiringRow): void {
    this.#say(row, HOLDS);
  }

  /** It is as it was before the round. False where the round has said nothing else of it. */
  keep(row: FiringRow): boolean {
    const known = this.#verdicts.get(row.id);
    if (!known) return false;
    this.#say(row, known.before);
    return true;
  }

  /** One that the round has made, and may have taken back, is given again. */
  given(id: string): void {
    const known = this.#verdicts.get(id);
    if (known) this.#say(known.row, HOLDS);
  }

  #say(row: FiringRow, mark: FiringMark, isUndone = false): void {
    const before = this.#verdicts.get(row.id)?.before ?? markOf(row);
    this.#verdicts.set(row.id, { row, before, mark, isUndone });
    this.marks.set(row.id, mark);
  }

  /** Journeys whose firing was made by time and is not given: they end (E5). Asked once, at the end of the round. */
  inputs(): NewInput[] {
    return [...this.#verdicts.values()].flatMap(({ row, mark, isUndone }): NewInput[] => {
      if (!isUndone || row.status !== 'enrolled' || !row.byTime) return [];
      const { id: enrolmentId, at } = row;
      return [{ enrolmentId, kind: 'undone', path: '', iteration: '', arm: 0, at, event: mark.undoneBy }];
    });
  }
}

function markOf({ undoneBy = null, moved = false, standsFor = null, standsAt = null }: FiringRow): FiringMark {
  return { undoneBy, moved, standsFor, standsAt };
}
