/** What waits on a contact's timeline is told of what a merge brought there (E6). */
import { afterLateEvent } from '../../evaluation/after-evaluation.ts';
import { placeOfDeadline, placeOfEvent } from '../../language/records/timeline.ts';
import { readTimeline } from '../../store/events/timeline.ts';
import type { MergeInput } from './merge-contacts.ts';
import { latestOf } from './pending-merges.ts';

/** Events of one timeline that are shown to what waits. */
const MAX_EVENTS = 1_000;

/** It sees what the merge brought; what it has seen before it waited for in vain. */
export async function notifyBrought(task: MergeInput, id: string): Promise<void> {
  const { client, session, changed, events } = task;
  const subject = { type: 'contact' as const, id };
  const waiting = session.subscriptions(subject);
  if (changed.size === 0 || waiting.length === 0) return;
  const after = placeOfDeadline(Math.min(...waiting.map(({ row }) => row.since)));
  const upTo = placeOfEvent(latestOf(events));
  for (const brought of await readTimeline(client, subject, { after, upTo, limit: MAX_EVENTS })) {
    afterLateEvent(session, subject, brought);
  }
}
