/** Events: appended once, in one transaction, with their places on timelines (semantics E1, E2, E7, E8). */
import { randomUUID } from 'node:crypto';
import { eventTime } from '../../events/event-time.ts';
import { type NewEvent, SYSTEM_SOURCE, subjectsOf } from '../../events/new-event.ts';
import type { Instant, Json, SubjectRef } from '../../language/model.ts';
import type { TraitPatch } from '../../language/records/timeline.ts';
import type { Database, Queryable } from '../postgres/database.ts';
import { type EventInsert, type EventRow, insertOf } from './event-insert.ts';

/**
 * Every transaction that writes an event holds this advisory lock, shared, and reads `receivedAt` after it has it. The
 * sweep of a deadline looks who holds it after the deadline: once they have ended, no event from before it is on its way.
 */
export const EVENT_WRITERS_LOCK = 7_241_550_002;

/** A request waits for this: rather answered "try again" than held for the half minute that others may take. */
const APPEND_LIMITS = { totalMs: 10_000 };

export interface Appended {
  /** `duplicate`: its (source, messageId) was there already, and nothing has changed (E2). */
  result: 'accepted' | 'duplicate';
  /** Of the stored event: the first one's where this is a repeat. */
  arrival: number;
}

/**
 * Appends events in one transaction, in their order.
 *
 * @returns for each event what became of it, in the same order. Everything that it names is committed.
 */
export async function appendEvents(database: Database, events: readonly NewEvent[]): Promise<Appended[]> {
  if (events.length === 0) return [];
  const { insert, fresh } = await database.transaction(async (client, commit) => {
    const receivedAt = await beginWriting(client);
    const rows = events.map((event) => rowOf(event, receivedAt));
    const made = await insertOf(client, receivedAt, rows);
    return { insert: made, fresh: await commit(made.send(client)) };
  }, APPEND_LIMITS);
  return insert.appended(database.pool, fresh);
}

/**
 * Appends dated history, as a file or `/v1/import` brings it: `at` is the event's own timestamp, whenever it was sent;
 * `receivedAt` is now as for every event, so what is old enough arrives late (E5).
 */
export async function importEvents(database: Database, events: readonly NewEvent[]): Promise<Appended[]> {
  return appendEvents(database, events.map(asHistory));
}

/** The same event with the time of its sending forgotten. */
export function asHistory(event: NewEvent): NewEvent {
  const { timestamp } = event.stamps;
  return { ...event, stamps: timestamp === undefined ? {} : { timestamp } };
}

/** An event of Cuebook's own (E9). */
export interface SystemEvent {
  name: string;
  subjects: readonly SubjectRef[];
  properties: { [name: string]: Json };
  patches?: TraitPatch[];
  /** Derived from what caused it, so that a repeat is not stored twice; without one it is drawn. */
  messageId?: string;
  /** Stored as consumed: nothing that is deployed listens to it (architecture, decision 2). */
  consumed?: boolean;
}

/**
 * Appends Cuebook's own events in the caller's transaction: `at` and `receivedAt` are the instant of this call (E9).
 * Takes the writers' lock; call it before whatever else in the transaction reads the time.
 */
export async function appendSystemEvents(client: Queryable, events: readonly SystemEvent[]): Promise<Appended[]> {
  if (events.length === 0) return [];
  const insert = await systemInsertOf(client, await beginWriting(client), events);
  return insert.appended(client, await insert.send(client));
}

/** The same in two steps, for callers that send it together with others. @param receivedAt as `beginWriting` has read it */
export function systemInsertOf(
  client: Queryable,
  receivedAt: Instant,
  events: readonly SystemEvent[],
): Promise<EventInsert> {
  const rows = events.map(
    (event): EventRow => ({
      source: SYSTEM_SOURCE,
      messageId: event.messageId ?? `own:${randomUUID()}`,
      kind: 'own',
      name: event.name,
      at: receivedAt,
      flagged: false,
      subjects: event.subjects,
      anonymousId: null,
      properties: event.properties,
      patches: event.patches ?? [],
      consumed: event.consumed ?? false,
    }),
  );
  return insertOf(client, receivedAt, rows);
}

/** Joins the writers, then reads the time: in this order, or a deadline could pass an event that is still on its way. */
export async function beginWriting(client: Queryable): Promise<Instant> {
  // Two statements in one message, answered by two results.
  const results = (await client.query(
    `SELECT pg_advisory_xact_lock_shared(${EVENT_WRITERS_LOCK}); SELECT cuebook_now() AS now`,
  )) as unknown as [unknown, { rows: [{ now: Instant }] }];
  return results[1].rows[0].now;
}

function rowOf(event: NewEvent, receivedAt: Instant): EventRow {
  return {
    source: event.source,
    messageId: event.messageId,
    kind: event.kind,
    name: event.name,
    ...eventTime(event.stamps, receivedAt),
    subjects: subjectsOf(event.ids),
    anonymousId: event.ids.anonymousId ?? null,
    properties: event.properties,
    patches: event.patches,
    isClient: event.isClient,
    consumed: false,
  };
}

/** For this long `(source, messageId)` stays unique (E2). */
const EVENT_KEYS_KEPT_MS = 30 * 24 * 3_600_000;

/**
 * Forgets keys older than 30 days, at most `limit` of them.
 *
 * @returns how many went; fewer than `limit` means that none is left to go.
 */
export async function pruneEventKeys(client: Queryable, limit = 10_000): Promise<number> {
  const { rowCount } = await client.query(
    `DELETE FROM event_keys WHERE (source, message_id) IN (
       SELECT source, message_id FROM event_keys
        WHERE received_at < cuebook_now() - make_interval(secs => $1) ORDER BY received_at LIMIT $2)`,
    [EVENT_KEYS_KEPT_MS / 1000, limit],
  );
  return rowCount ?? 0;
}
