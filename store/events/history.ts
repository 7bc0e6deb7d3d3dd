/** The whole history in the order in which it takes effect, through a cursor: as much as a page in memory. */
import type { Instant } from '../../language/model.ts';
import type { TimelineEvent } from '../../language/records/timeline.ts';
import type { Database } from '../postgres/database.ts';
import { readEvents } from './timeline.ts';

const PAGE = 1_000;

/**
 * Every stored event before an instant, in E4's order, as of one moment: what arrives meanwhile is not among them. Left
 * out are Cuebook's own events that a run derives itself (E9).
 */
export async function* historyEvents(
  database: Database,
  options: { before: Instant | undefined },
): AsyncGenerator<TimelineEvent> {
  const sql = `SELECT arrival FROM events
    WHERE ($1::bigint IS NULL OR at < cuebook_instant($1))
      AND NOT (kind = 'own' AND (name LIKE 'sla.%' OR name LIKE 'enrolment.%'))
    ORDER BY at, received_at, arrival`;
  for await (const { rows, client } of pages<{ arrival: number }>(database, sql, [options.before ?? null])) {
    yield* await readEvents(
      client,
      rows.map((row) => row.arrival),
    );
  }
}

/** A message that was handed over, or that a provider may have taken: it holds its place under a cap (P2). */
export interface SentRow {
  contactId: string;
  messageClass: string;
  at: Instant;
}

/** Messages of playbooks other than `own`, by their instants. */
export async function* messagesOfOthers(
  database: Database,
  { own, before }: { own: readonly string[]; before: Instant | undefined },
): AsyncGenerator<SentRow> {
  const sql = `SELECT contact_id AS "contactId", message_class AS "messageClass", at FROM messages
    WHERE contact_id IS NOT NULL AND status IN ('claimed', 'sent', 'unknown') AND playbook <> ALL($1::text[])
      AND ($2::bigint IS NULL OR at < cuebook_instant($2))
    ORDER BY at, id`;
  for await (const { rows } of pages<SentRow>(database, sql, [own, before ?? null])) yield* rows;
}

/** A query's rows a page at a time. Its transaction only reads, sees one moment, and ends with the reading. */
async function* pages<Row>(database: Database, sql: string, values: readonly unknown[]) {
  const client = await database.pool.connect();
  try {
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
    await client.query(`DECLARE history NO SCROLL CURSOR FOR ${sql}`, [...values]);
    for (;;) {
      const { rows } = await client.query<Row & object>(`FETCH ${PAGE} FROM history`);
      if (rows.length > 0) yield { rows: rows as Row[], client };
      if (rows.length < PAGE) break;
    }
  } finally {
    // Nothing was written: a reader that stops early leaves no trace either.
    await client.query('ROLLBACK');
    client.release();
  }
}
