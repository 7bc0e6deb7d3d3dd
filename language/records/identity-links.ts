/**
 * Who owns an anonymous id at a place, given every claim (E6). Pure, and indifferent to the order in which claims came:
 * only their places count.
 *
 * A contact's id is either a `userId`, or `anon:<id>` as long as it is not claimed. The first claim of an id merges
 * it: what it had goes to who claims it. From each later claim on what comes belongs to that one. Ids that are one
 * already have nothing to merge.
 */
import type { SubjectRef } from '../model.ts';
import { comparePlaces, type Place, placeOfEvent, type TimelineEvent } from './timeline.ts';

/** That an `identify` or an `alias` says of one contact's id that it is another's. */
export interface IdentityLink {
  from: string;
  to: string;
  place: Place;
}

/** The place at which the timeline of `from` ends, and is read as one with that of `into`. */
export interface Merge {
  from: string;
  into: string;
  place: Place;
}

/** A timeline that holds an event; with `via` only as it is read from that merge on. */
export interface Ownership {
  id: string;
  via?: Merge;
}

/** Of ids of contacts of whom only an anonymous id is known. */
export const ANONYMOUS_PREFIX = 'anon:';

/** The contact that a visitor is before anybody claims the id. */
export function anonymousContactId(anonymousId: string): string {
  return `${ANONYMOUS_PREFIX}${anonymousId}`;
}

/** Whether a subject is a visitor of whom nothing but the anonymous id is known; one that was merged is no subject any more. */
export function isAnonymous(subject: SubjectRef): boolean {
  return subject.type === 'contact' && isAnonymousId(subject.id);
}

export function isAnonymousId(contactId: string): boolean {
  return contactId.startsWith(ANONYMOUS_PREFIX);
}

/** What an event claims for the contact that it names. */
export function identityLinksOf(event: TimelineEvent): IdentityLink[] {
  if (!event.merges) return [];
  const to = event.subjects.find(({ type }) => type === 'contact')?.id;
  if (to === undefined) return [];
  const place = placeOfEvent(event);
  return event.merges.filter((from) => from !== to).map((from) => ({ from, to, place }));
}

export class IdentityLinks {
  readonly #claims: readonly IdentityLink[];
  /** The claims of each id that have an effect, in order. */
  readonly #effective = new Map<string, IdentityLink[]>();
  readonly #ends = new Map<string, Merge>();
  readonly #into = new Map<string, Merge[]>();
  readonly #claimants = new Map<string, Set<string>>();

