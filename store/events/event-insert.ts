/** The statement that writes a list of events with everything that belongs to them, in one round trip. */

import type { EventKind } from '../../events/new-event.ts';
import { type Instant, type Json, SUBJECT_TYPES, type SubjectRef, type SubjectType } from '../../language/model.ts';
import type { TraitPatch } from '../../language/records/timeline.ts';
import type { Queryable } from '../postgres/database.ts';
import { jsonTexts } from '../postgres/json-texts.ts';
import { keepAddresses } from './address-givers.ts';
import type { Appended } from './events.ts';

/** An event with its time, as it is stored. */
export interface EventRow {
  source: string;
  messageId: string;
  kind: EventKind;
  name: string;
  at: Instant;
  flagged: boolean;
  /** At most one of each type. */
  subjects: readonly SubjectRef[];
  anonymousId: string | null;
  properties: { [name: string]: Json };
  patches: readonly TraitPatch[];
  /** It came with a client key (E10). */
  isClient?: true | undefined;
  consumed: boolean;
}

/**
 * Numbers are drawn in the order of the list; keys are taken in the order of their names, so that two writers of the
 * same keys wait for each other at the first of them and cannot lock up.
 */
const INSERT = `
WITH input AS MATERIALIZED (
  SELECT nextval('events_arrival_seq') AS arrival, listed.* FROM (
    SELECT * FROM unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::bigint[], $7::boolean[], $8::text[],
      $9::text[], $10::text[], $11::text[], $12::text[], $13::text[], $14::text[], $15::text[], $16::text[],
      $17::boolean[], $21::text[]) WITH ORDINALITY
      AS i (source, message_id, kind, name, at_ms, flagged, contact_id, anonymous_id, account_id, deal_id, ticket_id,
            colleague_id, workspace_id, properties, patches, consumed, key_source, n)
    ORDER BY n) AS listed
), keys AS (
  INSERT INTO event_keys (source, message_id, arrival, received_at)
  SELECT key_source, message_id, arrival, cuebook_instant($1) FROM input ORDER BY key_source, message_id
  ON CONFLICT DO NOTHING RETURNING arrival
), fresh AS MATERIALIZED (
  SELECT input.*, cuebook_instant(at_ms) AS at FROM input JOIN keys USING (arrival)
), stored AS (
  INSERT INTO events (arrival, source, message_id, kind, name, at, received_at, flagged, contact_id, anonymous_id,
    account_id, deal_id, ticket_id, colleague_id, workspace_id, properties, patches)
  SELECT arrival, source, message_id, kind, name, at, cuebook_instant($1), flagged, contact_id, anonymous_id,
    account_id, deal_id, ticket_id, colleague_id, workspace_id, properties::jsonb, patches::jsonb
    FROM fresh ORDER BY arrival
), pending AS (
  INSERT INTO pending_events (arrival, at, received_at)
  SELECT arrival, at, cuebook_instant($1) FROM fresh WHERE NOT consumed
), entries AS (
  INSERT INTO timeline (subject_type, subject_id, at, received_at, arrival, name)
  SELECT entry.type, entry.id, at, cuebook_instant($1), arrival, name
    FROM fresh JOIN unnest($18::int[], $19::text[], $20::text[]) AS entry (n, type, id) USING (n)
)
SELECT n::int AS n, arrival FROM fresh`;

/** Events that are about to be written. */
export interface EventInsert {
  /** Writes them: one statement, sent at once. Answers those that are new. */
  send(client: Queryable): Promise<FreshEvent[]>;
  /** What became of each row, in their order; asks for what others have written, which may be done once it is committed. */
  appended(client: Queryable, fresh: readonly FreshEvent[]): Promise<Appended[]>;
}

interface FreshEvent {
  /** From 1, in the order of the list. */
  n: number;
  arrival: number;
}

/**
 * Makes the statement that writes events which the store does not have, in their order; the caller's transaction holds the
 * writers' lock.
 */
export async function insertOf(
  client: Queryable,
  receivedAt: Instant,
  rows: readonly EventRow[],
): Promise<EventInsert> {
  // The first of a key wins within the list too; the statement must not see the others.
  const firsts = new Map<string, EventRow>();
  for (const row of rows) if (!firsts.has(keyOf(row))) firsts.set(keyOf(row), row);
  const list = await keepAddresses(client, [...firsts.values()]);
  const values = await valuesOf(receivedAt, list);
  return {
    send: async (sender) => (await sender.query<FreshEvent>(INSERT, values)).rows,
    async appended(reader, fresh) {
      const accepted = new Map(fresh.map(({ n, arrival }) => [keyOf(list[n - 1]!), arrival]));
      const known = await arrivalsOf(
        reader,
        list.filter((row) => !accepted.has(keyOf(row))),
      );
      return rows.map((row) => {
        const key = keyOf(row);
        const isFirst = firsts.get(key) === row && accepted.has(key);
        return { result: isFirst ? 'accepted' : 'duplicate', arrival: (accepted.get(key) ?? known.get(key))! };
      });
    },
  };
}

async function valuesOf(receivedAt: Instant, list: readonly EventRow[]): Promise<unknown[]> {
  const ids = (type: SubjectType) => list.map((row) => row.subjects.find((it) => it.type === type)?.id ?? null);
  const [contacts, accounts, deals, tickets, colleagues, workspaces] = SUBJECT_TYPES.map(ids);
  const entries = list.flatMap((row, i) => row.subjects.map((subject) => ({ n: i + 1, ...subject })));
  return [
    receivedAt,
    list.map((row) => row.source),
    list.map((row) => row.messageId),
    list.map((row) => row.kind),
    list.map((row) => row.name),
    list.map((row) => row.at),
    list.map((row) => row.flagged),
    contacts,
    list.map((row) => row.anonymousId),
    accounts,
    deals,
    tickets,
    colleagues,
    workspaces,
    await jsonTexts(list.map((row) => row.properties)),
    await jsonTexts(list.map((row) => row.patches)),
    list.map((row) => row.consumed),
    entries.map((entry) => entry.n),
    entries.map((entry) => entry.type),
    entries.map((entry) => entry.id),
    list.map(keySourceOf),
  ];
}

/** Another statement: what a concurrent writer committed meanwhile was not visible to the first. */
async function arrivalsOf(client: Queryable, rows: readonly EventRow[]): Promise<Map<string, number>> {
  if (rows.length === 0) return new Map();
  const { rows: found } = await client.query<{ keySource: string; messageId: string; arrival: number }>(
    `SELECT source AS "keySource", message_id AS "messageId", arrival FROM event_keys
       JOIN unnest($1::text[], $2::text[]) AS wanted (source, message_id) USING (source, message_id)`,
    [rows.map(keySourceOf), rows.map((row) => row.messageId)],
  );
  return new Map(found.map((row) => [`${row.keySource}\0${row.messageId}`, row.arrival]));
}

function keyOf(row: EventRow): string {
  return `${keySourceOf(row)}\0${row.messageId}`;
}

/** A page must not take the place of what the server of its source has yet to send (E10). */
function keySourceOf({ source, isClient }: EventRow): string {
  return isClient ? `${source}/client` : source;
}
