/**
 * The lower bound of ingest: the events' own rows put into one table with a primary key, durably, and nothing else. No
 * deduplication, no timelines, no list of what is to be consumed.
 */

import { type NewEvent, subjectsOf } from '../../events/new-event.ts';
import type { Database, Queryable } from '../../store/postgres/database.ts';

const COLUMNS = 'source, message_id, kind, name, at, contact_id, account_id, ticket_id, properties, patches';

export async function makeBareTable(client: Queryable): Promise<void> {
  await client.query(
    `CREATE TABLE bare_events (arrival bigserial PRIMARY KEY, source text, message_id text, kind text, name text,
       at timestamptz(3), contact_id text, account_id text, ticket_id text, properties jsonb, patches jsonb)`,
  );
}

/** @returns events a second, over one connection, one transaction a batch. */
export async function insertBatches(client: Queryable, events: readonly NewEvent[], batch: number): Promise<number> {
  const list = events.map(valuesOf);
  const startMs = performance.now();
  for (let i = 0; i < list.length; i += batch) {
    const rows = list.slice(i, i + batch);
    const columns = rows[0]!.map((_, column) => rows.map((row) => row[column]));
    await client.query(
      `INSERT INTO bare_events (${COLUMNS})
       SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::timestamptz[], $6::text[], $7::text[],
         $8::text[], $9::jsonb[], $10::jsonb[])`,
      columns,
    );
  }
  return perSecond(events.length, startMs);
}

/** @returns events a second, one transaction an event, over so many connections. */
export async function insertSingly(
  { pool }: Database,
  events: readonly NewEvent[],
  connections: number,
): Promise<number> {
  const clients = await Promise.all(Array.from({ length: connections }, () => pool.connect()));
  const list = events.map(valuesOf);
  let next = 0;
  try {
    const startMs = performance.now();
    await Promise.all(
      clients.map(async (client) => {
        while (next < list.length) {
          const values = list[next++]!;
          await client.query({
            name: 'bare',
            text: `INSERT INTO bare_events (${COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
            values,
          });
        }
      }),
    );
    return perSecond(events.length, startMs);
  } finally {
    for (const client of clients) client.release();
  }
}

function valuesOf(event: NewEvent): unknown[] {
  const id = (type: string) => subjectsOf(event.ids).find((subject) => subject.type === type)?.id ?? null;
  const { source, messageId, kind, name, properties, patches } = event;
  const texts = [JSON.stringify(properties), JSON.stringify(patches)];
  return [source, messageId, kind, name, new Date(), id('contact'), id('account'), id('ticket'), ...texts];
}

function perSecond(count: number, startMs: number): number {
  return (count / (performance.now() - startMs)) * 1000;
}
