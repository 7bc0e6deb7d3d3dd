/**
 * Which conditions over records (T8, T9, T12) something concerns, indexed by the traits that they read: the work for an event
 * depends on who reads what it changes, not on how many playbooks there are.
 */
import { type Expression, RECORD_TYPES, type SubjectType } from '../../language/model.ts';
import { relatedList } from '../../language/records/relations.ts';
import { placeOfDeadline } from '../../language/records/timeline.ts';
import type { World } from '../../language/records/world.ts';
import { valueAt } from '../engine/evaluation-view.ts';
import { traitSources } from '../traits/trait-reads.ts';
import { traitOwner } from './owners.ts';
import type { ArmProgram, SubjectProgram } from './program.ts';

export interface RecordIndex {
  /** By the name of a base or computed trait of the subject's own record. */
  byTrait: ReadonlyMap<string, readonly ArmProgram[]>;
  /** What any event of the subject may turn: other records are read, not listened to, and scores fall meanwhile. */
  always: readonly ArmProgram[];
  /** What may hold for a record of which nothing is known, at the first look at it. */
  first: readonly ArmProgram[];
  all: readonly ArmProgram[];
}

/** Of the arms of one kind of subject. */
export function indexRecordConditions(
  type: SubjectType,
  subject: Pick<SubjectProgram, 'arms' | 'traits'>,
): RecordIndex {
  const all = [...subject.arms.values()].filter((arm) => arm.condition.onRecord);
  const byTrait = new Map<string, ArmProgram[]>();
  const always: ArmProgram[] = [];
  const first: ArmProgram[] = [];
  for (const arm of all) {
    const { own, anything, computed } = sourcesOf(type, subject, arm);
    for (const name of own) {
      const known = byTrait.get(name);
      if (known) known.push(arm);
      else byTrait.set(name, [arm]);
    }
    if (anything) always.push(arm);
    else if (computed || mayHoldOnNothing(type, arm)) first.push(arm);
  }
  return { byTrait, always, first, all };
}

function sourcesOf(type: SubjectType, subject: Pick<SubjectProgram, 'traits'>, arm: ArmProgram) {
  // The zone is the subject's own before the playbook's: with it, days begin elsewhere.
  const own = new Set(['time_zone']);
  let anything = false;
  let computed = false;
  for (const read of Object.values(arm.arm.values).flatMap((expression) => expression.reads)) {
    const [root, name, ...behind] = read.split('.');
    if (root !== type || name === undefined || relatedList(root, name)) {
      anything = true;
      continue;
    }
    const sources = traitSources(subject, name);
    for (const source of sources.own) own.add(source);
    computed ||= sources.own.some((source) => subject.traits.has(traitOwner(source)));
    // A path that goes on may lead to another record.
    anything ||= sources.elsewhere || sources.decays || behind.length > 0;
  }
  return { own, anything, computed };
}

const NOTHING: World = {
  traits: () => undefined,
  computed: () => undefined,
  isComputed: () => false,
  people: { persons: [], teams: [], channels: {} },
};

/** What time moves may hold at any time; the rest is asked once for a record without traits. */
function mayHoldOnNothing(type: SubjectType, arm: ArmProgram): boolean {
  const isRecord = (RECORD_TYPES as readonly string[]).includes(type);
  const view = { world: NOTHING, subject: { type, id: 'nobody' }, place: placeOfDeadline(0), zone: arm.zone };
  return Object.values(arm.arm.values).some((expression: Expression) => {
    if (!isRecord || expression.timed) return true;
    const value = valueAt(view, expression);
    return value !== undefined && value !== false;
  });
}
