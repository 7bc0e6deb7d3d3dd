/** What the evaluator tells journeys, in the transaction that consumes the events. */
import type { Instant } from '../../language/model.ts';
import { INPUTS_CHANNEL } from '../journeys/journey-inputs.ts';
import type { Queryable } from '../postgres/database.ts';
import { together } from '../postgres/together.ts';

export interface NewInput {
  enrolmentId: string;
  kind: 'goal' | 'exit' | 'undone' | 'merged' | 'parent' | 'match' | 'look';
  path: string;
  iteration: string;
  arm: number;
  at: Instant;
  event: string | null;
}

/** Numbers inputs after those that each enrolment has, and wakes the dispatchers. */
export async function appendInputs(client: Queryable, inputs: readonly NewInput[]): Promise<void> {
  if (inputs.length === 0) return;
  const counts = new Map<string, number>();
  const rows = inputs.map((input) => {
    const k = (counts.get(input.enrolmentId) ?? 0) + 1;
    counts.set(input.enrolmentId, k);
    return { ...input, k };
  });
  const appended = client.query(
    `WITH given AS (SELECT * FROM jsonb_to_recordset($1::jsonb) AS w ("enrolmentId" text, kind text, path text,
                      iteration text, arm int, at bigint, event text, k int)),
     bumped AS (UPDATE enrolments e SET inputs = e.inputs + c.n
                  FROM (SELECT "enrolmentId" AS id, count(*)::int AS n FROM given GROUP BY 1) c
                 WHERE e.id = c.id RETURNING e.id, e.inputs - c.n AS base)
     INSERT INTO journey_inputs (enrolment_id, n, kind, path, iteration, arm, at, event)
     SELECT g."enrolmentId", b.base + g.k, g.kind, g.path, g.iteration, g.arm, cuebook_instant(g.at), g.event
       FROM given g JOIN bumped b ON b.id = g."enrolmentId"`,
    [JSON.stringify(rows)],
  );
  await together([appended, client.query('SELECT pg_notify($1, $2)', [INPUTS_CHANNEL, ''])]);
}

/** The evidence of a goal that was met; met at most once (G1). */
export async function writeGoals(
  client: Queryable,
  rows: readonly { enrolmentId: string; event: string | null; at: Instant }[],
): Promise<void> {
  if (rows.length === 0) return;
  await client.query(
    `UPDATE enrolments e SET goal_event = w.event, goal_at = cuebook_instant(w.at)
       FROM jsonb_to_recordset($1::jsonb) AS w ("enrolmentId" text, event text, at bigint)
      WHERE e.id = w."enrolmentId" AND e.goal_at IS NULL`,
    [JSON.stringify(rows)],
  );
}
