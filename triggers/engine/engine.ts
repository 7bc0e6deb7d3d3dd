/**
 * The trigger engine: one subject, one event or one instant, the next state and the firings. Production, tests, backtests
 * and simulations call these two functions and no others.
 *
 * Order within a look: computed traits, then clocks, then arms over events, then arms over records; so that each reads what
 * the event has changed.
 */
import type { Instant } from '../../language/model.ts';
import { comparePlaces, placeOfDeadline, placeOfEvent, type TimelineEvent } from '../../language/records/timeline.ts';
import type { World } from '../../language/records/world.ts';
import { dropAwaited } from '../entry/awaited-thresholds.ts';
import type { TriggerProgram } from '../index/program.ts';
import { ExpressionCache } from './expression-cache.ts';
import { overtake, uniqueFirings } from './merge-firings.ts';
import { runClocks, runDueClocks } from './run-clocks.ts';
import { runConditions, runDueConditions } from './run-conditions.ts';
import { runDueRecordConditions, runRecordConditions, seedRecordConditions } from './run-record-conditions.ts';
import { foldDueTraits, foldTraits } from './run-traits.ts';
import { type EvaluationResult, emptyResult, nextDueAt, putStateEntry, type SubjectState } from './state.ts';

/** Applies one event at its place. Deadlines before it must have been applied; see `deadlinesBefore`. */
export function applyEvent(
  program: TriggerProgram,
  state: SubjectState,
  event: TimelineEvent,
  world: World,
): EvaluationResult {
  const looked = emptyResult();
  const subject = program.subjects.get(state.subject.type);
  if (subject) {
    foldTraits(program, subject, state, event, world, looked);
    const shared = new ExpressionCache(world, state.subject, placeOfEvent(event), event);
    runClocks(program, subject, state, event, world, looked, shared);
    runConditions(subject, state, event, world, looked, shared);
    runRecordConditions(program, subject, state, event, world, looked, shared);
  }
  state.head = placeOfEvent(event);
  return finish(looked);
}

/** Applies every deadline that is due exactly at `at`, the subject's earliest. */
export function applyDeadlines(
  program: TriggerProgram,
  state: SubjectState,
  at: Instant,
  world: World,
): EvaluationResult {
  const looked = emptyResult();
  const subject = program.subjects.get(state.subject.type);
  if (subject) {
    foldDueTraits(program, subject, state, at, world, looked);
    const shared = new ExpressionCache(world, state.subject, placeOfDeadline(at), undefined);
    runDueClocks(program, subject, state, at, world, looked, shared);
    runDueConditions(subject, state, at, world, looked, shared);
    runDueRecordConditions(program, subject, state, at, world, looked, shared);
  } else dropDue(state, at);
  dropAwaited(state, at);
  const place = placeOfDeadline(at);
  if (!state.head || comparePlaces(state.head, place) < 0) state.head = place;
  return finish(looked);
}

/**
 * Looks at a record that was there before anything happens, as it stands at `at`: what holds has not turned, and dates are
 * scheduled (V3). Nothing fires; an instant of the past is over.
 */
export function seedRecord(program: TriggerProgram, state: SubjectState, world: World, at: Instant): void {
  const subject = program.subjects.get(state.subject.type);
  if (subject) seedRecordConditions(program, subject, state, at, world, emptyResult());
}

/** The earliest deadline that comes before an event at `at` (at one instant events come first, E4). */
export function deadlineBefore(state: SubjectState, at: Instant): Instant | undefined {
  const dueAt = nextDueAt(state);
  return dueAt !== undefined && dueAt < at ? dueAt : undefined;
}

/** Nothing that looks at such subjects is deployed any more: its state goes (T18). */
function dropDue(state: SubjectState, at: Instant): void {
  for (const { owner, key, dueAt } of [...state.slots.values()]) {
    if (dueAt !== undefined && dueAt <= at) putStateEntry(state, { owner, key, state: undefined });
  }
}

function finish(looked: EvaluationResult): EvaluationResult {
  if (looked.firings.length === 0) return looked;
  looked.firings = uniqueFirings(overtake(looked.firings));
  return looked;
}
