/** What the evaluator tells journeys and records, in the transaction that consumes the events. */
import type { Instant, Json, SubjectRef } from '../../language/model.ts';
import { INPUTS_CHANNEL } from '../journeys/journey-inputs.ts';
import type { Queryable } from '../postgres/database.ts';

export interface NewInput {
  enrolmentId: string;
  kind: 'goal' | 'exit' | 'undone' | 'merged' | 'match' | 'look';
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
  await client.query(
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
  await client.query('SELECT pg_notify($1, $2)', [INPUTS_CHANNEL, '']);
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

export interface Conversion {
  id: string;
  enrolmentId: string;
  playbook: string;
  versionHash: string;
  subject: SubjectRef;
  value: Json | null;
  ghost: boolean;
  at: Instant;
}

/** Goals met after the end, or under `then: continue` (G2). */
export async function insertConversions(client: Queryable, rows: readonly Conversion[]): Promise<void> {
  if (rows.length === 0) return;
  const flat = rows.map((row) => ({ ...row, type: row.subject.type, subject: row.subject.id }));
  await client.query(
    `INSERT INTO outcomes (id, enrolment_id, playbook, version_hash, path, subject_type, subject_id, name, value, ghost,
                           after_end, at)
     SELECT id, "enrolmentId", playbook, "versionHash", 'goal', type, subject, 'converted', value, ghost, true,
            cuebook_instant(at)
       FROM jsonb_to_recordset($1::jsonb) AS w (id text, "enrolmentId" text, playbook text, "versionHash" text, type text,
         subject text, value jsonb, ghost boolean, at bigint)
     ON CONFLICT (id) DO NOTHING`,
    [JSON.stringify(flat)],
  );
}

export interface EntryDecisionRow {
  /** Null for what concerns a subject's timeline and no playbook. */
  playbook: string | null;
  firingId: string | null;
  enrolmentId: string | null;
  subject: SubjectRef;
  /** `late`: of an event that came too late to fire anything (E5). Without it, `entry`. */
  kind?: 'entry' | 'late';
  verdict: string;
  looked: Json;
  at: Instant;
}

/** Why each firing was let in or refused, with what was looked at (N1, V5). */
export async function insertEntryDecisions(client: Queryable, rows: readonly EntryDecisionRow[]): Promise<void> {
  if (rows.length === 0) return;
  const flat = rows.map((row) => ({ ...row, type: row.subject.type, subject: row.subject.id }));
  await client.query(
    `INSERT INTO decisions (playbook, enrolment_id, firing_id, subject_type, subject_id, kind, verdict, looked, at, decided_at)
     SELECT playbook, "enrolmentId", "firingId", type, subject, coalesce(kind, 'entry'), verdict, coalesce(looked, '{}'),
            cuebook_instant(at), cuebook_now()
       FROM jsonb_to_recordset($1::jsonb) AS w (playbook text, "enrolmentId" text, "firingId" text, type text, subject text,
         kind text, verdict text, looked jsonb, at bigint)`,
    [JSON.stringify(flat)],
  );
}
