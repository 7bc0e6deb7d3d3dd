/** What the parts of one evaluation share: a subject at one place of its timeline, and the result. */
import type { Place, TimelineEvent } from '../../language/records/timeline.ts';
import type { World } from '../../language/records/world.ts';
import type { Asker, SubjectProgram } from '../index/program.ts';
import type { EvaluationView } from './evaluation-view.ts';
import type { ExpressionCache } from './expression-cache.ts';
import type { EvaluationResult, SubjectState } from './state.ts';

export interface Evaluation {
  /** The settings' zone. */
  zone: string;
  /** The arms, clocks and traits of the subject's type. */
  listeners: SubjectProgram;
  state: SubjectState;
  world: World;
  place: Place;
  /** Absent where deadlines are applied. */
  event: TimelineEvent | undefined;
  result: EvaluationResult;
  /** Made once the computed traits have taken the event up: from there on, records read the same to the end. */
  cache: ExpressionCache | undefined;
}

export type EventEvaluation = Evaluation & { event: TimelineEvent };

export function isOfEvent(evaluation: Evaluation): evaluation is EventEvaluation {
  return evaluation.event !== undefined;
}

/** What a listener sees of the evaluation. Field by field: made for each listener that an event may concern. */
export function viewOf<E extends Evaluation>(
  { world, state, place, event, cache, result }: E,
  { zone, asker }: Asker,
): EvaluationView & Pick<E, 'event'> {
  const { wrongTypes } = result;
  return { world, subject: state.subject, place, event, trigger: undefined, zone, cache, source: asker, wrongTypes };
}
