/**
 * The trigger engine: one subject, one event or one instant, the next state and the firings. Production, tests, backtests
 * and simulations call these functions and no others.
 */
import type { Instant } from '../../language/model.ts';
import {
  comparePlaces,
  type Place,
  placeOfDeadline,
  placeOfEvent,
  type TimelineEvent,
} from '../../language/records/timeline.ts';
import type { World } from '../../language/records/world.ts';
import { dropAwaited } from '../entry/awaited-thresholds.ts';
import type { SubjectProgram, TriggerProgram } from '../index/program.ts';
import { dropStale } from './drop-state.ts';
import type { Evaluation } from './evaluation.ts';
import { ExpressionCache } from './expression-cache.ts';
import { overtake, uniqueFirings } from './merge-firings.ts';
import { runClocks } from './run-clocks.ts';
import { runConditions } from './run-conditions.ts';
import { runRecordConditions, seedRecordConditions } from './run-record-conditions.ts';
import { runRequested } from './run-requested.ts';
import { foldTraits } from './run-traits.ts';
import { type EvaluationResult, emptyResult, nextDueAt, type SubjectState } from './state.ts';

/** Applies one event at its place. Deadlines before it must have been applied; see `deadlineBefore`. */
export function applyEvent(
  program: TriggerProgram,
  state: SubjectState,
  event: TimelineEvent,
  world: World,
): EvaluationResult {
  const place = placeOfEvent(event);
  const listeners = program.subjects.get(state.subject.type);
  const result = listeners ? evaluate(evaluationOf(program, listeners, { state, world, place, event })) : emptyResult();
  state.head = place;
  return result;
}

/** Applies every deadline that is due exactly at `at`, the subject's earliest. */
export function applyDeadlines(
  program: TriggerProgram,
  state: SubjectState,
  at: Instant,
  world: World,
): EvaluationResult {
  const place = placeOfDeadline(at);
  const listeners = program.subjects.get(state.subject.type);
  dropStale(state, listeners, at);
  const result = listeners ? evaluate(evaluationOf(program, listeners, { state, world, place })) : emptyResult();
  dropAwaited(state, at);
  if (!state.head || comparePlaces(state.head, place) < 0) state.head = place;
  return result;
}

/**
 * Takes up a record that was there before anything happens, as it is at `at`: what holds has not turned, and dates are
 * scheduled (V3). Nothing fires; an instant of the past is over.
 */
export function seedRecord(program: TriggerProgram, state: SubjectState, world: World, at: Instant): void {
  const listeners = program.subjects.get(state.subject.type);
  if (listeners) {
    seedRecordConditions(evaluationOf(program, listeners, { state, world, place: placeOfDeadline(at) }));
  }
}

/** The earliest deadline that comes before an event at `at` (at one instant events come first, E4). */
export function deadlineBefore(state: SubjectState, at: Instant): Instant | undefined {
  const dueAt = nextDueAt(state);
  return dueAt !== undefined && dueAt < at ? dueAt : undefined;
}

function evaluationOf(
  program: TriggerProgram,
  listeners: SubjectProgram,
  { state, world, place, event }: { state: SubjectState; world: World; place: Place; event?: TimelineEvent },
): Evaluation {
  const zone = program.settings.timeZone;
  return { zone, listeners, state, world, place, event, result: emptyResult(), cache: undefined };
}

/** In this order each part reads what the event, or the instant, has changed in those before it. */
function evaluate(evaluation: Evaluation): EvaluationResult {
  const { world, state, place, event, result } = evaluation;
  foldTraits(evaluation);
  evaluation.cache = new ExpressionCache(world, state.subject, place, event);
  runClocks(evaluation);
  runConditions(evaluation);
  runRecordConditions(evaluation);
  runRequested(evaluation);
  if (result.firings.length > 0) result.firings = uniqueFirings(overtake(result.firings));
  return result;
}
