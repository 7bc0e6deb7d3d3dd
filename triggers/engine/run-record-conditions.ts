/**
 * Looks at the conditions over records (T8, T9, T12): after each event of the subject at those that it may have turned, and
 * at instants at which time may have turned one, which are stored deadlines (T16).
 */
import { canonical } from '../../language/canonical.ts';
import type { Instant, Json } from '../../language/model.ts';
import { placeOfDeadline, placeOfEvent, type TimelineEvent } from '../../language/records/timeline.ts';
import type { World } from '../../language/records/world.ts';
import type { RecordSituation } from '../condition.ts';
import { TRAIT_OWNER_PREFIX } from '../index/owners.ts';
import type { ArmProgram, SubjectProgram, TriggerProgram } from '../index/program.ts';
import { type EvaluationView, holdsAt, keysAt, valueAt, zoneOf } from './evaluation-view.ts';
import type { ExpressionCache } from './expression-cache.ts';
import { compareText } from './merge-firings.ts';
import { nextThresholdAt } from './next-threshold.ts';
import { firingOf, situationOf, triggerOf, viewOf } from './run-conditions.ts';
import { type EvaluationResult, entryKey, putStateEntry, type SubjectState } from './state.ts';

/** The turning points that one look has found, so that playbooks that ask the same are answered once. */
type Known = Map<string, Instant | undefined>;

interface RecordEvaluation {
  program: TriggerProgram;
  state: SubjectState;
  /** What is looked at, but for the playbook's zone. */
  base: Omit<EvaluationView, 'zone'>;
  given: boolean;
  known: Known;
  looked: EvaluationResult;
}

/** After the event's traits and computed traits are in place, and before the subject's head moves to it. */
export function runRecordConditions(
  program: TriggerProgram,
  subject: SubjectProgram,
  state: SubjectState,
  event: TimelineEvent,
  world: World,
  looked: EvaluationResult,
  shared: ExpressionCache,
): void {
  const { recordConditions: looks } = subject;
  if (looks.all.length === 0) return;
  const arms = new Set<ArmProgram>(looks.always);
  if (state.head === undefined) for (const arm of looks.first) arms.add(arm);
  for (const patch of event.patches) {
    if (patch.type !== state.subject.type || patch.id !== state.subject.id) continue;
    addReaders(subject, Object.keys(patch.traits), arms);
  }
  addReaders(subject, looked.traits, arms);
  addDue(subject, state, event.at, arms);
  const base = { world, subject: state.subject, place: placeOfEvent(event), event, shared };
  evaluateArms(arms, { program, state, base, given: false, known: new Map(), looked });
}

/** After the deadline's computed traits are in place. */
export function runDueRecordConditions(
  program: TriggerProgram,
  subject: SubjectProgram,
  state: SubjectState,
  at: Instant,
  world: World,
  looked: EvaluationResult,
  shared: ExpressionCache,
): void {
  if (subject.recordConditions.all.length === 0) return;
  const arms = new Set<ArmProgram>();
  addReaders(subject, looked.traits, arms);
  addDue(subject, state, at, arms);
  const base = { world, subject: state.subject, place: placeOfDeadline(at), shared };
  evaluateArms(arms, { program, state, base, given: false, known: new Map(), looked });
}

/** Looks at a record that was there before anything happens: nothing has turned, and its dates are scheduled (V3). */
export function seedRecordConditions(
  program: TriggerProgram,
  subject: SubjectProgram,
  state: SubjectState,
  at: Instant,
  world: World,
  looked: EvaluationResult,
): void {
  const base = { world, subject: state.subject, place: placeOfDeadline(at) };
  evaluateArms(subject.recordConditions.all, { program, state, base, given: true, known: new Map(), looked });
}

function addReaders(subject: SubjectProgram, traits: readonly string[], arms: Set<ArmProgram>): void {
  for (const name of traits) for (const arm of subject.recordConditions.byTrait.get(name) ?? []) arms.add(arm);
}

/** What waits for this instant, or reads a computed trait that it changes. */
function addDue(subject: SubjectProgram, state: SubjectState, at: Instant, arms: Set<ArmProgram>): void {
  for (const { owner, dueAt } of state.slots.values()) {
    if (dueAt === undefined || dueAt > at) continue;
    const arm = subject.arms.get(owner);
    if (arm?.condition.onRecord) arms.add(arm);
    else if (owner.startsWith(TRAIT_OWNER_PREFIX)) {
      addReaders(subject, [owner.slice(TRAIT_OWNER_PREFIX.length)], arms);
    }
  }
}

function evaluateArms(arms: Iterable<ArmProgram>, look: RecordEvaluation): void {
  for (const arm of [...arms].sort((a, b) => compareText(a.owner, b.owner))) evaluateArm(arm, look);
}

/** Conditions over records have one state for the whole subject; a key is that of the records at the firing. */
function evaluateArm(arm: ArmProgram, look: RecordEvaluation): void {
  const { state, base, looked } = look;
  const view = viewOf(arm, { ...base, wrongTypes: looked.wrongTypes });
  const slot = state.slots.get(entryKey(arm.owner, ''));
  const before = slot?.hash === arm.hash ? slot.state : undefined;
  const step = arm.condition.onRecord!(arm.arm, before as never, situationFor(arm, view, look));
  if (step.state === undefined) putStateEntry(state, { owner: arm.owner, key: '', state: undefined });
  else if (before === undefined || slot?.dueAt !== step.dueAt || canonical(before) !== canonical(step.state)) {
    putStateEntry(state, { owner: arm.owner, key: '', hash: arm.hash, state: step.state as Json, dueAt: step.dueAt });
  }
  for (const raw of step.firings ?? []) {
    const keyed = { ...view, trigger: triggerOf(arm, raw) };
    const keys = arm.arm.key ? keysAt(keyed, arm.arm.key) : [];
    for (const key of keys.length > 0 ? keys : ['']) looked.firings.push(firingOf(arm, key, view, raw));
  }
}

function situationFor(
  arm: ArmProgram,
  view: EvaluationView,
  { program, given, known }: RecordEvaluation,
): RecordSituation {
  return {
    ...situationOf(arm, view),
    ...(view.event && { event: view.event }),
    zone: zoneOf(view.world, view.subject, view.place, arm.zone),
    isSeed: given,
    holds: (name) => holdsAt(view, arm.arm.values[name]),
    value(name) {
      const expression = arm.arm.values[name];
      return expression && valueAt(view, expression);
    },
    nextThresholdAt(name) {
      const expression = arm.arm.values[name];
      if (!expression?.turns) return undefined;
      const id = `${view.zone}\u0000${expression.cel}`;
      if (!known.has(id)) known.set(id, nextThresholdAt(view, expression, program.settings.timeZone));
      return known.get(id);
    },
  };
}
