/** Firings and their enrolments: one transaction with the events that made them (decision 3). */
import type { Instant, Json, SubjectRef, SubjectType } from '../../language/model.ts';
import type { Queryable } from '../postgres/database.ts';
import { together } from '../postgres/together.ts';

export type FiringStatus = 'enrolled' | 'refused' | 'deferred';

export interface FiringRow {
  id: string;
  playbook: string;
  versionHash: string;
  subject: SubjectRef;
  key: string;
  at: Instant;
  /** The instant that gave it, where that is later than its own (T8). */
  givenAt?: Instant | null;
  arm: number;
  evidence: string[];
  trigger: { [name: string]: Json };
  status: FiringStatus;
  reason: string | null;
  byTime: boolean;
  undoneBy?: string | null;
  moved?: boolean;
  /** The id of the firing that it replaces where it was moved, and the instant that gives that firing (E5). */
  standsFor?: string | null;
  standsAt?: Instant | null;
  /** Made by a deployment, for what held then (T18). */
  atDeploy?: boolean;
  /** Deferred because `audience` refused it, until then (N1). */
  waitsUntil?: Instant | null;
  /** The instant at which it passed the audience, where that came later than its own. */
  entersAt?: Instant | null;
  /** The contact as whose it fired, where merges have made it another's (E6). */
  firedAs?: string | null;
}

/** How a late event has changed a firing (E5); without `undoneBy` it holds as it was made. */
export interface FiringMark {
  undoneBy: string | null;
  moved: boolean;
  standsFor: string | null;
  standsAt: Instant | null;
}

