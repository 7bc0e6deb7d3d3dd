/** What the journeys of a run have taken: places under caps, turns, open tasks, arms of experiments. */
import { Usage } from '../../evaluation/usage.ts';
import type { Instant } from '../../language/model.ts';
import { capsOf } from '../../language/time/caps.ts';
import type { OutgoingMessage } from '../../steps/step.ts';
import type { RunInput, SentMessage } from '../run/types.ts';
import { TaskList } from './task-list.ts';
import type { VirtualEnrolment } from './virtual-enrolment.ts';

export class UsageCounters extends Usage {
  readonly taskList = new TaskList();
  readonly #caps: RunInput['settings']['caps'];
  readonly #others: Iterator<SentMessage> | undefined;
  #nextOfOthers: SentMessage | undefined;
  /** As far back as the class's caps look; nothing where there is none. */
  readonly #sent = new Map<string, Instant[]>();

  constructor({ settings, sentByOthers }: Pick<RunInput, 'settings' | 'sentByOthers'>) {
    super();
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
  takePlace(member: VirtualEnrolment, { contactId, messageClass }: OutgoingMessage, at: Instant): void {
    if (contactId === undefined) return;
    if (member.ghost) member.withheldPlaces.push({ id: placeOf(contactId, messageClass), at });
    else this.#take(contactId, messageClass, at);
  }

  placesTaken(member: VirtualEnrolment, contactId: string, messageClass: string, since: Instant): Instant[] {
    const id = placeOf(contactId, messageClass);
    const own = member.withheldPlaces.filter((place) => place.id === id).map((place) => place.at);
    return [...(this.#sent.get(id) ?? []), ...own].filter((at) => at > since).sort((a, b) => a - b);
  }

  rotate(member: VirtualEnrolment, person: string, from: string | undefined): void {
    member.tried.push(person, ...(from === undefined ? [] : [from]));
    this.addTurn(member.playbook, person);
  }

  #take(contactId: string, messageClass: string, at: Instant): void {
    const caps = capsOf({ caps: this.#caps }, messageClass);
    if (caps.length === 0) return;
    const longestMs = Math.max(...caps.map(({ perMs }) => perMs));
    const id = placeOf(contactId, messageClass);
    const counted = (this.#sent.get(id) ?? []).filter((other) => other > at - longestMs);
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
