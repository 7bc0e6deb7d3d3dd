/** Firings, and the enrolments that come of them: one transaction with the events that made them (decision 3). */
import type { Instant, Json, SubjectRef, SubjectType } from '../language/model.ts';
import type { Queryable } from './database.ts';

export interface FiringRow {
  id: string;
  playbook: string;
  versionHash: string;
  subject: SubjectRef;
  key: string;
  at: Instant;
  arm: number;
  evidence: string[];
  trigger: { [name: string]: Json };
  status: 'enrolled' | 'refused' | 'kept';
  reason: string | null;
  byTime: boolean;
  undoneBy?: string | null;
  moved?: boolean;
}

export interface EnrolmentRow {
  id: string;
  firingId: string;
  playbook: string;
  versionHash: string;
  subject: SubjectRef;
  key: string;
  trigger: { [name: string]: Json };
  startedAt: Instant;
  ghost: boolean;
}

/** Writes firings that are new; one that is known stays what it is. Returns the ids that were new. */
export async function insertFirings(client: Queryable, rows: readonly FiringRow[]): Promise<Set<string>> {
  if (rows.length === 0) return new Set();
  const flat = rows.map((row) => ({ ...row, type: row.subject.type, subject: row.subject.id }));
  const { rows: fresh } = await client.query<{ id: string }>(
    `INSERT INTO firings (id, playbook, version_hash, subject_type, subject_id, key, at, arm, evidence, trigger, status,
                          reason, by_time, made_at)
     SELECT id, playbook, "versionHash", type, subject, key, cuebook_instant(at), arm,
            ARRAY(SELECT jsonb_array_elements_text(evidence)), trigger, status, reason, "byTime", cuebook_now()
       FROM jsonb_to_recordset($1::jsonb) AS w (id text, playbook text, "versionHash" text, type text, subject text,
         key text, at bigint, arm int, evidence jsonb, trigger jsonb, status text, reason text, "byTime" boolean)
     ON CONFLICT (id) DO NOTHING RETURNING id`,
    [JSON.stringify(flat)],
  );
  return new Set(fresh.map((row) => row.id));
}

/** Writes enrolments as open and waiting for the dispatcher: the outbox. */
export async function insertEnrolments(client: Queryable, rows: readonly EnrolmentRow[]): Promise<void> {
  if (rows.length === 0) return;
  const flat = rows.map((row) => ({ ...row, type: row.subject.type, subject: row.subject.id }));
  await client.query(
    `INSERT INTO enrolments (id, firing_id, playbook, version_hash, subject_type, subject_id, key, trigger, started_at,
                             ghost, next_at)
     SELECT id, "firingId", playbook, "versionHash", type, subject, key, trigger, cuebook_instant("startedAt"), ghost,
            cuebook_instant("startedAt")
       FROM jsonb_to_recordset($1::jsonb) AS w (id text, "firingId" text, playbook text, "versionHash" text, type text,
         subject text, key text, trigger jsonb, "startedAt" bigint, ghost boolean)
     ON CONFLICT (id) DO NOTHING`,
    [JSON.stringify(flat)],
  );
  await client.query("SELECT pg_notify('cuebook_enrolments', '')");
}

export interface PastRow {
  playbook: string;
  subject: SubjectRef;
  key: string;
  startedAt: Instant;
  open: boolean;
  nextAt: Instant | null;
  mark: string | null;
}

/** Of each (playbook, subject, key, mark) the latest enrolment, and every open one: what N1 and N2 look at. */
export async function loadPast(client: Queryable, refs: readonly SubjectRef[]): Promise<PastRow[]> {
  if (refs.length === 0) return [];
  const { rows } = await client.query<Omit<PastRow, 'subject'> & { type: SubjectType; subject_id: string }>(
    `WITH wanted AS (SELECT * FROM unnest($1::text[], $2::text[]) AS w (type, id)),
     mine AS (SELECT e.id, e.playbook, e.subject_type AS type, e.subject_id, e.key, e.started_at AS "startedAt",
                     e.outcome IS NULL AS open, e.next_at AS "nextAt", e.trigger->>'mark' AS mark
                FROM enrolments e JOIN wanted w ON e.subject_type = w.type AND e.subject_id = w.id)
     SELECT * FROM (SELECT DISTINCT ON (playbook, type, subject_id, key, mark) * FROM mine
                     ORDER BY playbook, type, subject_id, key, mark, "startedAt" DESC) latest
     UNION SELECT * FROM mine WHERE open`,
    [refs.map((ref) => ref.type), refs.map((ref) => ref.id)],
  );
  return rows.map(({ type, subject_id, ...row }) => ({ ...row, subject: { type, id: subject_id } }));
}

/** Firings of a subject from an instant on, for a recomputation to compare with. */
export async function loadFirings(client: Queryable, subject: SubjectRef): Promise<FiringRow[]> {
  const { rows } = await client.query<Omit<FiringRow, 'subject'>>(
    `SELECT id, playbook, version_hash AS "versionHash", key, at, arm, evidence, trigger, status, reason,
            by_time AS "byTime", undone_by AS "undoneBy", moved
       FROM firings WHERE subject_type = $1 AND subject_id = $2 ORDER BY at`,
    [subject.type, subject.id],
  );
  return rows.map((row) => ({ ...row, subject }));
}

/** Marks firings that a late event took back (E5). */
export async function markUndone(
  client: Queryable,
  rows: readonly { id: string; undoneBy: string; moved: boolean }[],
): Promise<void> {
  if (rows.length === 0) return;
  await client.query(
    `UPDATE firings f SET undone_by = w."undoneBy", moved = w.moved
       FROM jsonb_to_recordset($1::jsonb) AS w (id text, "undoneBy" text, moved boolean) WHERE f.id = w.id`,
    [JSON.stringify(rows)],
  );
}

/** Kept firings whose open enrolment has come to their instant, or has ended: they are decided now (N1). */
export async function releasedFirings(client: Queryable, limit: number): Promise<FiringRow[]> {
  const { rows } = await client.query<Omit<FiringRow, 'subject'> & { type: SubjectType; subject_id: string }>(
    `SELECT f.id, f.playbook, f.version_hash AS "versionHash", f.subject_type AS type, f.subject_id, f.key, f.at, f.arm,
            f.evidence, f.trigger, f.status, f.reason, f.by_time AS "byTime"
       FROM firings f
      WHERE f.status = 'kept' AND NOT EXISTS (SELECT FROM enrolments e
              WHERE e.subject_type = f.subject_type AND e.subject_id = f.subject_id AND e.playbook = f.playbook
                AND e.key = f.key AND e.outcome IS NULL AND e.next_at < f.at)
      ORDER BY f.at LIMIT $1`,
    [limit],
  );
  return rows.map(({ type, subject_id, ...row }) => ({ ...row, subject: { type, id: subject_id } }));
}

/** What became of kept firings. */
export async function settleFirings(
  client: Queryable,
  rows: readonly { id: string; status: 'enrolled' | 'refused'; reason: string | null }[],
): Promise<void> {
  if (rows.length === 0) return;
  await client.query(
    `UPDATE firings f SET status = w.status, reason = w.reason
       FROM jsonb_to_recordset($1::jsonb) AS w (id text, status text, reason text) WHERE f.id = w.id AND f.status = 'kept'`,
    [JSON.stringify(rows)],
  );
}
