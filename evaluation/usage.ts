/** What journeys have used up of what they share: open tasks and turns of colleagues, arms of experiments. */
import type { SubjectRef } from '../language/model.ts';
import { subjectKey } from '../language/records/subject-key.ts';

export class Usage {
  readonly #tasks = new Map<string, number>();
  /** Of each colleague the number of the latest turn, and the latest of each playbook. */
  readonly #turns = new Map<string, number>();
  readonly #latest = new Map<string, number>();
  /** In the order in which they were drawn. */
  readonly #arms = new Map<string, { experiment: string; subject: string; arm: string }>();

  addTask(person: string): void {
    this.#tasks.set(person, this.tasks(person) + 1);
  }

  tasks(person: string): number {
    return this.#tasks.get(person) ?? 0;
  }

  addTurn(playbook: string, person: string): void {
    const turn = 1 + (this.#latest.get(playbook) ?? 0);
    this.#latest.set(playbook, turn);
    this.#turns.set(keyOf(playbook, person), turn);
  }

  lastTurn(playbook: string, person: string): number | undefined {
    return this.#turns.get(keyOf(playbook, person));
  }

  assign({ playbook, subject }: { playbook: string; subject: SubjectRef }, experiment: string, arm: string): void {
    this.#keep({ experiment: keyOf(playbook, experiment), subject: subjectKey(subject), arm });
  }

  arm({ playbook, subject }: { playbook: string; subject: SubjectRef }, experiment: string): string | undefined {
    return this.#arms.get(keyOf(keyOf(playbook, experiment), subjectKey(subject)))?.arm;
  }

  /** Of two arms of one experiment the older stays (E6). */
  moveArms(from: SubjectRef, to: SubjectRef): void {
    const [left, joined] = [subjectKey(from), subjectKey(to)];
    const older = new Set<string>();
    for (const [key, kept] of [...this.#arms]) {
      if (kept.subject !== left && kept.subject !== joined) continue;
      if (kept.subject === left) this.#arms.delete(key);
      if (older.size !== older.add(kept.experiment).size) this.#keep({ ...kept, subject: joined });
    }
  }

  #keep(kept: { experiment: string; subject: string; arm: string }): void {
    this.#arms.set(keyOf(kept.experiment, kept.subject), kept);
  }
}

function keyOf(...parts: string[]): string {
  return JSON.stringify(parts);
}
