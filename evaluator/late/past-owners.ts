/** Whose the contacts' ids that a record names were at places of its past, and what merges had brought them by then (E6, E8). */
import type { Instant } from '../../language/model.ts';
import { IdentityLinks } from '../../language/records/identity-links.ts';
import { comparePlaces, type Place } from '../../language/records/timeline.ts';
import type { Queryable } from '../../store/postgres/database.ts';
import { loadIdentityLinks } from '../../store/records/identity-links.ts';

/** A contact at a place of the past. */
export interface OwnerThen {
  id: string;
  /** Merges that had been by then: with each the contact's record and timeline were read with more. */
  merges: number;
  isRead(one: { via?: number | null; readFrom?: Instant }): boolean;
}

export class PastOwners {
  /** Ids that have been another's, and the contacts whose they were. */
  readonly ids: readonly string[];
  readonly #identities: IdentityLinks;
  readonly #claimed: ReadonlySet<string>;

  private constructor(identities: IdentityLinks, claimed: ReadonlySet<string>, ids: readonly string[]) {
    this.#identities = identities;
    this.#claimed = claimed;
    this.ids = ids;
  }

  /** @param named contacts' ids, as records name them */
  static async of(client: Queryable, named: readonly string[]): Promise<PastOwners> {
    const claims = await loadIdentityLinks(client, named);
    const identities = new IdentityLinks(claims);
    const claimed = new Set(named.filter((id) => claims.some(({ from, to }) => from === id || to === id)));
    const owners = new Set(claimed);
    // A set's walk comes to what is added on the way.
    for (const id of owners) for (const { from, to } of claims) if (from === id) owners.add(to);
    return new PastOwners(identities, claimed, [...owners]);
  }

  /** Undefined for an id that nobody else ever had or was. */
  at(id: string, place: Place): OwnerThen | undefined {
    if (!this.#claimed.has(id)) return undefined;
    const owner = this.#identities.ownerAt(id, place);
    const merges = this.#identities.mergesInto(owner).filter((merge) => comparePlaces(merge.place, place) <= 0);
    const arrivals = new Set(merges.map((merge) => merge.place.arrival));
    const instants = new Set(merges.map((merge) => merge.place.at));
    return {
      id: owner,
      merges: merges.length,
      isRead: ({ via = null, readFrom }) =>
        (via === null || arrivals.has(via)) && (readFrom === undefined || instants.has(readFrom)),
    };
  }
}
