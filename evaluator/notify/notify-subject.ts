/** Shows a look at a subject to whatever waits on its timeline: enrolments, and firings that wait for their audience. */
import { subjectKey } from '../../language/records/subject-key.ts';
import { type Place, placeOfEvent, type TimelineEvent } from '../../language/records/timeline.ts';
import { type EvaluationResult, emptyResult, type SubjectState } from '../../triggers/engine/state.ts';
import { decideAudienceWaits } from '../entry/audience-waits.ts';
import type { EntryContext } from '../entry/enter-firing.ts';
import { notifySubscriptions } from './notify-subscriptions.ts';

export interface SubjectEvaluation {
  place: Place;
  event: TimelineEvent | undefined;
  looked: EvaluationResult;
  /** The event lies before what was looked at already. */
  isLate: boolean;
}

/** An event that came late: what it turned was looked at in its own place. */
export function lateEvaluation(event: TimelineEvent): SubjectEvaluation {
  return { place: placeOfEvent(event), event, looked: emptyResult(), isLate: true };
}

export function notifySubject(
  entry: EntryContext,
  state: SubjectState,
  { place, event, looked, isLate }: SubjectEvaluation,
): void {
  const { world, work: verdicts, program } = entry;
  const rows = entry.waiting.get(subjectKey(state.subject)) ?? [];
  notifySubscriptions(rows, { world, state, place, event, looked, zone: program.settings.timeZone, verdicts });
  decideAudienceWaits(state, { place, event, isLate }, entry);
}
