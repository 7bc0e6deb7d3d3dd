/**
 * Who owns an anonymous id at a place, given every claim (E6). Pure, and indifferent to the order in which claims came:
 * only their places count.
 *
 * A contact's id is either a `userId`, or `anon:<id>` as long as it is not claimed. The first claim of an id merges
 * it: what it had goes to who claims it. From each later claim on what comes belongs to that one. Ids that are one
 * already have nothing to merge; and a claim beyond the limits does not count.
 */
import type { SubjectRef } from '../model.ts';
import { compareClaims, IDENTITY_LIMITS, type IdentityLimits, IdentityLog, type IdentityStep } from './identity-log.ts';
import { comparePlaces, laterPlace, type Place, placeOfEvent, type TimelineEvent } from './timeline.ts';

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

/** A claim that does not count, and why. */
export interface UncountedLink {
  link: IdentityLink;
  limit: keyof IdentityLimits;
  atMost: number;
}

/** What more claims change. */
export interface IdentityDifference {
  /** Ids of which something belongs to another timeline, or is read from another place on. */
  changed: string[];
  /** Contacts on whose timelines something comes or goes, those that are merged away among them. */
  concerned: string[];
  /** Claims that are beyond the limits, and were not before. */
  beyond: UncountedLink[];
}

const BEGINNING: Place = { at: Number.NEGATIVE_INFINITY, round: 0, phase: 'events', receivedAt: 0, arrival: 0 };

export class IdentityLinks {
  readonly #log: IdentityLog;
  /** So many of the log's claims count here. */
  readonly #count: number;

  /** @param claims in any order, one that is there twice counts once; or a log, all of it */
  constructor(claims: readonly IdentityLink[] | IdentityLog = [], limits: IdentityLimits = IDENTITY_LIMITS) {
    this.#log = claims instanceof IdentityLog ? claims : logOf(claims, limits);
    this.#count = this.#log.claims.length;
  }

