/**
 * Claims of contacts' ids in the order in which they take effect (E6), with what each one changes, indexed by the ids. It only
 * grows: who looks at it names how many of its claims count, so that one log serves every view of it.
 */
import type { IdentityLink, Merge } from './identity-links.ts';
import { comparePlaces, type Place } from './timeline.ts';

/** How much may become one contact: beyond it a claim does not count (E6). */
export interface IdentityLimits {
  /** Ids that are merged into one contact, directly or through others. */
  ids: number;
  /** Claims that lead from one id to its contact, one after the other. */
  depth: number;
  /** How often an id changes hands: of claims that follow each other and name the same contact the first does. */
  changes: number;
}

export const IDENTITY_LIMITS: IdentityLimits = { ids: 1_000, depth: 16, changes: 1_000 };

/** Something that holds from a claim on, by the claim's number in the log. */
interface Numbered {
  n: number;
}

/** From its place on what belongs to an id belongs to the contact of `to`. */
export interface IdentityStep extends Numbered {
  to: string;
  place: Place;
}

/** What a claim has changed. */
export interface IdentityChange {
  from: string;
  /** The contacts to whom the id belonged before the claim, and belongs from it on. */
  contacts: readonly [before: string, after: string];
}

/** What the claims of one id come to so far. */
interface Counts {
  /** Ids that are merged into it. */
  ids: number;
  /** Claims that lead to it, one after the other. */
  depth: number;
  changes: number;
  lastTo: string | undefined;
}

export class IdentityLog {
  readonly claims: IdentityLink[] = [];
  readonly #limits: IdentityLimits;
  /** By the claim's number: what it changes, the limit beyond which it is, or nothing. */
  readonly #outcomes: (IdentityChange | keyof IdentityLimits | undefined)[] = [];
  readonly #steps = new Map<string, IdentityStep[]>();
  readonly #ends = new Map<string, Numbered & { merge: Merge }>();
  readonly #into = new Map<string, Merge[]>();
  readonly #claimants = new Map<string, Map<string, number>>();
  readonly #counts = new Map<string, Counts>();
  /** Ids that any claims connect have one root, which knows their latest claim. */
  readonly #roots = new Map<string, string>();
  readonly #latest = new Map<string, IdentityLink>();
  /** By the root: the first of the ids that it stands for. */
  readonly #first = new Map<string, string>();

  constructor(limits: IdentityLimits) {
    this.#limits = limits;
  }

  get limits(): IdentityLimits {
    return this.#limits;
  }

  /** Whether nothing that claims of the same ids have said comes after this one. */
  isLast(claim: IdentityLink): boolean {
    return [claim.from, claim.to].every((id) => {
      const latest = this.#latest.get(this.#rootOf(id));
      return latest === undefined || compareClaims(latest, claim) < 0;
    });
  }

