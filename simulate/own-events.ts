/** Cuebook's own events (E9), as they stand on timelines. */
import type { Instant, Json, SubjectRef } from '../language/model.ts';
import type { TimelineEvent, TraitPatch } from '../language/timeline.ts';

export interface OwnEvent {
  name: string;
  subject: SubjectRef;
  properties: { [name: string]: Json };
  patch?: TraitPatch | undefined;
}

export function ownEvent(event: OwnEvent, at: Instant, arrival: number): TimelineEvent {
  return {
    arrival,
    messageId: `own-${arrival}`,
    name: event.name,
    at,
    receivedAt: at,
    properties: event.properties,
    subjects: [event.subject],
    patches: event.patch ? [event.patch] : [],
    own: true,
  };
}
