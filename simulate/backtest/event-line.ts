/** A timeline's event as a line of the run's own files: short, and read back as it was. */
import type { Json, SubjectRef } from '../../language/model.ts';
import type { TimelineEvent, TraitPatch } from '../../language/records/timeline.ts';

type Fields = [
  at: number,
  receivedAt: number,
  arrival: number,
  component: number,
  messageId: string,
  name: string,
  properties: { [name: string]: Json },
  subjects: SubjectRef[],
  patches: TraitPatch[],
  own: 0 | 1,
  merges: readonly string[],
];

/** @param component the event's number among the components; what is not divided has none */
export function lineOfEvent(event: TimelineEvent, component = -1): string {
  const { at, receivedAt, arrival, messageId, name, properties, subjects, patches, own, merges } = event;
  const fields: Fields = [
    at,
    receivedAt,
    arrival,
    component,
    messageId,
    name,
    properties,
    subjects,
    patches,
    own ? 1 : 0,
    merges ?? [],
  ];
  return JSON.stringify(fields);
}

export function eventOfLine(line: string): TimelineEvent {
  const [at, receivedAt, arrival, , messageId, name, properties, subjects, patches, own, merges] = JSON.parse(
    line,
  ) as Fields;
  const event: TimelineEvent = { arrival, messageId, name, at, receivedAt, properties, subjects, patches };
  if (own === 1) event.own = true;
  if (merges.length > 0) event.merges = merges;
  return event;
}
