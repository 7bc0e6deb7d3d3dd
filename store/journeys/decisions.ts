/** Why, and why not: every decision with the values that it looked at (V5). */
import type { Instant, Json, SubjectRef } from '../../language/model.ts';
import type { Queryable } from '../postgres/database.ts';

export interface NewDecision {
  playbook: string;
  enrolmentId: string;
  subject: SubjectRef;
  path: string;
  kind: 'branch' | 'gate' | 'wait' | 'effect' | 'end';
  verdict: string;
  looked: Json;
  /** The journey's instant. */
  at: Instant;
}

/** Writes them as decided now. */
export async function insertDecisions(client: Queryable, decisions: readonly NewDecision[]): Promise<void> {
  if (decisions.length === 0) return;
  const flat = decisions.map((row) => ({ ...row, type: row.subject.type, subject: row.subject.id }));
  await client.query(
    `INSERT INTO decisions (playbook, enrolment_id, subject_type, subject_id, path, kind, verdict, looked, at, decided_at)
     SELECT playbook, "enrolmentId", type, subject, path, kind, verdict, coalesce(looked, '{}'), cuebook_instant(at),
            cuebook_now()
       FROM jsonb_to_recordset($1::jsonb) AS w (playbook text, "enrolmentId" text, type text, subject text, path text,
         kind text, verdict text, looked jsonb, at bigint)`,
    [JSON.stringify(flat)],
  );
}
