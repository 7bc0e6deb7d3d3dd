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
  mark: FiringMark;
}

export class Verdicts {
  /** By firing id: what is still to be written. */
  readonly marks = new Map<string, FiringMark>();
  readonly #verdicts = new Map<string, Verdict>();

  /** Firings of a subject that the round has moved to an instant from `from` on. */
  movedTo(subject: SubjectRef, from: Instant | undefined): FiringRow[] {
    const key = subjectKey(subject);
    return [...this.#verdicts.values()].flatMap(({ row, mark }) => {
      if (mark.standsAt === null || subjectKey(row.subject) !== key) return [];
      return from === undefined || mark.standsAt >= from ? [{ ...row, ...mark }] : [];
    });
  }

  /** Those of a subject that the round has taken back so far, in their order. */
  undoneOf(subject: SubjectRef): { row: FiringRow; undoneBy: string }[] {
    if (this.#verdicts.size === 0) return [];
    const key = subjectKey(subject);
    const undone = [...this.#verdicts.values()].filter((one) => isUndone(one) && subjectKey(one.row.subject) === key);
    return undone.map(({ row, mark }) => ({ row, undoneBy: mark.undoneBy! })).sort((a, b) => a.row.at - b.row.at);
  }

  undo(row: FiringRow, undoneBy: string): void {
    this.#say(row, { ...HOLDS, undoneBy });
  }

  move(row: FiringRow, to: { id: string; at: Instant }, undoneBy: string): void {
    this.#say(row, { undoneBy, moved: true, standsFor: to.id, standsAt: to.at });
  }

  restore(row: FiringRow): void {
    this.#say(row, HOLDS);
  }

  /** One that the round has made, and may have taken back, is given again. */
  given(id: string): void {
    const known = this.#verdicts.get(id);
    if (known) this.#say(known.row, HOLDS);
  }

  #say(row: FiringRow, mark: FiringMark): void {
    this.#verdicts.set(row.id, { row, mark });
    this.marks.set(row.id, mark);
  }

  /** Journeys whose firing was made by time and is not given: they end (E5). Asked once, at the end of the round. */
  inputs(): NewInput[] {
    return [...this.#verdicts.values()].filter(isUndone).flatMap(({ row, mark }): NewInput[] => {
      if (row.status !== 'enrolled' || !row.byTime) return [];
      const { id: enrolmentId, at } = row;
      return [{ enrolmentId, kind: 'undone', path: '', iteration: '', arm: 0, at, event: mark.undoneBy }];
    });
  }
}

function isUndone({ mark }: Verdict): boolean {
  return mark.undoneBy !== null && !mark.moved;
}
