/** E9: a step writes, and tells of, the traits whose values differ from what stands there. */

import { canonical } from '../language/canonical.ts';
import { isJsonObject } from '../language/json.ts';
import type { Traits } from '../language/model.ts';
import { own } from '../language/records/own.ts';
import type { Facts, StepDecision, Write } from './step.ts';

type TraitWrite = Extract<Write, { write: 'traits' }>;

/** The decision without what would change nothing, and without its line where nothing is left; which traits that are is part of what it looked at (V5). */
export function withoutUnchanged(decision: StepDecision, facts: Pick<Facts, 'record'>): StepDecision {
  if (!decision.writes?.some(isTraitWrite)) return decision;
  const unchanged: string[] = [];
  const writes = decision.writes.flatMap((write): Write[] => {
    if (!isTraitWrite(write)) return [write];
    const before = facts.record(write.type, write.id) ?? {};
    const differing = Object.entries(write.traits).filter(([trait, value]) => {
      // Null removes: nothing is removed where nothing is.
      if (canonical(own(before, trait) ?? null) !== canonical(value)) return true;
      unchanged.push(`${write.type}.${trait}`);
      return false;
    });
    return differing.length === 0 ? [] : [{ ...write, traits: Object.fromEntries(differing) as Traits }];
  });
  if (unchanged.length === 0) return decision;
  const { line, ...rest } = decision;
  const evaluated = { ...(isJsonObject(rest.evaluated) && rest.evaluated), unchanged };
  // Where nothing else is left of it either, there was no effect.
  const isEffect = writes.length > 0 || rest.outgoing !== undefined;
  return { ...rest, writes, evaluated, ...(line && isEffect && { line }) };
}

function isTraitWrite(write: Write): write is TraitWrite {
  return write.write === 'traits';
}
