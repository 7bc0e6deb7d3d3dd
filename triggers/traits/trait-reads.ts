/** What a computed trait depends on (T14): so that what waits for it knows which events, writes and instants may change it. */

import { readsOf } from '../../language/compile/traits/trait-reads.ts';
import type { ComputedTrait, Expression } from '../../language/model.ts';
import { relatedList } from '../../language/records/relations.ts';
import { traitOwner } from '../index/owners.ts';
import type { SubjectProgram } from '../index/program.ts';
import { calendarUnitOf } from './trait-window.ts';

export interface TraitSources {
  /** Names of the base and computed traits of the same record that it depends on, transitively, itself included. */
  own: string[];
  /** It reads other records: what happens there is not listened to (E8), only read. */
  elsewhere: boolean;
  /** A score is in it, which falls by time alone. */
  decays: boolean;
  /** The expressions of formulas and tiers in it: where time turns one of these, it turns. */
  expressions: Expression[];
}

/** The expressions that a formula or tiers are computed from. A fold has none: it changes at its events. */
export function expressionsOf(trait: ComputedTrait): Expression[] {
  if (trait.kind === 'formula') return trait.value ? [trait.value] : [];
  return (trait.tiers?.rows ?? []).map((row) => row.if);
}

/**
 * What the trait `name` depends on, as one of the subject's; a name that is not computed depends on itself alone.
 *
 * @param subject the traits, clocks and arms of one kind of record
 */
export function traitSources(subject: Pick<SubjectProgram, 'traits'>, name: string): TraitSources {
  const own = new Set<string>();
  const expressions: Expression[] = [];
  let elsewhere = false;
  let decays = false;
  const follow = (trait: string): void => {
    if (own.has(trait)) return;
    own.add(trait);
    const definition = subject.traits.get(traitOwner(trait))?.trait;
    if (!definition) return;
    if (definition.kind === 'score') decays = true;
    // A month begins, and a calendar day turns, where the record's zone says.
    if (calendarUnitOf(definition)) own.add('time_zone');
    for (const expression of expressionsOf(definition)) {
      expressions.push(expression);
      if (expression.timed) own.add('time_zone');
      for (const read of expression.reads) {
        const [root, field] = read.split('.');
        if (root !== definition.subject) {
          elsewhere = true;
          // Which record that is says a trait of this one (E8).
          own.add(`${root}Id`);
        } else if (relatedList(root!, field)) elsewhere = true;
        else if (field !== undefined) follow(field);
      }
    }
  };
  follow(name);
  return { own: [...own], elsewhere, decays, expressions };
}

const ranks = new WeakMap<object, ReadonlyMap<string, number>>();

/**
 * The order in which one event is folded into traits: what a fold's `where` or value reads goes first, so that it too
 * includes the event. By owner; of equal rank neither reads the other.
 */
export function foldRanks(subject: Pick<SubjectProgram, 'traits'>): ReadonlyMap<string, number> {
  const known = ranks.get(subject);
  if (known) return known;
  const found = new Map<string, number>();
  const rankOf = (owner: string): number => {
    const rank = found.get(owner);
    if (rank !== undefined) return rank;
    found.set(owner, 0); // in a circle, which the compiler refuses, one has to be first
    const definition = subject.traits.get(owner)?.trait;
    const reads = definition ? readsOf(definition) : [];
    const below = reads.flatMap((read) => {
      const [root, field] = read.split('.');
      const other = traitOwner(field!);
      return root === definition?.subject && subject.traits.has(other) ? [rankOf(other) + 1] : [];
    });
    found.set(owner, Math.max(0, ...below));
    return found.get(owner)!;
  };
  for (const owner of subject.traits.keys()) rankOf(owner);
  ranks.set(subject, found);
  return found;
}
