/** What waits on a contact's timeline is told of what a merge brought there (E6). */
import { afterLateEvent } from '../../evaluation/after-evaluation.ts';
import { placeOfDeadline, placeOfEvent } from '../../language/records/timeline.ts';
import { readTimeline } from '../../store/events/timeline.ts';
import { unconsumedOf } from '../../store/events/timeline-entries.ts';
import { consumedOf, type MergeInput } from './merge-input.ts';

/** Events that are read at once. */
const PAGE = 1_000;

/**
 * It sees what the merge brought, also from after the merge's own place: that was another's until now. What it has seen
 * before it waited for in vain. What is not consumed yet it sees then.
 */
export async function notifyBrought(task: MergeInput, id: string): Promise<void> {
  const { client, session, changed } = task;
  const subject = { type: 'contact' as const, id };
  // Journeys, and firings that wait for their audience, which a goal or an exit overtakes (N1).
  const journeys = session.subscriptions(subject).map(({ row }) => row.since);
  const waiting = [...journeys, ...session.audienceWaits(subject).map(({ firing }) => firing.at)];
  if (changed.size === 0 || waiting.length === 0) return;
  const pending = await unconsumedOf(client, subject);
  for (const arrival of consumedOf([task])) pending.delete(arrival);
  let after = placeOfDeadline(Math.min(...waiting));
  for (let isLast = false; !isLast; ) {
    const page = await readTimeline(client, subject, { after, limit: PAGE });
    for (const brought of page) {
      if (!pending.has(brought.arrival)) afterLateEvent(session, subject, brought, brought.readFrom);
    }
    isLast = page.length < PAGE;
    if (!isLast) after = placeOfEvent(page.at(-1)!);
  }
}
