/** What the journeys of a run have taken: places under caps, turns, open tasks, arms of experiments. */
import type { Instant } from '../language/model.ts';
import { keyOf, type Member } from './member.ts';

export class Ledger {
  readonly #sent = new Map<string, Instant[]>();
  readonly #openTasks = new Map<string, number>();
  readonly #turns = new Map<string, number>();
  readonly #arms = new Map<string, string>();

  /** P2: a ghost takes its place against itself only. */
  takePlace(member: Member, contactId: string, messageClass: string, at: Instant): void {
    const id = `${contactId}/${messageClass}`;
    if (member.ghost) member.withheld.push({ id, at });
    else this.#sent.set(id, [...(this.#sent.get(id) ?? []), at]);
  }

  placesTaken(member: Member, contactId: string, messageClass: string, since: Instant): Instant[] {
    const id = `${contactId}/${messageClass}`;
    const own = member.withheld.filter((place) => place.id === id).map((place) => place.at);
    return [...(this.#sent.get(id) ?? []), ...own].filter((at) => at > since).sort((a, b) => a - b);
  }

  giveTask(person: string): void {
    this.#openTasks.set(person, this.openTasks(person) + 1);
  }

  openTasks(person: string): number {
    return this.#openTasks.get(person) ?? 0;
  }

  takeTurn(member: Member, person: string): void {
    member.tried.push(person);
    this.#turns.set(`${member.playbook}/${person}`, this.turns(member, person) + 1);
  }

  turns(member: Member, person: string): number {
    return this.#turns.get(`${member.playbook}/${person}`) ?? 0;
  }

  keepArm(member: Member, experiment: string, arm: string): void {
    this.#arms.set(`${member.playbook}/${experiment}/${keyOf(member.subject)}`, arm);
  }

  arm(member: Member, experiment: string): string | undefined {
    return this.#arms.get(`${member.playbook}/${experiment}/${keyOf(member.subject)}`);
  }
}
