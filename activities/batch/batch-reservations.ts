/** What members of a batch have decided before others of it: none of that is in the store yet, all of it counts. */
import type { Instant, SubjectRef } from '../../language/model.ts';
import type { TraitPatch } from '../../language/records/timeline.ts';

export class BatchReservations {
  readonly patches: TraitPatch[] = [];
  readonly #reserved: { contactId: string; messageClass: string; at: Instant }[] = [];
  readonly #tasks = new Map<string, number>();
  readonly #turns = new Map<string, number>();
  readonly #arms = new Map<string, string>();

  reserve(contactId: string, messageClass: string, at: Instant): void {
    this.#reserved.push({ contactId, messageClass, at });
  }

  reservedAt(contactId: string, messageClass: string): Instant[] {
    const isAsked = (r: { contactId: string; messageClass: string }) =>
      r.contactId === contactId && r.messageClass === messageClass;
    return this.#reserved.filter(isAsked).map((r) => r.at);
  }

  addTask(person: string): void {
    this.#tasks.set(person, this.tasks(person) + 1);
  }

  tasks(person: string): number {
    return this.#tasks.get(person) ?? 0;
  }

  addTurn(playbook: string, person: string): void {
    this.#turns.set(`${playbook}/${person}`, this.turns(playbook, person) + 1);
  }

  turns(playbook: string, person: string): number {
    return this.#turns.get(`${playbook}/${person}`) ?? 0;
  }

  assign(playbook: string, experiment: string, subject: SubjectRef, arm: string): void {
    this.#arms.set(JSON.stringify([playbook, experiment, subject.type, subject.id]), arm);
  }

  arm(playbook: string, experiment: string, subject: SubjectRef): string | undefined {
    return this.#arms.get(JSON.stringify([playbook, experiment, subject.type, subject.id]));
  }
}
