/** Records as a preview reads them: the store's, else those of the sample, and over both what was given. */
import {
  type Json,
  type People,
  RECORD_TYPES,
  type RecordType,
  type SubjectRef,
  type Traits,
} from '../../../language/model.ts';
import type { RelatedList } from '../../../language/records/relations.ts';
import { subjectKey } from '../../../language/records/subject-key.ts';
import type { Place } from '../../../language/records/timeline.ts';
import { isRecord, relationsOf, type World } from '../../../language/records/world.ts';
import type { Given } from './given.ts';
import { relatedIn, type Sample } from './sample.ts';

export interface Layers {
  sample: Sample;
  /** Whose mail it is. */
  subject: SubjectRef;
  /** Somebody whom the subject leads to in place of whom it names: the contact of a ticket. */
  instead?: SubjectRef | undefined;
  given: Given;
  people: People;
  isComputed: World['isComputed'];
  stored?: World | undefined;
}

export class PreviewWorld implements World {
  readonly people: People;
  readonly isComputed: World['isComputed'];
  readonly #sample: Sample;
  readonly #stored: World | undefined;
  readonly #over = new Map<string, Traits>();

  constructor({ sample, subject, instead, given, people, isComputed, stored }: Layers, place: Place) {
    this.people = people;
    this.isComputed = isComputed;
    this.#sample = sample;
    this.#stored = stored;
    if (!isRecord(subject)) return;
    if (instead) this.#put(subject, { [`${instead.type}Id`]: instead.id });
    for (const type of RECORD_TYPES) {
      const traits = given[type];
      if (traits === undefined) continue;
      const named = relationsOf(subject.type, subject.id, this.traits(subject.type, subject.id, place))[type];
      const id = typeof traits.id === 'string' && type !== subject.type ? traits.id : (named ?? 'given');
      if (id !== named) this.#put(subject, { [`${type}Id`]: id });
      const { id: _, ...own } = traits;
      this.#put({ type, id }, own);
    }
  }

  #put(ref: SubjectRef, traits: Traits): void {
    const key = subjectKey(ref);
    this.#over.set(key, { ...this.#over.get(key), ...traits });
  }

  traits(type: RecordType, id: string, place: Place): Traits | undefined {
    const key = subjectKey({ type, id });
    const over = this.#over.get(key);
    const base = this.#stored?.traits(type, id, place) ?? this.#sample.records.get(key)?.own;
    return over ? { ...base, ...over } : base;
  }

  computed(type: RecordType, id: string, trait: string, place: Place): Json | undefined {
    const key = subjectKey({ type, id });
    const over = this.#over.get(key)?.[trait];
    if (over !== undefined) return over;
    const isStored = this.#stored?.traits(type, id, place) !== undefined;
    return isStored ? this.#stored!.computed(type, id, trait, place) : this.#sample.records.get(key)?.computed[trait];
  }

  related(list: RelatedList, id: string, place: Place): Traits[] | undefined {
    return this.#stored?.related?.(list, id, place) ?? relatedIn(this.#sample, list, id);
  }
}
