/** What follows when the engine has evaluated an event or a deadline of a subject, in this order, live and in virtual time. */
import type { Instant, SubjectRef } from '../language/model.ts';
import { RUN_BY } from '../language/records/runs.ts';
import { placeOfEvent, type TimelineEvent } from '../language/records/timeline.ts';
import { requestedOn } from '../triggers/engine/run-requested.ts';
import { emptyResult } from '../triggers/engine/state.ts';
import { decideAudienceWaits } from './audience-waits.ts';
import { enterFiring, tellRefused } from './enter-firing.ts';
import type { EvaluationSession } from './session.ts';
import { notifySubscriptions, type SubjectEvaluation } from './subscriptions.ts';
import { slaEvent } from './system-events.ts';

export function afterEvaluation(session: EvaluationSession, evaluation: SubjectEvaluation): void {
  const { subject, place, result } = evaluation;
  for (const notice of result.notices) {
    const event = slaEvent(subject, notice);
    if (event) session.emit({ kind: 'system-event', event, at: event.at });
  }
  notifySubscriptions(session, evaluation);
  decideAudienceWaits(session, evaluation);
  for (const firing of result.firings) enterFiring(session, firing, place);
  refuseUnknownRun(session, evaluation);
}

/** A playbook is asked for that is not deployed: who asks is told, as of one that is stopped (S13). */
function refuseUnknownRun(session: EvaluationSession, { subject, event, place }: SubjectEvaluation): void {
  const requested = event && requestedOn(subject, event);
  if (!requested || session.program.subjects.get(subject.type)?.playbooks.has(requested.runs)) return;
  const { runs: playbook, run, waits } = requested;
  const { playbook: asking = '', enrolment = '' } = event.properties;
  const trigger = { [RUN_BY]: { playbook: asking, enrolment, run, waits } };
  tellRefused(session, { id: '', playbook, subject, key: '', trigger }, 'inactive', place.at);
}

/**
 * An event that came late, or that a merge brought: what it fires is found where its timeline is replayed.
 *
 * @param readFrom where a merge brought it, the merge's instant: before it the timeline did not have it
 */
export function afterLateEvent(
  session: EvaluationSession,
  subject: SubjectRef,
  event: TimelineEvent,
  readFrom: Instant = event.at,
): void {
  const result = emptyResult();
  const evaluation = { subject, place: placeOfEvent(event), event, result, isLate: true, readFrom };
  notifySubscriptions(session, evaluation);
  decideAudienceWaits(session, evaluation);
  refuseUnknownRun(session, evaluation);
  if (result.wrongTypes.size > 0) session.emit({ kind: 'wrong-types', found: result.wrongTypes, at: event.at });
}
