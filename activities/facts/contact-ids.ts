/** As whose a step reads a contact's id (E6): what the id meant at a place, and whose it is now. */
import type { SubjectRef } from '../../language/model.ts';
import { type Place, placeOfJourney } from '../../language/records/timeline.ts';
import type { CommandContext } from '../batch/command-context.ts';
import type { FactLoaders } from './fact-loaders.ts';

/** Whose enrolment it is, where its subject is a contact. */
interface Own {
  id: string;
  /** The contact as whose it began, where merges have made it another's. */
  firedAs: string | null;
}

export class ContactIds {
  readonly #own: Own | undefined;
  readonly #loaders: FactLoaders;

  constructor(own: Own | undefined, loaders: FactLoaders) {
    this.#own = own;
    this.#loaders = loaders;
  }

  /** The contact whose timeline is read for an id at a place: a merge after it has changed nothing of what stood there. */
  at(id: string, place: Place): string {
    const own = this.#own;
    if (own && (id === own.id || id === own.firedAs)) {
      return own.firedAs === null ? id : (this.#loaders.identities(own.firedAs)?.readAs(own.firedAs, place) ?? id);
    }
    return this.#loaders.identities(id)?.ownerAt(id, place) ?? id;
  }

  /** Whose the id is by now. */
  now(id: string): string {
    const own = this.#own;
    if (own && (id === own.id || id === own.firedAs)) return own.id;
    return this.#loaders.identities(id)?.ownerOf(id) ?? id;
  }

  /** Every id that means the contact at a place, itself included: what names one of them names the contact. */
  namesAt(id: string, place: Place): string[] {
    return this.#loaders.identities(id)?.namesOf(id, place) ?? [id];
  }
}

/** Whose timeline an enrolment's step reads at its own instant. */
export function subjectThen({ row, command }: CommandContext, contacts: ContactIds): SubjectRef {
  const { type, id } = row.subject;
  return { type, id: type === 'contact' ? contacts.at(id, placeOfJourney(command.at)) : id };
}