  /** @param claims in any order; one that is there twice counts once */
  constructor(claims: readonly IdentityLink[] = []) {
    const unique = new Map(claims.map((claim) => [`${claim.place.arrival}/${claim.from}`, claim]));
    this.#claims = [...unique.values()].sort(compareClaims);
    for (const claim of this.#claims) this.#take(claim);
  }

  #take(claim: IdentityLink): void {
    const { from, to, place } = claim;
    const into = this.ownerAt(to, place);
    if (this.ownerAt(from, place) === into) return;
    push(this.#effective, from, claim);
    const claimants = this.#claimants.get(to) ?? new Set();
    this.#claimants.set(to, claimants.add(from));
    if (this.#ends.has(from)) return;
    const merge = { from, into, place };
    this.#ends.set(from, merge);
    push(this.#into, into, merge);
  }

  with(more: readonly IdentityLink[]): IdentityLinks {
    return more.length === 0 ? this : new IdentityLinks([...this.#claims, ...more]);
  }

  /** The contact to whom belongs what happens to an id at a place. */
  ownerAt(id: string, place: Place): string {
    let owner = id;
    // Each step leads to an id that was another's when it was claimed: there is no way back.
    for (let next = this.#lastTo(owner, place); next !== undefined; next = this.#lastTo(owner, place)) owner = next;
    return owner;
  }

  #lastTo(id: string, place: Place): string | undefined {
    return this.#effective.get(id)?.findLast((claim) => comparePlaces(claim.place, place) <= 0)?.to;
  }

  /** To whom an id belongs by now. */
  ownerOf(id: string): string {
    let owner = id;
    for (let next = this.#effective.get(owner)?.at(-1)?.to; next !== undefined; ) {
      owner = next;
      next = this.#effective.get(owner)?.at(-1)?.to;
    }
    return owner;
  }

  /** The contact that an id was merged into, directly or through others. */
  heirOf(id: string): string {
    let heir = id;
    for (let end = this.endOf(heir); end; end = this.endOf(heir)) heir = end.into;
    return heir;
  }

  /** The contact as part of whose timeline that of `id` is read at a place: its own, until it is merged. */
  readAs(id: string, place: Place): string {
    let reader = id;
    for (let end = this.endOf(reader); end && comparePlaces(end.place, place) <= 0; end = this.endOf(reader))
      reader = end.into;
    return reader;
  }

  /** The timelines that hold an event that names an id: the owner's first, then those into which that one merges later. */
  ownerships(id: string, place: Place): Ownership[] {
    const found: Ownership[] = [{ id: this.ownerAt(id, place) }];
    for (let via = this.endOf(found[0]!.id); via; via = this.endOf(via.into)) found.push({ id: via.into, via });
    return found;
  }

  /** Where the timeline of an id ends because it is merged; undefined for one that is its own. */
  endOf(id: string): Merge | undefined {
    return this.#ends.get(id);
  }

  /** What is merged into a contact, in E4's order. */
  mergesInto(id: string): readonly Merge[] {
    return this.#into.get(id) ?? [];
  }

  /** Every id that has been the contact's at some place, without its own. */
  aliasesOf(id: string): string[] {
    const found = new Set<string>();
    const left = [id];
    for (let next = left.pop(); next !== undefined; next = left.pop()) {
      for (const from of this.#claimants.get(next) ?? []) {
        if (from === id || found.has(from)) continue;
        found.add(from);
        left.push(from);
      }
    }
    return [...found].sort();
  }

  /** Whether a claim says what is known already, and changes nothing that comes later. */
  isDecided({ from, to, place }: IdentityLink): boolean {
    const isLast = !this.#effective.get(from)?.some((claim) => comparePlaces(claim.place, place) > 0);
    return isLast && this.ownerAt(from, place) === this.ownerAt(to, place);
  }

  /** Ids of which something belongs to another timeline than `before`, or is read from another place on. */
  changedSince(before: IdentityLinks): string[] {
    const changed = new Set<string>();
    for (const id of new Set([...this.#effective.keys(), ...before.#effective.keys()])) {
      if (textOf(this.#effective.get(id)) === textOf(before.#effective.get(id))) continue;
      changed.add(id);
      for (const alias of [...this.aliasesOf(id), ...before.aliasesOf(id)]) changed.add(alias);
    }
    return [...changed].sort();
  }

  /** Contacts on whose timelines something comes or goes against `before`, those that are merged away among them. */
  concernedSince(before: IdentityLinks): string[] {
    const found = new Set<string>();
    const claims = [this, before].flatMap((one) => [...one.#effective.values()].flat());
    const beginning: Place = { at: Number.NEGATIVE_INFINITY, round: 0, phase: 'events', receivedAt: 0, arrival: 0 };
    const places = new Map(claims.map(({ place }) => [place.arrival, place]));
    for (const id of this.changedSince(before)) {
      for (const place of [beginning, ...places.values()]) {
        const [mine, theirs] = [this, before].map((one) => new Map(one.ownerships(id, place).map(entryOf)));
        for (const [text, owner] of mine!) if (!theirs!.has(text)) found.add(owner);
        for (const [text, owner] of theirs!) if (!mine!.has(text)) found.add(owner);
      }
    }
    return [...found].sort();
  }
}

function entryOf({ id, via }: Ownership): [text: string, owner: string] {
  return [`${via?.place.arrival ?? ''}/${id}`, id];
}

function compareClaims(a: IdentityLink, b: IdentityLink): number {
  return comparePlaces(a.place, b.place) || (a.from < b.from ? -1 : a.from > b.from ? 1 : 0);
}

function push<T>(lists: Map<string, T[]>, key: string, one: T): void {
  const list = lists.get(key);
  if (list) list.push(one);
  else lists.set(key, [one]);
}

function textOf(claims: readonly IdentityLink[] | undefined): string {
  return JSON.stringify(claims?.map(textOfOne) ?? []);
}

function textOfOne({ to, place }: IdentityLink): string {
  return JSON.stringify([to, place.arrival]);
}
