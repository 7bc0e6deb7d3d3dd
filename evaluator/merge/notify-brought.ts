/** What waits on a contact's timeline is told of what a merge brought there (E6). */
import { afterLateEvent } from '../../evaluation/after-evaluation.ts';
import { placeOfDeadline, placeOfEvent } from '../../language/records/timeline.ts';
import { readTimeline } from '../../store/events/timeline.ts';
import type { MergeInput } from './merge-contacts.ts';

/** Events of one timeline that are shown to what waits. */
const MAX_EVENTS = 1_000;

/** It sees what the merge brought; what it has seen before it waited for in vain. */
export async function notifyBrought({ client, session, changed, event }: MergeInput, id: string): Promise<void> {
  const subject = { type: 'contact' as const, id };
  const waiting = session.subscriptions(subject);
  if (changed.length === 0 || waiting.length === 0) return;
  const after = placeOfDeadline(Math.min(...waiting.map(({ row }) => row.since)));
  const upTo = placeOfEvent(event);
  for (const brought of await readTimeline(client, subject, { after, upTo, limit: MAX_EVENTS })) {
    afterLateEvent(session, subject, brought);
  }
}
