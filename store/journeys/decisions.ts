/** Why, and why not: every decision with the values that it looked at (V5). */
import type { Instant, Json, SubjectRef } from '../../language/model.ts';
import type { Queryable } from '../postgres/database.ts';

export interface NewDecision {
  /** Null for what concerns a subject's timeline and no playbook. */
  playbook: string | null;
  /** Of a decision about entry (N1). */
  firingId?: string | null;
  enrolmentId: string | null;
  subject: SubjectRef;
  /** Of a step's decision. */
  path?: string;
  /** Without it, `entry`. `late`: of an event that came too late to fire anything (E5). `version`: it runs another (N5). */
  kind?: 'entry' | 'late' | 'version' | 'branch' | 'gate' | 'wait' | 'effect' | 'end' | undefined;
  verdict: string;
  looked: Json;
  /** The journey's instant, or the firing's. */
  at: Instant;
}

/** Writes them as decided now. */
export async function insertDecisions(client: Queryable, decisions: readonly NewDecision[]): Promise<void> {
  if (decisions.length === 0) return;
  const flat = decisions.map((row) => ({ ...row, type: row.subject.type, subject: row.subject.id }));
  await client.query(
    `INSERT INTO decisions (playbook, enrolment_id, firing_id, subject_type, subject_id, path, kind, verdict, looked, at,
                            decided_at)
     SELECT playbook, "enrolmentId", "firingId", type, subject, path, coalesce(kind, 'entry'), verdict,
            coalesce(looked, '{}'), cuebook_instant(at), cuebook_now()
       FROM jsonb_to_recordset($1::jsonb) AS w (playbook text, "enrolmentId" text, "firingId" text, type text, subject text,
         path text, kind text, verdict text, looked jsonb, at bigint)`,
    [JSON.stringify(flat)],
  );
}
