/** Shows a look at a subject to whatever waits on its timeline: enrolments, and firings that wait for their audience. */
import { type Place, placeOfEvent, type TimelineEvent } from '../../language/records/timeline.ts';
import { emptyLook, type Looked, type SubjectState } from '../../triggers/engine/state.ts';
import { askWaits } from '../entry/audience-waits.ts';
import type { EntryContext } from '../entry/enter-firing.ts';
import { subjectKey, tellWaiting } from './notify-subscriptions.ts';

export interface Look {
  place: Place;
  event: TimelineEvent | undefined;
  looked: Looked;
  /** The event lies before what was looked at already. */
  isLate: boolean;
}

/** An event that came late: what it turned was looked at in its own place. */
export function lateLook(event: TimelineEvent): Look {
  return { place: placeOfEvent(event), event, looked: emptyLook(), isLate: true };
}

export function tellLook(entry: EntryContext, state: SubjectState, { place, event, looked, isLate }: Look): void {
  const { world, verdicts, program } = entry;
  const rows = entry.waiting.get(subjectKey(state.subject)) ?? [];
  tellWaiting(rows, { world, state, place, event, looked, zone: program.settings.timeZone, verdicts });
  askWaits(state, { place, event, isLate }, entry);
}