  /** What comes after all that its ids were claimed by costs what it changes; anything else, all claims once. */
  with(more: readonly IdentityLink[]): IdentityLinks {
    if (more.length === 0) return this;
    const log = this.#log;
    const fresh = uniqueClaims(more);
    if (this.#count < log.claims.length || !fresh.every((claim) => log.isLast(claim)))
      return new IdentityLinks([...log.claims.slice(0, this.#count), ...fresh], log.limits);
    for (const claim of fresh) log.append(claim);
    return new IdentityLinks(log);
  }

  /** The contact to whom belongs what happens to an id at a place. */
  ownerAt(id: string, place: Place): string {
    return this.#log.pathAt(id, place, this.#count).at(-1)!;
  }

  /** To whom an id belongs by now. */
  ownerOf(id: string): string {
    return this.#log.pathAt(id, undefined, this.#count).at(-1)!;
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
    return this.#log.endOf(id, this.#count);
  }

  /** What is merged into a contact, in E4's order. */
  mergesInto(id: string): readonly Merge[] {
    return this.#log.mergesInto(id, this.#count);
  }

  /** Every id that has been one of the contacts' at some place, without their own. */
  aliasesOf(...ids: readonly string[]): string[] {
    return this.#log.aliasesOf(ids, this.#count);
  }

  /** Every id that means a contact at a place, or by now, itself included: what names one of them names the contact (E8). */
  namesOf(id: string, place?: Place): string[] {
    const ownerOf = (alias: string) => (place ? this.ownerAt(alias, place) : this.ownerOf(alias));
    return [id, ...this.aliasesOf(id).filter((alias) => ownerOf(alias) === id)];
  }

  /** The first of all ids that claims connect with one, whoever they belong to: a name for all of them. */
  firstLinked(id: string): string {
    return this.#log.firstLinked(id);
  }

  /** Whether a claim says what is known already, and changes nothing that comes later. */
  isDecided({ from, to, place }: IdentityLink): boolean {
    const last = this.#log.lastStepOf(from, this.#count);
    const isLast = last === undefined || comparePlaces(last.place, place) <= 0;
    return isLast && this.ownerAt(from, place) === this.ownerAt(to, place);
  }

  /** Claims that are beyond the limits, and do not count. */
  get beyond(): UncountedLink[] {
    return this.#beyondFrom(0).sort((a, b) => compareClaims(a.link, b.link));
  }

  /** What is otherwise than `before`, which has no claim that is not here. */
  since(before: IdentityLinks): IdentityDifference {
    if (this === before) return { changed: [], concerned: [], beyond: [] };
    const changed = new Set<string>();
    const concerned = new Set<string>();
    const isLonger = this.#log === before.#log && before.#count <= this.#count;
    if (isLonger) this.#grownSince(before.#count, changed, concerned);
    else {
      const stepped = this.#steppedSince(before);
      for (const id of [...stepped, ...this.aliasesOf(...stepped), ...before.aliasesOf(...stepped)]) changed.add(id);
      const range = this.#rangeSince(before, stepped);
      for (const id of changed) this.#compare(before, id, range, concerned);
    }
    const known = new Set(isLonger ? [] : before.#beyondFrom(0).map(({ link }) => textOf(link)));
    const beyond = this.#beyondFrom(isLonger ? before.#count : 0).filter(({ link }) => !known.has(textOf(link)));
    return { changed: [...changed].sort(), concerned: [...concerned].sort(), beyond };
  }

  #beyondFrom(count: number): UncountedLink[] {
    const found: UncountedLink[] = [];
    for (let n = count; n < this.#count; n++) {
      const limit = this.#log.limitOf(n);
      if (limit) found.push({ link: this.#log.claims[n]!, limit, atMost: this.#log.limits[limit] });
    }
    return found;
  }

  /** Behind the latest of its claims there is nothing yet: what it brings goes from one contact to another. */
  #grownSince(count: number, changed: Set<string>, concerned: Set<string>): void {
    for (let n = count; n < this.#count; n++) {
      const change = this.#log.changeOf(n);
      if (!change) continue;
      changed.add(change.from);
      for (const alias of this.aliasesOf(change.from)) changed.add(alias);
      for (const contact of change.contacts) concerned.add(contact);
    }
  }

  /** Ids whose own claims are others, or have another effect. */
  #steppedSince(before: IdentityLinks): string[] {
    const ids = new Set([...this.#log.claimed, ...before.#log.claimed]);
    return [...ids].filter((id) => this.#textOf(id) !== before.#textOf(id));
  }

  /** The places from the first to the last at which something of these ids may belong to another; undefined for all. */
  #rangeSince(before: IdentityLinks, stepped: readonly string[]): [from: Place, until: Place | undefined] | undefined {
    let range: [Place, Place | undefined] | undefined;
    for (const id of stepped) {
      // What is merged goes along from its beginning.
      if (!isSameMerge(this.endOf(id), before.endOf(id))) return undefined;
      const [mine, theirs] = [this, before].map((one) => one.#log.stepsOf(id, one.#count));
      let first = 0;
      while (isSameStep(mine![first], theirs![first])) first++;
      let last = 0;
      const shorter = Math.min(mine!.length, theirs!.length) - first;
      while (last < shorter && isSameStep(mine!.at(-1 - last), theirs!.at(-1 - last))) last++;
      const from = [mine![first], theirs![first]].flatMap((step) => (step ? [step.place] : [])).sort(comparePlaces)[0]!;
      const until = last > 0 ? mine!.at(-last)!.place : undefined;
      if (!range) range = [from, until];
      else
        range = [comparePlaces(from, range[0]) < 0 ? from : range[0], until && range[1] && laterPlace(until, range[1])];
    }
    return range;
  }

  /** Adds the contacts whose timelines hold something of an id in one of two views alone, or from another place on. */
  #compare(
    before: IdentityLinks,
    id: string,
    range: [from: Place, until: Place | undefined] | undefined,
    concerned: Set<string>,
  ): void {
    // Between the places of the claims that lead on from an id nothing changes hands.
    const all = [this, before].flatMap((one) => one.#placesFrom(id));
    const isWithin = (place: Place) =>
      !range || (comparePlaces(place, range[0]) >= 0 && !(range[1] && comparePlaces(place, range[1]) >= 0));
    const places = new Map(all.filter(isWithin).map((place) => [place.arrival, place]));
    if (range) places.set(range[0].arrival, range[0]);
    for (const place of [...(range ? [] : [BEGINNING]), ...places.values()]) {
      const [mine, theirs] = [this, before].map((one) => new Map(one.ownerships(id, place).map(entryOf)));
      for (const [text, owner] of mine!) if (!theirs!.has(text)) concerned.add(owner);
      for (const [text, owner] of theirs!) if (!mine!.has(text)) concerned.add(owner);
    }
  }

  #placesFrom(id: string): Place[] {
    const ids = new Set([id]);
    const places: Place[] = [];
    for (const one of ids) {
      for (const { to, place } of this.#log.stepsOf(one, this.#count)) {
        ids.add(to);
        places.push(place);
      }
    }
    return places;
  }

  #textOf(id: string): string {
    return JSON.stringify(this.#log.stepsOf(id, this.#count).map(({ to, place }) => [to, place.arrival]));
  }
}

function isSameStep(a: IdentityStep | undefined, b: IdentityStep | undefined): boolean {
  return a !== undefined && b !== undefined && a.to === b.to && a.place.arrival === b.place.arrival;
}

function isSameMerge(a: Merge | undefined, b: Merge | undefined): boolean {
  return a?.into === b?.into && a?.place.arrival === b?.place.arrival;
}

function logOf(claims: readonly IdentityLink[], limits: IdentityLimits): IdentityLog {
  const log = new IdentityLog(limits);
  for (const claim of uniqueClaims(claims)) log.append(claim);
  return log;
}

/** In E4's order. */
function uniqueClaims(claims: readonly IdentityLink[]): IdentityLink[] {
  const unique = new Map(claims.map((claim) => [textOf(claim), claim]));
  return [...unique.values()].sort(compareClaims);
}

function textOf({ from, place }: IdentityLink): string {
  return `${place.arrival}/${from}`;
}

function entryOf({ id, via }: Ownership): [text: string, owner: string] {
  return [`${via?.place.arrival ?? ''}/${id}`, id];
}