  /** @param claim that `isLast` */
  append(claim: IdentityLink): void {
    const { from, to, place } = claim;
    const n = this.claims.push(claim) - 1;
    const root = this.#connect(from, to);
    this.#latest.set(root, claim);
    const counts = this.#countsOf(from);
    if (counts.lastTo !== to) counts.changes++;
    counts.lastTo = to;
    const path = this.pathAt(to, place, n);
    const into = path.at(-1)!;
    const before = this.pathAt(from, place, n).at(-1)!;
    if (before === into) {
      this.#outcomes.push(undefined);
      return;
    }
    const limit = this.#limitOf(from, path);
    if (limit) {
      this.#outcomes.push(limit);
      return;
    }
    for (const [steps, id] of path.entries()) {
      const there = this.#countsOf(id);
      there.depth = Math.max(there.depth, counts.depth + 1 + steps);
    }
    this.#outcomes.push({ from, contacts: [before, into] });
    push(this.#steps, from, { to, place, n });
    const claimants = this.#claimants.get(to) ?? new Map<string, number>();
    this.#claimants.set(to, claimants);
    if (!claimants.has(from)) claimants.set(from, n);
    if (this.#ends.has(from)) return;
    const merge = { from, into, place };
    this.#ends.set(from, { merge, n });
    push(this.#into, into, merge);
    this.#countsOf(into).ids += 1 + counts.ids;
  }

  /** The limit beyond which a claim of an id is that would lead along a path. */
  #limitOf(from: string, path: readonly string[]): keyof IdentityLimits | undefined {
    const { ids, depth, changes } = this.#countsOf(from);
    const { limits } = this;
    if (changes > limits.changes) return 'changes';
    if (depth + path.length > limits.depth) return 'depth';
    const isMerge = !this.#ends.has(from);
    return isMerge && this.#countsOf(path.at(-1)!).ids + 1 + ids > limits.ids ? 'ids' : undefined;
  }

  changeOf(n: number): IdentityChange | undefined {
    const outcome = this.#outcomes[n];
    return typeof outcome === 'object' ? outcome : undefined;
  }

  /** The limit beyond which a claim is. */
  limitOf(n: number): keyof IdentityLimits | undefined {
    const outcome = this.#outcomes[n];
    return typeof outcome === 'string' ? outcome : undefined;
  }

  /** The ids of which some claim has an effect. */
  get claimed(): Iterable<string> {
    return this.#steps.keys();
  }

  /** The steps of an id among the first claims. */
  stepsOf(id: string, count: number): readonly IdentityStep[] {
    const steps = this.#steps.get(id) ?? [];
    const end = lengthWhile(steps, ({ n }) => n < count);
    return end === steps.length ? steps : steps.slice(0, end);
  }

  lastStepOf(id: string, count: number, place?: Place): IdentityStep | undefined {
    const steps = this.#steps.get(id);
    if (!steps) return undefined;
    const isBefore = (step: IdentityStep) => step.n < count && (!place || comparePlaces(step.place, place) <= 0);
    return steps[lengthWhile(steps, isBefore) - 1];
  }

  /** From an id to the contact to whom it belongs at a place; without one, by now. */
  pathAt(id: string, place: Place | undefined, count: number): string[] {
    const path = [id];
    // Each step leads to an id that was another's when it was claimed: there is no way back.
    for (let step = this.lastStepOf(id, count, place); step; step = this.lastStepOf(step.to, count, place))
      path.push(step.to);
    return path;
  }

  endOf(id: string, count: number): Merge | undefined {
    const end = this.#ends.get(id);
    return end && end.n < count ? end.merge : undefined;
  }

  mergesInto(id: string, count: number): readonly Merge[] {
    const merges = this.#into.get(id) ?? [];
    const end = lengthWhile(merges, ({ from }) => this.#ends.get(from)!.n < count);
    return end === merges.length ? merges : merges.slice(0, end);
  }

  /** The ids that any claim gave to some others, directly or through others; those others are left out. */
  aliasesOf(ids: readonly string[], count: number): string[] {
    const found = new Set(ids);
    // A set's walk comes to what is added on the way.
    for (const id of found) {
      for (const [from, n] of this.#claimants.get(id) ?? []) if (n < count) found.add(from);
    }
    for (const id of ids) found.delete(id);
    return [...found].sort();
  }

  /** The first of all ids that any claims, also those without effect, connect with one. */
  firstLinked(id: string): string {
    const root = this.#rootOf(id);
    return this.#first.get(root) ?? root;
  }

  #countsOf(id: string): Counts {
    let counts = this.#counts.get(id);
    if (!counts) this.#counts.set(id, (counts = { ids: 0, depth: 0, changes: 0, lastTo: undefined }));
    return counts;
  }

  #rootOf(id: string): string {
    let root = id;
    for (let next = this.#roots.get(root); next !== undefined; next = this.#roots.get(root)) root = next;
    // The way there is short from now on.
    for (let one = id; one !== root; ) {
      const next = this.#roots.get(one)!;
      this.#roots.set(one, root);
      one = next;
    }
    return root;
  }

  #connect(a: string, b: string): string {
    const [rootA, rootB] = [this.#rootOf(a), this.#rootOf(b)];
    if (rootA === rootB) return rootB;
    const [first] = [this.firstLinked(a), this.firstLinked(b)].sort();
    this.#first.delete(rootA);
    this.#first.set(rootB, first!);
    this.#roots.set(rootA, rootB);
    this.#latest.delete(rootA);
    return rootB;
  }
}

export function compareClaims(a: IdentityLink, b: IdentityLink): number {
  return comparePlaces(a.place, b.place) || (a.from < b.from ? -1 : a.from > b.from ? 1 : 0);
}

/** How many of a list's first elements meet a condition that none meets after one that does not. */
function lengthWhile<T>(list: readonly T[], isMet: (one: T) => boolean): number {
  let [low, high] = [0, list.length];
  // What is asked for is mostly all of it.
  if (high > 0 && isMet(list[high - 1]!)) return high;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (isMet(list[middle]!)) low = middle + 1;
    else high = middle;
  }
  return low;
}

function push<T>(lists: Map<string, T[]>, key: string, one: T): void {
  const list = lists.get(key);
  if (list) list.push(one);
  else lists.set(key, [one]);
}
