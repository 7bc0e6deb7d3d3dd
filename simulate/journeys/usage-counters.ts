/** What the journeys of a run have taken: places under caps, turns, open tasks, arms of experiments. */
import type { Instant, SubjectRef } from '../../language/model.ts';
import { subjectKey } from '../../language/records/subject-key.ts';
import type { Outgoing } from '../../steps/step.ts';
import type { RunInput, SentMessage } from '../run/types.ts';
import type { VirtualEnrolment } from './virtual-enrolment.ts';

export class UsageCounters {
  readonly #caps: RunInput['settings']['caps'];
  readonly #others: Iterator<SentMessage> | undefined;
  #nextOfOthers: SentMessage | undefined;
  /** As far back as the class's cap looks; nothing where there is none. */
  readonly #sent = new Map<string, Instant[]>();
  readonly #openTasks = new Map<string, number>();
  readonly #turns = new Map<string, number>();
  readonly #arms = new Map<string, string>();

  constructor({ settings, sentByOthers }: Pick<RunInput, 'settings' | 'sentByOthers'>) {
    this.#caps = settings.caps;
    this.#others = sentByOthers?.[Symbol.iterator]();
    this.#readOthers();
  }

  /** Time has come to an instant: what others sent up to it has taken its places (V4). */
  advance(at: Instant): void {
    for (let sent = this.#nextOfOthers; sent && sent.at <= at; sent = this.#nextOfOthers) {
      this.#take(sent.contactId, sent.messageClass, sent.at);
      this.#readOthers();
    }
  }

  /** P2: a ghost takes its place against itself only. */
  takePlace(member: VirtualEnrolment, { contactId, messageClass }: Outgoing, at: Instant): void {
    if (contactId === undefined) return;
    if (member.ghost) member.suppressedPlaces.push({ id: placeOf(contactId, messageClass), at });
    else this.#take(contactId, messageClass, at);
  }

  placesTaken(member: VirtualEnrolment, contactId: string, messageClass: string, since: Instant): Instant[] {
    const id = placeOf(contactId, messageClass);
    const own = member.suppressedPlaces.filter((place) => place.id === id).map((place) => place.at);
    return [...(this.#sent.get(id) ?? []), ...own].filter((at) => at > since).sort((a, b) => a - b);
  }

  giveTask(person: string): void {
    this.#openTasks.set(person, this.openTasks(person) + 1);
  }

  openTasks(person: string): number {
    return this.#openTasks.get(person) ?? 0;
  }

  rotate(member: VirtualEnrolment, person: string): void {
    member.tried.push(person);
    this.#turns.set(`${member.playbook}/${person}`, this.rotation(member, person) + 1);
  }

  rotation(member: VirtualEnrolment, person: string): number {
    return this.#turns.get(`${member.playbook}/${person}`) ?? 0;
  }

  keepArm(member: VirtualEnrolment, experiment: string, arm: string): void {
    this.#arms.set(`${member.playbook}/${experiment}/${subjectKey(member.subject)}`, arm);
  }

  arm(member: VirtualEnrolment, experiment: string): string | undefined {
    return this.#arms.get(`${member.playbook}/${experiment}/${subjectKey(member.subject)}`);
  }

  /** Of two stored arms of one experiment the older stays (E6): they stand in the order in which they were drawn. */
  moveArms(from: SubjectRef, to: SubjectRef): void {
    const ends = [from, to].map((subject) => `/${subjectKey(subject)}`);
    const older = new Map<string, string>();
    for (const [id, arm] of [...this.#arms]) {
      const end = ends.find((one) => id.endsWith(one));
      if (end === undefined) continue;
      const base = id.slice(0, -end.length);
      if (!older.has(base)) older.set(base, arm);
      if (end === ends[0]) this.#arms.delete(id);
    }
    for (const [base, arm] of older) this.#arms.set(`${base}${ends[1]}`, arm);
  }

  #take(contactId: string, messageClass: string, at: Instant): void {
    const cap = Object.hasOwn(this.#caps, messageClass) ? this.#caps[messageClass] : undefined;
    if (!cap) return;
    const id = placeOf(contactId, messageClass);
    const counted = (this.#sent.get(id) ?? []).filter((other) => other > at - cap.perMs);
    this.#sent.set(id, [...counted, at]);
  }

  #readOthers(): void {
    const read = this.#others?.next();
    this.#nextOfOthers = read === undefined || read.done ? undefined : read.value;
  }
}

function placeOf(contactId: string, messageClass: string): string {
  return `${contactId}/${messageClass}`;
}
