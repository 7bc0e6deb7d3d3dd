/** What open enrolments listen for: goals, exits, and the steps at which they wait. */
import type { Instant, Json, SubjectRef, SubjectType } from '../../language/model.ts';
import type { Queryable } from '../postgres/database.ts';

export interface SubscriptionRow {
  enrolmentId: string;
  /** `goal`, `exit`, or the path of the step that waits. */
  path: string;
  iteration: string;
  subject: SubjectRef;
  /** Events count after this instant, and up to `until`. */
  since: Instant;
  until: Instant | null;
  /** `held`: whether a goal's condition held when last looked at. */
  detail: { held?: boolean; attributedTo?: { message: string | null; template: string | null } };
}

/** A row with what its enrolment says: enough to look for it. */
export interface LoadedSubscription extends SubscriptionRow {
  versionHash: string;
  playbook: string;
  key: string;
  arm: number;
  trigger: { [name: string]: Json };
  ghost: boolean;
  startedAt: Instant;
  open: boolean;
}

export async function insertSubscriptions(client: Queryable, rows: readonly SubscriptionRow[]): Promise<void> {
  if (rows.length === 0) return;
  const flat = rows.map((row) => ({ ...row, type: row.subject.type, id: row.subject.id }));
  await client.query(
    `INSERT INTO subscriptions (enrolment_id, path, iteration, subject_type, subject_id, since, until, detail)
     SELECT "enrolmentId", path, iteration, type, id, cuebook_instant(since), cuebook_instant(until), detail
       FROM jsonb_to_recordset($1::jsonb) AS w ("enrolmentId" text, path text, iteration text, type text, id text,
         since bigint, until bigint, detail jsonb)
     ON CONFLICT (enrolment_id, path, iteration) DO NOTHING`,
    [JSON.stringify(flat)],
  );
}

/** Takes away all rows of each enrolment, or those of some paths. */
export async function deleteSubscriptions(
  client: Queryable,
  rows: readonly { enrolmentId: string; paths?: readonly string[] }[],
): Promise<void> {
  if (rows.length === 0) return;
  const flat = rows.flatMap(({ enrolmentId, paths }) => (paths ?? [null]).map((path) => ({ enrolmentId, path })));
  await client.query(
    `DELETE FROM subscriptions s USING jsonb_to_recordset($1::jsonb) AS w ("enrolmentId" text, path text)
      WHERE s.enrolment_id = w."enrolmentId" AND (w.path IS NULL OR s.path = w.path)`,
    [JSON.stringify(flat)],
  );
}

/** Every row on the timelines of some subjects; the caller holds their locks. */
export async function loadSubscriptions(client: Queryable, refs: readonly SubjectRef[]): Promise<LoadedSubscription[]> {
  if (refs.length === 0) return [];
  const { rows } = await client.query<Omit<LoadedSubscription, 'subject'> & { type: SubjectType; id: string }>(
    `SELECT s.enrolment_id AS "enrolmentId", s.path, s.iteration, s.subject_type AS type, s.subject_id AS id, s.since,
            s.until, s.detail, e.version_hash AS "versionHash", e.playbook, e.key, f.arm, e.trigger, e.ghost,
            e.started_at AS "startedAt", e.outcome IS NULL AS open
       FROM subscriptions s
       JOIN unnest($1::text[], $2::text[]) AS w (type, id) ON s.subject_type = w.type AND s.subject_id = w.id
       JOIN enrolments e ON e.id = s.enrolment_id JOIN firings f ON f.id = e.firing_id
      ORDER BY s.enrolment_id, s.path = 'goal' DESC, s.path`,
    [refs.map((ref) => ref.type), refs.map((ref) => ref.id)],
  );
  return rows.map(({ type, id, ...row }) => ({ ...row, subject: { type, id } }));
}

/** What a goal's condition was when last looked at (Y4: it must turn). */
export async function writeHeld(
  client: Queryable,
  rows: readonly { enrolmentId: string; held: boolean }[],
): Promise<void> {
  if (rows.length === 0) return;
  await client.query(
    `UPDATE subscriptions s SET detail = s.detail || jsonb_build_object('held', w.held)
       FROM unnest($1::text[], $2::boolean[]) AS w (id, held) WHERE s.enrolment_id = w.id AND s.path = 'goal'`,
    [rows.map((row) => row.enrolmentId), rows.map((row) => row.held)],
  );
}

export type MovedGoal = Pick<SubscriptionRow, 'enrolmentId' | 'since' | 'until'> & {
  attributedTo?: { message: string | null; template: string | null };
};

/** Moves the windows of goals that count from a message (G1); of one that was moved twice the last counts. */
export async function moveGoals(client: Queryable, rows: readonly MovedGoal[]): Promise<void> {
  if (rows.length === 0) return;
  const latest = [...new Map(rows.map((row) => [row.enrolmentId, row])).values()];
  await client.query(
    `UPDATE subscriptions s SET since = cuebook_instant(w.since), until = cuebook_instant(w.until),
            detail = s.detail || jsonb_strip_nulls(jsonb_build_object('attributedTo', w."attributedTo"))
       FROM jsonb_to_recordset($1::jsonb) AS w ("enrolmentId" text, since bigint, until bigint, "attributedTo" jsonb)
      WHERE s.enrolment_id = w."enrolmentId" AND s.path = 'goal'`,
    [JSON.stringify(latest)],
  );
}
