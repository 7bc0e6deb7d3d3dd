/** Who owns an id (E6), said as simply as it can be: every claim is looked at anew, and nothing is kept in an index. */
import type { IdentityLink, Merge, Ownership, UncountedLink } from '../../language/records/identity-links.ts';
import type { IdentityLimits } from '../../language/records/identity-log.ts';
import { comparePlaces, type Place } from '../../language/records/timeline.ts';

export class SimpleIdentityLinks {
  readonly #limits: IdentityLimits;
  readonly #claims: readonly IdentityLink[];
  readonly #depths = new Map<string, number>();
  readonly beyond: UncountedLink[] = [];
  /** The claims of each id that have an effect, in order. */
  readonly #effective = new Map<string, IdentityLink[]>();
  readonly #ends = new Map<string, Merge>();
  readonly #into = new Map<string, Merge[]>();
  readonly #claimants = new Map<string, Set<string>>();

  /** @param claims in any order; one that is there twice counts once */
  constructor(claims: readonly IdentityLink[], limits: IdentityLimits) {
    this.#limits = limits;
    const unique = new Map(claims.map((claim) => [`${claim.place.arrival}/${claim.from}`, claim]));
    this.#claims = [...unique.values()].sort(compareClaims);
    for (const claim of this.#claims) this.#take(claim);
  }

  #take(claim: IdentityLink): void {
    const { from, to, place } = claim;
    const into = this.ownerAt(to, place);
    if (this.ownerAt(from, place) === into) return;
    const path = this.#pathAt(to, place);
    const depth = this.#depths.get(from) ?? 0;
    const limit = this.#limitOf(claim, path, depth);
    if (limit) {
      this.beyond.push({ link: claim, limit, atMost: this.#limits[limit] });
      return;
    }
    for (const [n, id] of path.entries()) this.#depths.set(id, Math.max(this.#depths.get(id) ?? 0, depth + 1 + n));
    push(this.#effective, from, claim);
    const claimants = this.#claimants.get(to) ?? new Set();
    this.#claimants.set(to, claimants.add(from));
    if (this.#ends.has(from)) return;
    const merge = { from, into, place };
    this.#ends.set(from, merge);
    push(this.#into, into, merge);
  }

  #limitOf(claim: IdentityLink, path: readonly string[], depth: number): keyof IdentityLimits | undefined {
    const { from } = claim;
    const own = this.#claims.filter((one) => one.from === from && compareClaims(one, claim) <= 0);
    const changes = own.filter(({ to }, n) => to !== own[n - 1]?.to).length;
    if (changes > this.#limits.changes) return 'changes';
    if (depth + path.length > this.#limits.depth) return 'depth';
    if (this.#ends.has(from)) return undefined;
    const merged = [...this.#ends.keys()].filter((id) => [from, path.at(-1)].includes(this.heirOf(id)));
    return merged.length + 1 > this.#limits.ids ? 'ids' : undefined;
  }

  #pathAt(id: string, place: Place): string[] {
    const to = this.#lastTo(id, place);
    return to === undefined ? [id] : [id, ...this.#pathAt(to, place)];
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

  /** Ids of which something belongs to another timeline than `before`, or is read from another place on. */
  changedSince(before: SimpleIdentityLinks): string[] {
    const changed = new Set<string>();
    for (const id of new Set([...this.#effective.keys(), ...before.#effective.keys()])) {
      if (textOf(this.#effective.get(id)) === textOf(before.#effective.get(id))) continue;
      changed.add(id);
      for (const alias of [...this.aliasesOf(id), ...before.aliasesOf(id)]) changed.add(alias);
    }
    return [...changed].sort();
  }

  /** Contacts on whose timelines something comes or goes against `before`, those that are merged away among them. */
  concernedSince(before: SimpleIdentityLinks): string[] {
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
