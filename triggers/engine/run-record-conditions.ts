/**
 * Runs the conditions over records (T8, T9, T12): after each event of the subject those that it may have turned, and at
 * instants at which time may have turned one, which are stored deadlines (T16).
 */
import { canonical } from '../../language/canonical.ts';
import type { Instant, Json } from '../../language/model.ts';
import type { RecordSituation } from '../condition.ts';
import { traitOfOwner } from '../index/owners.ts';
import type { ArmProgram, SubjectProgram } from '../index/program.ts';
import { type Evaluation, viewOf } from './evaluation.ts';
import { countWrongType, type EvaluationView, holdsAt, keysAt, zoneAt } from './evaluation-view.ts';
import { compareText } from './merge-firings.ts';
import { nextThresholdAt } from './next-threshold.ts';
import { endsOf, firingOf, triggerOf, valuesOf } from './reduce-arm.ts';
import { currentEntryOf, putStateEntry } from './state.ts';

/** After the computed traits, and before the subject's head moves. */
export function runRecordConditions(evaluation: Evaluation): void {
  const { listeners, state, event, result } = evaluation;
  const { all, always, first } = listeners.recordConditions;
  if (all.length === 0) return;
  const arms = new Set<ArmProgram>();
  if (event) {
    for (const arm of always) arms.add(arm);
    if (state.head === undefined) for (const arm of first) arms.add(arm);
    for (const patch of event.patches) {
      if (patch.type !== state.subject.type || patch.id !== state.subject.id) continue;
      addReaders(listeners, Object.keys(patch.traits), arms);
    }
  }
  addReaders(listeners, result.traits, arms);
  addDue(evaluation, arms);
  runArms(evaluation, arms, false);
}

/** For a record that was there before anything happens: nothing has turned, and its dates are scheduled (V3). */
export function seedRecordConditions(evaluation: Evaluation): void {
  runArms(evaluation, evaluation.listeners.recordConditions.all, true);
}

function addReaders(listeners: SubjectProgram, traits: readonly string[], arms: Set<ArmProgram>): void {
  for (const name of traits) for (const arm of listeners.recordConditions.byTrait.get(name) ?? []) arms.add(arm);
}

/** What waits for this instant, or reads a computed trait that it changes. */
function addDue({ listeners, state, place }: Evaluation, arms: Set<ArmProgram>): void {
  for (const { owner, dueAt } of state.slots.values()) {
    if (dueAt === undefined || dueAt > place.at) continue;
    const arm = listeners.arms.get(owner);
    if (arm?.condition.onRecord) arms.add(arm);
    const trait = arm ? undefined : traitOfOwner(owner);
    if (trait !== undefined) addReaders(listeners, [trait], arms);
  }
}

function runArms(evaluation: Evaluation, arms: Iterable<ArmProgram>, isSeed: boolean): void {
  const thresholds: Thresholds = new Map();
  for (const arm of [...arms].sort((a, b) => compareText(a.owner, b.owner))) {
    runArm(evaluation, arm, { isSeed, thresholds });
  }
}

/** The thresholds that one evaluation has found: arms that ask the same are answered once. */
type Thresholds = Map<string, Instant | undefined>;

interface RecordRun {
  isSeed: boolean;
  thresholds: Thresholds;
}

/** Conditions over records have one state for the whole subject; a key is that of the records at the firing. */
function runArm(evaluation: Evaluation, arm: ArmProgram, run: RecordRun): void {
  const { state, result } = evaluation;
  const { owner, hash } = arm;
  const view = viewOf(evaluation, arm);
  const slot = currentEntryOf(state, arm);
  const before = slot?.state;
  const {
    state: after,
    dueAt,
    firings,
    wrongType,
  } = arm.condition.onRecord!(arm.arm, before as never, situationFor(evaluation, arm, view, run));
  if (after === undefined) putStateEntry(state, { owner, key: '', state: undefined });
  else if (before === undefined || slot?.dueAt !== dueAt || canonical(before) !== canonical(after)) {
    putStateEntry(state, { owner, key: '', hash, state: after as Json, dueAt });
  }
  if (wrongType !== undefined) countWrongType(view, arm.arm.values[wrongType]!);
  const look = { subject: state.subject, at: evaluation.place.at };
  for (const raw of firings ?? []) {
    const keys = arm.arm.key ? keysAt({ ...view, trigger: triggerOf(arm, raw) }, arm.arm.key) : [];
    for (const key of keys.length > 0 ? keys : ['']) result.firings.push(firingOf(arm, look, key, raw));
  }
}

function situationFor(
  evaluation: Evaluation,
  arm: ArmProgram,
  view: EvaluationView,
  { isSeed, thresholds }: RecordRun,
): RecordSituation {
  const situation: RecordSituation = {
    at: view.place.at,
    endOf: endsOf(arm, view),
    zone: zoneAt(view),
    isSeed,
    holds: (name) => holdsAt(view, arm.arm.values[name]),
    value: valuesOf(arm, view),
    nextThresholdAt(name) {
      const expression = arm.arm.values[name];
      if (!expression?.turns) return undefined;
      const id = `${view.zone}\u0000${expression.cel}`;
      if (!thresholds.has(id)) thresholds.set(id, nextThresholdAt(view, expression, evaluation.zone));
      return thresholds.get(id);
    },
  };
  if (view.event) situation.event = view.event;
  return situation;
}
