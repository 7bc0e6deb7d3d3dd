/** Timelines, read back in the order in which their events take effect (semantics E4). */

import { type EventKind, mergesOf } from '../../events/new-event.ts';
import { type Instant, SUBJECT_TYPES, type SubjectRef, type SubjectType } from '../../language/model.ts';
import { eventOn } from '../../language/records/event-timelines.ts';
import { compareEvents, type Place, type TimelineEvent } from '../../language/records/timeline.ts';
import type { Queryable } from '../postgres/database.ts';

/** A timeline's event with what only the store knows of it. */
export interface StoredEvent extends TimelineEvent {
  source: string;
  kind: EventKind;
  /** Beside a `userId` it asks for a merge (E6). */
  anonymousId?: string;
  /** Stamped later than received by more than 5 min (E3). */
  flagged: boolean;
  /** Of a system event: the late event that undid its cause (E9). It is on no timeline any more. */
  undoneBy?: string;
  /** On a timeline to which a merge brought it: the merge's instant, before which the timeline did not have it (E6). */
  readFrom?: Instant;
}

/** Where reading begins or ends: at an event, or at an instant's deadlines or journeys, after all its events. */
export type Bound = Pick<Place, 'at' | 'phase' | 'receivedAt' | 'arrival'>;

export interface TimelineOptions {
  /** Events after this place; without it from the beginning. */
  after?: Bound;
  /** Events up to this place, itself included; without it to the end. */
  upTo?: Bound;
  names?: readonly string[];
  /** Of what merges bring here only what came by these, by their arrivals (E6); without it all of it. */
  vias?: readonly number[];
  limit: number;
  /** Of more than `limit` the latest; without it the first. */
  latest?: boolean;
}

/** At most `limit` events of a subject within the bounds, in E4's order, as they are read on its timeline. */
export async function readTimeline(
  client: Queryable,
  subject: SubjectRef,
  options: TimelineOptions,
): Promise<StoredEvent[]> {
  const values: unknown[] = [subject.type, subject.id, options.limit];
  const conditions = ['t.subject_type = $1', 't.subject_id = $2'];
  const parameter = (value: unknown, type: string) => `$${values.push(value)}::${type}`;
  const place = ({ at, phase, receivedAt, arrival }: Bound) =>
    phase === 'events'
      ? `(cuebook_instant(${parameter(at, 'bigint')}), cuebook_instant(${parameter(receivedAt, 'bigint')}), ` +
        `${parameter(arrival, 'bigint')})`
      : `(cuebook_instant(${parameter(at, 'bigint')}), 'infinity'::timestamptz, 0::bigint)`;
  if (options.after !== undefined) conditions.push(`(t.at, t.received_at, t.arrival) > ${place(options.after)}`);
  if (options.upTo !== undefined) conditions.push(`(t.at, t.received_at, t.arrival) <= ${place(options.upTo)}`);
  if (options.names !== undefined) conditions.push(`t.name = ANY(${parameter(options.names, 'text[]')})`);
  if (options.vias !== undefined) {
    conditions.push(`(t.via IS NULL OR t.via = ANY(${parameter(options.vias, 'bigint[]')}))`);
  }
  const order = options.latest ? 't.at DESC, t.received_at DESC, t.arrival DESC' : 't.at, t.received_at, t.arrival';
  const { rows } = await client.query<EventColumns & { of: string | null; readFrom: Instant | null }>(
    `SELECT ${EVENT_COLUMNS}, t.of_id AS of, t.via_at AS "readFrom" FROM timeline t JOIN events e USING (arrival)
      WHERE e.undone_by IS NULL AND ${conditions.join(' AND ')}
      ORDER BY ${order} LIMIT $3`,
    values,
  );
  const events = rows.map((row) => {
    const event = eventOn(eventOf(row), { subject, ...(row.of !== null && { of: row.of }) });
    return row.readFrom === null ? event : { ...event, readFrom: row.readFrom };
  });
  return options.latest ? events.reverse() : events;
}

/** The stored events of these arrivals, in E4's order. */
export async function readEvents(client: Queryable, arrivals: readonly number[]): Promise<StoredEvent[]> {
  if (arrivals.length === 0) return [];
  const { rows } = await client.query<EventColumns>(
    `SELECT ${EVENT_COLUMNS} FROM events e WHERE e.arrival = ANY($1::bigint[])`,
    [arrivals],
  );
  return rows.map(eventOf).sort(compareEvents);
}

/** Of `events e`. */
export const EVENT_COLUMNS = `e.arrival, e.source, e.message_id AS "messageId", e.kind, e.name, e.at, e.received_at AS "receivedAt",
  e.flagged, e.contact_id, e.anonymous_id, e.account_id, e.deal_id, e.ticket_id, e.colleague_id, e.workspace_id,
  e.properties, e.patches, e.undone_by`;

type Ids = { [column in `${SubjectType}_id` | 'anonymous_id']: string | null };
export type EventColumns = Omit<StoredEvent, 'subjects' | 'anonymousId' | 'undoneBy' | 'readFrom'> &
  Ids & { undone_by: string | null };

export function eventOf(row: EventColumns): StoredEvent {
  const { arrival, source, messageId, kind, name, at, receivedAt, flagged, properties, patches, undone_by } = row;
  const { contact_id: contactId, anonymous_id: anonymousId } = row;
  const subjects = SUBJECT_TYPES.flatMap((type) => {
    const id = row[`${type}_id`];
    return id === null ? [] : [{ type, id }];
  });
  const claim = { kind, contactId: contactId ?? undefined, anonymousId: anonymousId ?? undefined };
  return {
    ...{ arrival, source, messageId, kind, name, at, receivedAt, flagged, properties, patches, subjects },
    ...(anonymousId !== null && { anonymousId }),
    ...mergesOf({ ...claim, previousId: properties.previousId }),
    ...(kind === 'own' && { own: true }),
    ...(undone_by !== null && { undoneBy: undone_by }),
  };
}
