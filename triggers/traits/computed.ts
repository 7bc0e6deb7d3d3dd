/** Reads a computed trait (T14) at a place: every world answers through here. */

import type { ComputedTrait, Json, RecordType } from '../../language/model.ts';
import type { Place } from '../../language/records/timeline.ts';
import type { World } from '../../language/records/world.ts';
import { type EvaluationView, holdsAt, valueAt, zoneOf } from '../engine/evaluation-view.ts';
import { currentEntryOf, type SubjectState } from '../engine/state.ts';
import { traitOwner } from '../index/owners.ts';
import type { TriggerProgram } from '../index/program.ts';
import { readFold, type TraitState } from './fold-trait.ts';
import { calendarUnitOf } from './trait-window.ts';

/**
 * Traits that read each other, one inside the other. The compiler refuses circles within a folder; deployed versions of
 * different days may still make one together: its value is then missing.
 */
const MAX_NESTED = 32;
let nested = 0;

/** Where a computed trait is read. */
export interface TraitPlace {
  world: World;
  record: { type: RecordType; id: string };
  place: Place;
  /** The settings' zone; the record's own goes first. */
  zone: string;
}

/**
 * The value of a trait; undefined where it is missing.
 *
 * @param fold the trait's state at the place; not asked for by formulas and tiers, which read other traits there
 */
export function readComputed(
  trait: ComputedTrait,
  fold: () => TraitState | undefined,
  { world, record, place, zone }: TraitPlace,
): Json | undefined {
  if (trait.kind === 'formula' || trait.kind === 'tiers') {
    return readNested(trait, { world, subject: record, place, zone });
  }
  // Only months ask for the zone, which is a trait itself.
  const own = calendarUnitOf(trait) ? zoneOf(world, record, place, zone) : zone;
  return readFold(trait, fold(), place.at, own);
}

function readNested(trait: ComputedTrait, view: EvaluationView): Json | undefined {
  if (nested >= MAX_NESTED) return undefined;
  nested += 1;
  try {
    if (trait.kind === 'formula') return trait.value && valueAt(view, trait.value);
    const row = trait.tiers!.rows.find((tier) => holdsAt(view, tier.if));
    return row ? row.is : trait.tiers!.otherwise;
  } finally {
    nested -= 1;
  }
}

/** The program's definition of a trait; undefined where it computes none of that name for the type. */
export function computedTrait(program: TriggerProgram, type: RecordType, trait: string): ComputedTrait | undefined {
  return program.subjects.get(type)?.traits.get(traitOwner(trait))?.trait;
}

/** Whether the program computes a trait of that name for the type. */
export function isComputed(program: TriggerProgram, type: RecordType, trait: string): boolean {
  return computedTrait(program, type, trait) !== undefined;
}

/**
 * A trait of the program as the record's state has it.
 *
 * @param state of the record, with every event up to the place folded; undefined where it has none
 */
export function computedOf(
  program: TriggerProgram,
  state: SubjectState | undefined,
  trait: string,
  { world, record, place }: Omit<TraitPlace, 'zone'>,
): Json | undefined {
  const definition = program.subjects.get(record.type)?.traits.get(traitOwner(trait));
  if (!definition) return undefined;
  const fold = () => state && (currentEntryOf(state, definition)?.state as TraitState | undefined);
  return readComputed(definition.trait, fold, { world, record, place, zone: program.settings.timeZone });
}
