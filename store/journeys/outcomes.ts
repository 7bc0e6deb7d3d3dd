/** Outcomes of enrolments, as written to the CRM store (G3). */
import type { Instant, Json, SubjectRef } from '../../language/model.ts';
import type { Queryable } from '../postgres/database.ts';

export interface NewOutcome {
  /** The effect's id, so that a repeat is not written twice. */
  id: string;
  enrolmentId: string;
  playbook: string;
  versionHash: string;
  path: string;
  subject: SubjectRef;
  name: string;
  value: Json | null;
  ghost: boolean;
  /** Of a goal that was met after the end, or under `then: continue` (G2). */
  afterEnd?: boolean;
  at: Instant;
  /** The message that a conversion is given to (G1). */
  message?: string | null;
  template?: string | null;
}

export async function insertOutcomes(client: Queryable, outcomes: readonly NewOutcome[]): Promise<void> {
  if (outcomes.length === 0) return;
  const flat = outcomes.map((row) => ({ ...row, type: row.subject.type, subject: row.subject.id }));
  await client.query(
    `INSERT INTO outcomes (id, enrolment_id, playbook, version_hash, path, subject_type, subject_id, name, value, ghost,
                           after_end, at, message, template)
     SELECT id, "enrolmentId", playbook, "versionHash", path, type, subject, name, value, ghost,
            coalesce("afterEnd", false), cuebook_instant(at), message, template
       FROM jsonb_to_recordset($1::jsonb) AS w (id text, "enrolmentId" text, playbook text, "versionHash" text, path text,
         type text, subject text, name text, value jsonb, ghost boolean, "afterEnd" boolean, at bigint, message text, template text)
     ON CONFLICT (id) DO NOTHING`,
    [JSON.stringify(flat)],
  );
}
