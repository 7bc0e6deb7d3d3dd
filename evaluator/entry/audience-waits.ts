/** Firings that wait for their audience are asked anew at each look at their subject (`if_refused`, N1). */
import { subjectKey } from '../../language/records/subject-key.ts';
import type { Place, TimelineEvent } from '../../language/records/timeline.ts';
import { type EvaluationView, evaluatedValues } from '../../triggers/engine/evaluation-view.ts';
import type { SubjectState } from '../../triggers/engine/state.ts';
import { decideAudience } from '../../triggers/entry/audience-wait.ts';
import { type AudienceWait, type EntryContext, enterFiring } from './enter-firing.ts';

/** @param event a late one comes with its own place, and lets nobody in: what it changed is seen at the next look */
export function decideAudienceWaits(
  state: SubjectState,
  { place, event, isLate }: { place: Place; event: TimelineEvent | undefined; isLate: boolean },
  context: EntryContext,
): void {
  const waits = context.audienceWaits?.get(subjectKey(state.subject));
  if (!waits || waits.length === 0) return;
  const left: AudienceWait[] = [];
  for (const wait of waits) if (!decideWait(wait, { place, event, isLate }, context)) left.push(wait);
  context.audienceWaits!.set(subjectKey(state.subject), left);
}

function decideWait(
  { firing, id, until }: AudienceWait,
  { place, event, isLate }: { place: Place; event: TimelineEvent | undefined; isLate: boolean },
  context: EntryContext,
): boolean {
  const { program, world, work: verdicts } = context;
  // A recomputation has taken it back meanwhile: it is settled as overtaken there.
  if (verdicts.decided.some((one) => one.id === id)) return true;
  const version = program.versions.get(firing.version);
  if (!version) return false; // its playbook is no longer deployed: it waits until its time is over
  const { playbook } = version;
  const view: EvaluationView = {
    world,
    subject: firing.subject,
    place,
    zone: playbook.timeZone ?? program.settings.timeZone,
  };
  const verdict = decideAudience(playbook, { firing, until }, event, event ? { ...view, event } : view);
  if (verdict === undefined || (isLate && verdict !== 'overtaken')) return false;
  if (verdict === 'passes') {
    const status = enterFiring(firing, place, context, {
      isDeferred: true,
      audience: { holds: true, looked: {} },
      enteredAt: place.at,
    });
    const reason = status === 'refused' ? (verdicts.decisions.at(-1)?.verdict ?? null) : null;
    verdicts.decided.push({ id, status, reason, entersAt: place.at });
    return true;
  }
  const reason = verdict === 'overtaken' ? 'overtaken' : 'audience';
  const looked = playbook.audience ? evaluatedValues({ ...view, trigger: firing.trigger }, playbook.audience) : {};
  const cause = event ? { ...looked, event: event.messageId } : looked;
  const { playbook: name, subject } = firing;
  const decision = { playbook: name, firingId: id, enrolmentId: null, subject, verdict: reason, at: place.at };
  verdicts.decisions.push({ ...decision, looked: verdict === 'overtaken' ? cause : looked });
  verdicts.decided.push({ id, status: 'refused', reason });
  return true;
}
