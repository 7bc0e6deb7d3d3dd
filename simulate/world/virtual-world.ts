/**
 * The world in virtual time: records, timelines, trigger state. Everything is consumed in E4's order, so what is here now is
 * what holds at the place that is being evaluated.
 */
import { RecordWorld } from '../../evaluation/record-world.ts';
import { timelineSubjects } from '../../events/timeline-subjects.ts';
import type { Instant } from '../../language/model.ts';
import { ANONYMOUS_PREFIX } from '../../language/records/identity-links.ts';
import {
  DUPLICATES,
  isOfSet,
  LikenessIndex,
  type RecordSet,
  tooManyOfSet,
} from '../../language/records/lists/overviews.ts';
import { listsRead, MAX_RELATED, type RelatedList, tooManyWords } from '../../language/records/relations.ts';
import { subjectKey } from '../../language/records/subject-key.ts';
import {
  addressKey,
  BOUNCED_TRAIT,
  type Suppression,
  stronger,
  suppressionOf,
} from '../../language/records/suppression.ts';
import type { TimelineEvent } from '../../language/records/timeline.ts';
import { applyPatch } from '../../language/records/traits.ts';
import { emptyState, type SubjectState } from '../../triggers/engine/state.ts';
import type { TriggerProgram } from '../../triggers/index/program.ts';
import type { People, RecordType, SubjectRef, TraitPatch, Traits } from '../run/types.ts';
import { Timelines } from './timelines.ts';

export class VirtualWorld extends RecordWorld {
  readonly timelines: Timelines;
  readonly #states: Map<string, SubjectState>;
  /** Of whichever state is being evaluated: nothing is stored from here, so one set does for all. */
  readonly #touched = new Set<string>();
  /** Contacts of whom something is known that stops mails, by the address that they had; some may have another by now. */
  readonly #suppressed = new Map<string, Set<string>>();
  /** Addresses that mails have come back from. */
  readonly #bounced = new Set<string>();
  /** Contacts' ids that are another's. */
  readonly #owners = new Map<string, string>();
  /** Ids that a contact has been given, by the contact; some may be another's by now. */
  readonly #given = new Map<string, Set<string>>();

  /** Kept only where a playbook counts contacts that are likely one person (W3). */
  readonly #alike: LikenessIndex | undefined;

  constructor(program: TriggerProgram, people: People) {
    const states = new Map<string, SubjectState>();
    const versions = [...program.versions.values()];
    // Steps read lists, too.
    super(program, people, { records: new Map(), states, readsLists: listsRead(versions).size > 0 });
    this.#states = states;
    this.timelines = new Timelines(versions);
    if (JSON.stringify(versions).includes(DUPLICATES)) this.#alike = new LikenessIndex();
  }

  /** Ids of the records of a set that have come up, in their order (W3). @throws Error for more than 10,000 */
  recordsOf(set: RecordSet): string[] {
    const found: string[] = [];
    for (const id of this.idsOf(set.type)) {
      if (id.startsWith(ANONYMOUS_PREFIX) || this.#owners.has(id)) continue;
      if (isOfSet(set, this.records.get(subjectKey({ type: set.type, id }))!)) found.push(id);
    }
    if (found.length > MAX_RELATED) throw new Error(tooManyOfSet(set));
    return found.sort();
  }

  /** How many other contacts are likely the same person (W3). */
  duplicates(named: string): number {
    const id = this.ownerOf(named);
    const traits = this.records.get(subjectKey({ type: 'contact', id }));
    return traits === undefined ? 0 : this.#alike!.count(id, traits);
  }

  /** A contact's id is another's from now on (E6). */
  follow(id: string, owner: string): void {
    if (id === owner) return;
    this.#owners.set(id, owner);
    this.#given.set(owner, (this.#given.get(owner) ?? new Set()).add(id));
  }

  /** One contact's record and timeline become part of another's (E6). */
  join(from: string, into: string, traits: Traits | undefined): void {
    this.put('contact', from, undefined);
    this.put('contact', into, traits);
    this.timelines.move({ type: 'contact', id: from }, { type: 'contact', id: into });
  }

  protected override ownerOf(contactId: string): string {
    let owner = contactId;
    if (this.#owners.size === 0) return owner;
    for (let next = this.#owners.get(owner); next !== undefined && next !== owner; next = this.#owners.get(owner))
      owner = next;
    return owner;
  }

  protected override namesOf(contactId: string): readonly string[] {
    const names = new Set([contactId]);
    // A set's walk comes to what is added on the way.
    for (const id of names) for (const given of this.#given.get(id) ?? []) names.add(given);
    return [...names].filter((id) => this.ownerOf(id) === contactId);
  }

  /** Ids of the records of a type that have come up. */
  *idsOf(type: RecordType): Iterable<string> {
    const prefix = `${type}/`;
    for (const key of this.records.keys()) if (key.startsWith(prefix)) yield key.slice(prefix.length);
  }

  /** @throws Error for a list of more than 10,000 records: a run has no operator to tell. */
  protected override onTooLong(list: RelatedList, id: string): void {
    throw new Error(tooManyWords(list, id));
  }

  /** Writes traits: the last write wins (E6). */
  merge({ type, id, traits }: TraitPatch): void {
    this.put(type, id, applyPatch(this.records.get(subjectKey({ type, id })), traits));
  }

  /** The subjects whose timelines an event is on (E8), in (type, id) order, after its patches were merged. */
  subjectsOf(event: TimelineEvent): SubjectRef[] {
    return timelineSubjects(event, (type, id) => this.traits(type, id));
  }

  /** What stops mails to a contact: of its own, and of whoever has its address (P3). */
  suppressionOf(contactId: string): Suppression | undefined {
    const traits = this.traits('contact', contactId);
    const address = addressKey(traits);
    let found = suppressionOf(traits);
    if (address !== undefined && this.#bounced.has(address)) found = stronger(found, 'bounced');
    for (const id of (address !== undefined && this.#suppressed.get(address)) || []) {
      const other = this.traits('contact', id);
      if (addressKey(other) === address) found = stronger(found, suppressionOf(other));
    }
    return found;
  }

  protected override put(type: RecordType, id: string, traits: Traits | undefined): void {
    if (type === 'contact' && !id.startsWith(ANONYMOUS_PREFIX)) {
      this.#alike?.change(id, this.records.get(subjectKey({ type, id })), traits);
    }
    super.put(type, id, traits);
    if (type !== 'contact') return;
    const bounced = traits?.[BOUNCED_TRAIT];
    if (typeof bounced === 'string') this.#bounced.add(bounced);
    if (suppressionOf(traits) === undefined) return;
    const address = addressKey(traits);
    if (address === undefined) return;
    const ids = this.#suppressed.get(address) ?? new Set();
    this.#suppressed.set(address, ids.add(id));
  }

  stateOf(subject: SubjectRef): SubjectState {
    const key = subjectKey(subject);
    let state = this.#states.get(key);
    if (!state) this.#states.set(key, (state = { ...emptyState(subject), touched: this.#touched }));
    return state;
  }

  /** Of every subject that has come up. */
  states(): Iterable<SubjectState> {
    return this.#states.values();
  }

  timelineOf(subject: SubjectRef): readonly TimelineEvent[] {
    return this.timelines.of(subject);
  }

  /** @param since when the oldest journey that may read the subject's timeline began */
  append(subject: SubjectRef, event: TimelineEvent, since: () => Instant | undefined): void {
    this.timelines.append(subject, event, since);
  }
}
