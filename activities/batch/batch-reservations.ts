/** What members of a batch have decided before others of it: none of that is in the store yet, all of it counts. */
import { Usage } from '../../evaluation/usage.ts';
import type { Instant, SubjectRef } from '../../language/model.ts';
import type { TraitPatch } from '../../language/records/timeline.ts';
import type { StepDecision } from '../../steps/step.ts';

export class BatchReservations extends Usage {
  readonly patches: TraitPatch[] = [];
  readonly #reserved: { contactId: string; messageClass: string; at: Instant }[] = [];

  reservedAt(contactId: string, messageClass: string): Instant[] {
    const isAsked = (r: { contactId: string; messageClass: string }) =>
      r.contactId === contactId && r.messageClass === messageClass;
    return this.#reserved.filter(isAsked).map((r) => r.at);
  }

  /** Takes what a decision of an enrolment uses up. */
  take(enrolment: { playbook: string; subject: SubjectRef }, { outgoing, writes }: StepDecision, at: Instant): void {
    const { contactId, messageClass } = outgoing ?? {};
    if (contactId !== undefined && messageClass) this.#reserved.push({ contactId, messageClass, at });
    for (const write of writes ?? []) {
      if (write.write === 'traits') this.patches.push({ type: write.type, id: write.id, traits: write.traits });
      else if (write.write === 'task' && write.assignee !== null) this.addTask(write.assignee);
      else if (write.write === 'tried') this.addTurn(enrolment.playbook, write.person);
      else if (write.write === 'assignment') this.assign(enrolment, write.experiment, write.arm);
    }
  }
}
