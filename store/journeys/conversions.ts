/** Goals that were met after the ending, or under `then: continue`, whose steps are still to run (G1): an outbox. */
import type { Instant } from '../../language/model.ts';
import type { Queryable } from '../postgres/database.ts';
import { together } from '../postgres/together.ts';

export interface NewConversion {
  enrolmentId: string;
  versionHash: string;
  /** The goal's instant. */
  at: Instant;
  /** Its evidence; null where time turned it. */
  event: string | null;
}

/** Writes conversions as waiting for the dispatcher. A goal is met once: a known one stays as it is. */
export async function insertConversions(client: Queryable, rows: readonly NewConversion[]): Promise<void> {
  if (rows.length === 0) return;
  const inserted = client.query(
    `INSERT INTO conversions (enrolment_id, version_hash, at, event)
     SELECT "enrolmentId", "versionHash", cuebook_instant(at), event
       FROM jsonb_to_recordset($1::jsonb) AS w ("enrolmentId" text, "versionHash" text, at bigint, event text)
     ON CONFLICT (enrolment_id) DO NOTHING`,
    [JSON.stringify(rows)],
  );
  await together([inserted, client.query("SELECT pg_notify('cuebook_enrolments', '')")]);
}

/** Of some enrolments those whose conversion is carried by a cohort. */
export async function convertingIn(client: Queryable, cohortId: string, ids: readonly string[]): Promise<Set<string>> {
  const { rows } = await client.query<{ id: string }>(
    `SELECT enrolment_id AS id FROM conversions WHERE cohort_id = $1 AND enrolment_id = ANY($2::text[])`,
    [cohortId, ids],
  );
  return new Set(rows.map(({ id }) => id));
}
