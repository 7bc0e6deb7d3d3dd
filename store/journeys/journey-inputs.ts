/** What journeys are to be told: rows, of which signals only carry copies (architecture, decision 6). */
import type { Instant } from '../../language/model.ts';
import type { Queryable } from '../postgres/database.ts';

/** Whoever commits an input notifies on it, so that dispatchers look at once. */
export const INPUTS_CHANNEL = 'cuebook_inputs';

export interface InputRow {
  enrolmentId: string;
  /** Counts from 1 in each enrolment. */
  n: number;
  kind: string;
  path: string;
  iteration: string;
  arm: number;
  at: Instant;
  event: string | null;
}

export interface Page {
  /** Only cohorts whose id comes after this one; empty for all. */
  after: string;
  most: number;
  mostCohorts: number;
}

/**
 * Takes inputs that have not been signalled, of at most `mostCohorts` started cohorts in the order of their ids, and
 * keeps those cohorts locked until the caller's transaction ends: other dispatchers pass them by. Of one enrolment
 * always from its first on, in order, because a journey drops numbers below one that it has seen.
 *
 * @returns at most `most` inputs, by the cohort's id; and the last id of the page, where there may be more after it.
 */
export async function takeUnsignalled(
  client: Queryable,
  { after, most, mostCohorts }: Page,
): Promise<{ inputs: Map<string, InputRow[]>; last?: string }> {
  const { rows: locked } = await client.query<{ id: string }>(
    `SELECT c.id FROM cohorts c
      WHERE c.started_at IS NOT NULL AND c.id > $1
        AND c.id IN (SELECT e.cohort_id FROM journey_inputs i JOIN enrolments e ON e.id = i.enrolment_id
                      WHERE i.signalled_at IS NULL)
      ORDER BY c.id LIMIT $2 FOR NO KEY UPDATE OF c SKIP LOCKED`,
    [after, mostCohorts],
  );
  const inputs = new Map<string, InputRow[]>();
  if (locked.length === 0) return { inputs };
  const { rows } = await client.query<InputRow & { cohortId: string }>(
    `SELECT e.cohort_id AS "cohortId", i.enrolment_id AS "enrolmentId", i.n, i.kind, i.path, i.iteration, i.arm, i.at, i.event
       FROM journey_inputs i JOIN enrolments e ON e.id = i.enrolment_id
      WHERE i.signalled_at IS NULL AND e.cohort_id = ANY($1)
      ORDER BY i.enrolment_id, i.n LIMIT $2`,
    [locked.map((row) => row.id), most],
  );
  for (const { cohortId, ...row } of rows) inputs.set(cohortId, [...(inputs.get(cohortId) ?? []), row]);
  if (rows.length === most) return { inputs, last: after };
  return locked.length === mostCohorts ? { inputs, last: locked.at(-1)!.id } : { inputs };
}

/** Marks inputs as signalled; they are not taken again. */
export async function markSignalled(
  client: Queryable,
  told: readonly { enrolmentId: string; n: number }[],
): Promise<void> {
  await client.query(
    `UPDATE journey_inputs i SET signalled_at = cuebook_now()
       FROM unnest($1::text[], $2::int[]) AS told(enrolment_id, n)
      WHERE i.enrolment_id = told.enrolment_id AND i.n = told.n`,
    [told.map((row) => row.enrolmentId), told.map((row) => row.n)],
  );
}