export interface DecidedFiring {
  id: string;
  status: FiringStatus;
  reason: string | null;
  entersAt?: Instant | null;
  waitsUntil?: Instant | null;
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

/**
 * Writes firings that are new. A known one stays as it is; where a late event had undone it the mark is removed: the order
 * gives it again (E5). Returns the ids that were new.
 */
export async function insertFirings(client: Queryable, rows: readonly FiringRow[]): Promise<Set<string>> {
  if (rows.length === 0) return new Set();
  const flat = rows.map((row) => ({ ...row, type: row.subject.type, subject: row.subject.id }));
  const { rows: written } = await client.query<{ id: string; fresh: boolean }>(
    `INSERT INTO firings AS known (id, playbook, version_hash, subject_type, subject_id, key, at, given_at, arm, evidence, trigger, status,
                          reason, by_time, at_deploy, waits_until, enters_at, fired_as, made_at)
     SELECT id, playbook, "versionHash", type, subject, key, cuebook_instant(at), cuebook_instant("givenAt"), arm,
            ARRAY(SELECT jsonb_array_elements_text(evidence)), trigger, status, reason, "byTime",
            coalesce("atDeploy", false), cuebook_instant("waitsUntil"), cuebook_instant("entersAt"), "firedAs", cuebook_now()
       FROM jsonb_to_recordset($1::jsonb) AS w (id text, playbook text, "versionHash" text, type text, subject text,
         key text, at bigint, "givenAt" bigint, arm int, evidence jsonb, trigger jsonb, status text, reason text, "byTime" boolean,
         "atDeploy" boolean, "waitsUntil" bigint, "entersAt" bigint, "firedAs" text)
     ON CONFLICT (id) DO UPDATE SET undone_by = NULL, moved = false, stands_for = NULL, stands_at = NULL
       WHERE known.undone_by IS NOT NULL
     RETURNING id, xmax = 0 AS fresh`,
    [JSON.stringify(flat)],
  );
  return new Set(written.filter((row) => row.fresh).map((row) => row.id));
}

/** Writes enrolments as open and waiting for the dispatcher: the outbox. */
export async function insertEnrolments(client: Queryable, rows: readonly EnrolmentRow[]): Promise<void> {
  if (rows.length === 0) return;
  const flat = rows.map((row) => ({ ...row, type: row.subject.type, subject: row.subject.id }));
  const inserted = client.query(
    `INSERT INTO enrolments (id, firing_id, playbook, version_hash, subject_type, subject_id, key, trigger, started_at,
                             ghost, next_at)
     SELECT id, "firingId", playbook, "versionHash", type, subject, key, trigger, cuebook_instant("startedAt"), ghost,
            cuebook_instant("startedAt")
       FROM jsonb_to_recordset($1::jsonb) AS w (id text, "firingId" text, playbook text, "versionHash" text, type text,
         subject text, key text, trigger jsonb, "startedAt" bigint, ghost boolean)
     ON CONFLICT (id) DO NOTHING`,
    [JSON.stringify(flat)],
  );
  await together([inserted, client.query("SELECT pg_notify('cuebook_enrolments', '')")]);
}

export interface PastRow {
  playbook: string;
  subject: SubjectRef;
  key: string;
  startedAt: Instant;
  open: boolean;
  nextAt: Instant | null;
  mark: string | null;
  /** On which side of the holdout the merged subject stays: true where it is held out (E6). */
  side: boolean | null;
}

/** Of each (playbook, subject, key, mark) the latest enrolment, and every open one: what N1 and N2 look at. */
export async function loadPast(client: Queryable, refs: readonly SubjectRef[]): Promise<PastRow[]> {
  if (refs.length === 0) return [];
  const { rows } = await client.query<Omit<PastRow, 'subject'> & { type: SubjectType; subject_id: string }>(
    `WITH wanted AS (SELECT * FROM unnest($1::text[], $2::text[]) AS w (type, id)),
     mine AS (SELECT e.id, e.playbook, e.subject_type AS type, e.subject_id, e.key, e.started_at AS "startedAt",
                     e.outcome IS NULL AND NOT EXISTS (SELECT FROM journey_inputs i
                       WHERE i.enrolment_id = e.id AND i.kind = 'undone') AS open, e.next_at AS "nextAt", e.trigger->>'mark' AS mark, h.ghost AS side
                FROM enrolments e JOIN wanted w ON e.subject_type = w.type AND e.subject_id = w.id
                LEFT JOIN holdout_sides h
                  ON h.playbook = e.playbook AND h.subject_type = w.type AND h.subject_id = w.id)
     SELECT * FROM (SELECT DISTINCT ON (playbook, type, subject_id, key, mark) * FROM mine
                     ORDER BY playbook, type, subject_id, key, mark, "startedAt" DESC) latest
     UNION SELECT * FROM mine WHERE open`,
    [refs.map((ref) => ref.type), refs.map((ref) => ref.id)],
  );
  return rows.map(({ type, subject_id, ...row }) => ({ ...row, subject: { type, id: subject_id } }));
}

const COLUMNS = `f.id, f.playbook, f.version_hash AS "versionHash", f.key, f.at, f.given_at AS "givenAt", f.arm, f.evidence, f.trigger, f.status,
  f.reason, f.by_time AS "byTime", f.undone_by AS "undoneBy", f.moved, f.stands_for AS "standsFor",
  f.stands_at AS "standsAt", f.at_deploy AS "atDeploy", f.waits_until AS "waitsUntil", f.enters_at AS "entersAt",
  f.fired_as AS "firedAs"`;

/** Firings of a subject that were given from an instant on, or that replace one from then on: a recomputation compares with them. */
export async function loadFirings(
  client: Queryable,
  subject: SubjectRef,
  from: Instant | undefined,
): Promise<FiringRow[]> {
  const { rows } = await client.query<Omit<FiringRow, 'subject'>>(
    `SELECT ${COLUMNS} FROM firings f
      WHERE f.subject_type = $1 AND f.subject_id = $2
        AND ($3::bigint IS NULL OR coalesce(f.given_at, f.at) >= cuebook_instant($3) OR f.stands_at >= cuebook_instant($3)) ORDER BY f.at`,
    [subject.type, subject.id, from ?? null],
  );
  return rows.map((row) => ({ ...row, subject }));
}

/** All firings of some subjects, each one's in their order. */
export async function loadFiringsOf(client: Queryable, subjects: readonly SubjectRef[]): Promise<FiringRow[]> {
  const { rows } = await client.query<Omit<FiringRow, 'subject'> & { type: SubjectType; id_of: string }>(
    `SELECT ${COLUMNS}, f.subject_type AS type, f.subject_id AS id_of
       FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS w (type, id, n)
       JOIN firings f ON f.subject_type = w.type AND f.subject_id = w.id ORDER BY w.n, f.at`,
    [subjects.map(({ type }) => type), subjects.map(({ id }) => id)],
  );
  return rows.map(({ type, id_of, ...row }) => ({ ...row, subject: { type, id: id_of } }));
}

/** Writes how late events have changed firings (E5). */
export async function markFirings(client: Queryable, marks: ReadonlyMap<string, FiringMark>): Promise<void> {
  if (marks.size === 0) return;
  await client.query(
    `UPDATE firings f SET undone_by = w."undoneBy", moved = w.moved, stands_for = w."standsFor",
            stands_at = cuebook_instant(w."standsAt")
       FROM jsonb_to_recordset($1::jsonb) AS w (id text, "undoneBy" text, moved boolean, "standsFor" text,
         "standsAt" bigint) WHERE f.id = w.id`,
    [JSON.stringify([...marks].map(([id, mark]) => ({ id, ...mark })))],
  );
}

export type EvidenceRow = Pick<FiringRow, 'evidence' | 'trigger'>;

/** Writes what a late event has made of the evidence of firings that stand (T15). @param rows by firing id */
export async function updateEvidence(client: Queryable, rows: ReadonlyMap<string, EvidenceRow>): Promise<void> {
  if (rows.size === 0) return;
  await client.query(
    `UPDATE firings f SET evidence = ARRAY(SELECT jsonb_array_elements_text(w.evidence)), trigger = w.trigger
       FROM jsonb_to_recordset($1::jsonb) AS w (id text, evidence jsonb, trigger jsonb) WHERE f.id = w.id`,
    [JSON.stringify([...rows].map(([id, row]) => ({ id, ...row })))],
  );
}

/** Deferred firings that can be decided: the open enrolment of their key has reached their instant, or has ended (N1). */
export async function decidableFirings(client: Queryable, limit: number): Promise<FiringRow[]> {
  const { rows } = await client.query<Omit<FiringRow, 'subject'> & { type: SubjectType; subject_id: string }>(
    `SELECT ${COLUMNS}, f.subject_type AS type, f.subject_id FROM firings f
      WHERE f.status = 'deferred' AND f.reason IS NULL AND NOT EXISTS (SELECT FROM enrolments e
              WHERE e.subject_type = f.subject_type AND e.subject_id = f.subject_id AND e.playbook = f.playbook
                AND e.key = f.key AND e.outcome IS NULL AND e.next_at < coalesce(f.enters_at, f.at))
      ORDER BY f.at LIMIT $1`,
    [limit],
  );
  return rows.map(({ type, subject_id, ...row }) => ({ ...row, subject: { type, id: subject_id } }));
}

/** Firings that wait for their audience (N1), of some subjects. The caller holds their locks. */
export async function waitingFirings(client: Queryable, refs: readonly SubjectRef[]): Promise<FiringRow[]> {
  if (refs.length === 0) return [];
  const { rows } = await client.query<Omit<FiringRow, 'subject'> & { type: SubjectType; subject_id: string }>(
    `SELECT ${COLUMNS}, f.subject_type AS type, f.subject_id FROM firings f
       JOIN unnest($1::text[], $2::text[]) AS w (type, id) ON f.subject_type = w.type AND f.subject_id = w.id
      WHERE f.status = 'deferred' AND f.reason = 'audience' ORDER BY f.at`,
    [refs.map((ref) => ref.type), refs.map((ref) => ref.id)],
  );
  return rows.map(({ type, subject_id, ...row }) => ({ ...row, subject: { type, id: subject_id } }));
}

/**
 * Firings of a subject that a goal or an exit overtook while they waited for their audience, and that could have waited up to
 * an instant. Those from before a merge that brought something are left out: what that one wrote was not the subject's then.
 */
export async function overtakenWaits(client: Queryable, subject: SubjectRef, upTo: Instant): Promise<FiringRow[]> {
  const { rows } = await client.query<Omit<FiringRow, 'subject'>>(
    `SELECT ${COLUMNS} FROM firings f
      WHERE f.subject_type = $1 AND f.subject_id = $2 AND f.status = 'refused' AND f.reason = 'overtaken'
        AND f.undone_by IS NULL AND f.waits_until >= cuebook_instant($3)
        AND NOT EXISTS (SELECT FROM timeline t
              WHERE t.subject_type = $1 AND t.subject_id = $2 AND t.via_at > coalesce(f.given_at, f.at))
      ORDER BY f.at`,
    [subject.type, subject.id, upTo],
  );
  return rows.map((row) => ({ ...row, subject }));
}

/**
 * Refuses firings that have waited for their audience long enough, once every event up to the end of the wait is consumed.
 * At most `limit`.
 */
export async function expireWaiting(client: Queryable, before: Instant, limit: number): Promise<FiringRow[]> {
  const { rows } = await client.query<Omit<FiringRow, 'subject'> & { type: SubjectType; subject_id: string }>(
    `UPDATE firings f SET status = 'refused' WHERE f.id IN (
       SELECT w.id FROM firings w
        WHERE w.status = 'deferred' AND w.reason = 'audience' AND w.waits_until < cuebook_instant($1)
          AND NOT EXISTS (SELECT FROM pending_events p WHERE p.set_aside_at IS NULL AND p.at <= w.waits_until)
        ORDER BY w.waits_until LIMIT $2 FOR UPDATE SKIP LOCKED)
     RETURNING ${COLUMNS}, f.subject_type AS type, f.subject_id`,
    [before, limit],
  );
  return rows.map(({ type, subject_id, ...row }) => ({ ...row, subject: { type, id: subject_id } }));
}

/** Writes the decisions about deferred firings. */
export async function updateDecidedFirings(client: Queryable, rows: readonly DecidedFiring[]): Promise<void> {
  if (rows.length === 0) return;
  await client.query(
    `UPDATE firings f SET status = w.status, reason = w.reason,
            enters_at = coalesce(cuebook_instant(w."entersAt"), f.enters_at),
            waits_until = coalesce(cuebook_instant(w."waitsUntil"), f.waits_until)
       FROM jsonb_to_recordset($1::jsonb)
         AS w (id text, status text, reason text, "entersAt" bigint, "waitsUntil" bigint)
      WHERE f.id = w.id AND f.status = 'deferred'`,
    [JSON.stringify(rows)],
  );
}
