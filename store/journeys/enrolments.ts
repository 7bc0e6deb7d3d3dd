/** Enrolments as their journeys see them: their subject, their state, their inputs. */
import type { Instant, Json, SubjectRef, SubjectType } from '../../language/model.ts';
import type { Queryable } from '../postgres/database.ts';
import type { InputRow } from './journey-inputs.ts';

export interface JourneyRow {
  id: string;
  playbook: string;
  versionHash: string;
  subject: SubjectRef;
  /** The contact as whose it began, where merges have made it another's (E6). */
  firedAs: string | null;
  key: string;
  /** The arm of the trigger that fired. */
  arm: number;
  trigger: { [name: string]: Json };
  startedAt: Instant;
  ghost: boolean;
  /** Null while it is open. */
  outcome: string | null;
  /** When its goal was met; after the end that is a conversion, and its steps still run (G1). */
  goalAt: Instant | null;
  /** When one of its steps last wrote traits. */
  wroteAt: Instant | null;
}

/** What a goal has begun beside an enrolment, or behind its end, goes on in the version in which the goal was met (N5). */
const VERSION_IN_COHORT = `coalesce(
  (SELECT v.version_hash FROM conversions v WHERE v.enrolment_id = e.id AND v.cohort_id = $2), e.version_hash)`;

/**
 * The parts of enrolments that never change, and their versions: read without a lock, to know what to lock.
 *
 * @param cohortId who asks: of a cohort of conversions, the version is the conversion's
 */
export async function readSubjectsOf(
  client: Queryable,
  ids: readonly string[],
  cohortId: string | null,
): Promise<Map<string, { subject: SubjectRef; versionHash: string; playbook: string }>> {
  const { rows } = await client.query<{
    id: string;
    type: SubjectType;
    subject: string;
    versionHash: string;
    playbook: string;
  }>(
    `SELECT e.id, e.subject_type AS type, e.subject_id AS subject, ${VERSION_IN_COHORT} AS "versionHash", e.playbook
       FROM enrolments e WHERE e.id = ANY($1::text[])`,
    [ids, cohortId],
  );
  return new Map(rows.map(({ id, type, subject, ...row }) => [id, { ...row, subject: { type, id: subject } }]));
}

/** Enrolments by id; those that were erased are left out. The caller holds their subjects' locks. */
export async function readJourneys(
  client: Queryable,
  ids: readonly string[],
  cohortId: string | null,
): Promise<Map<string, JourneyRow>> {
  const { rows } = await client.query<Omit<JourneyRow, 'subject'> & { type: SubjectType; subject: string }>(
    `SELECT e.id, e.playbook, ${VERSION_IN_COHORT} AS "versionHash", e.subject_type AS type, e.subject_id AS subject, e.key,
            f.fired_as AS "firedAs", coalesce(f.arm, 0) AS arm, e.trigger, e.started_at AS "startedAt", e.ghost, e.outcome, e.goal_at AS "goalAt",
            e.wrote_at AS "wroteAt"
       FROM enrolments e LEFT JOIN firings f ON f.id = e.firing_id
      WHERE e.id = ANY($1::text[])`,
    [ids, cohortId],
  );
  return new Map(rows.map(({ type, subject, ...row }) => [row.id, { ...row, subject: { type, id: subject } }]));
}

/** Inputs of enrolments, signalled or not, in the order of their numbers. */
export async function readNotifiedUpTo(client: Queryable, ids: readonly string[]): Promise<InputRow[]> {
  const { rows } = await client.query<InputRow>(
    `SELECT enrolment_id AS "enrolmentId", n, kind, path, iteration, arm, at, event
       FROM journey_inputs WHERE enrolment_id = ANY($1::text[]) ORDER BY enrolment_id, n`,
    [ids],
  );
  return rows;
}

/** Enrolments that a cohort was given, and that are not its own any more: they were taken over to another version (N5). */
export async function readTakenFrom(client: Queryable, cohortId: string, ids: readonly string[]): Promise<Set<string>> {
  const { rows } = await client.query<{ id: string }>(
    `SELECT e.id FROM cohorts c JOIN enrolments e ON e.id = ANY($2::text[]) AND e.cohort_id IS DISTINCT FROM c.id
      WHERE c.id = $1`,
    [cohortId, ids],
  );
  return new Set(rows.map(({ id }) => id));
}

export interface JourneyMove {
  id: string;
  /**
   * The deadline for which it waits, or the instant at which it is working; null: it waits without one (N1). `stays`: what moves
   * is a journey beside its own, also behind its end (G1).
   */
  nextAt: Instant | null | 'stays';
  /** When a step of it wrote traits just now. */
  wroteAt?: Instant;
}

/** Moves open enrolments on; rows that would not change are not written. */
export async function moveJourneys(client: Queryable, moves: readonly JourneyMove[]): Promise<void> {
  if (moves.length === 0) return;
  await client.query(
    `UPDATE enrolments e SET next_at = CASE WHEN w.stays THEN e.next_at ELSE cuebook_instant(w."nextAt") END,
            wrote_at = greatest(e.wrote_at, cuebook_instant(w."wroteAt"))
       FROM jsonb_to_recordset($1::jsonb) AS w (id text, stays boolean, "nextAt" bigint, "wroteAt" bigint)
      WHERE e.id = w.id AND (e.outcome IS NULL OR w.stays) AND (w."wroteAt" IS NOT NULL
         OR NOT w.stays AND e.next_at IS DISTINCT FROM cuebook_instant(w."nextAt"))`,
    [
      JSON.stringify(
        moves.map(({ nextAt, ...move }) => ({
          ...move,
          ...(nextAt === 'stays' ? { stays: true } : { stays: false, nextAt }),
        })),
      ),
    ],
  );
}

export interface JourneyEnd {
  id: string;
  outcome: string;
  reason: string;
  /** The journey's instant at its end. */
  at: Instant;
  goal: { event: string | null; at: Instant } | null;
}

/** Ends enrolments that are open: once (G2). */
export async function endJourneys(client: Queryable, ends: readonly JourneyEnd[]): Promise<void> {
  if (ends.length === 0) return;
  const flat = ends.map(({ goal, ...end }) => ({ ...end, goalEvent: goal?.event ?? null, goalAt: goal?.at ?? null }));
  await client.query(
    `UPDATE enrolments e SET outcome = w.outcome, reason = w.reason, ended_at = cuebook_instant(w.at), next_at = NULL,
            goal_event = coalesce(e.goal_event, w."goalEvent"),
            goal_at = coalesce(e.goal_at, cuebook_instant(w."goalAt"))
       FROM jsonb_to_recordset($1::jsonb)
         AS w (id text, outcome text, reason text, at bigint, "goalEvent" text, "goalAt" bigint)
      WHERE e.id = w.id AND e.outcome IS NULL`,
    [JSON.stringify(flat)],
  );
}
