/** What is known of why something happened to a subject, or did not (semantics V5). */
import { type CompiledTrigger, type Instant, type Json, SUBJECT_TYPES, type SubjectRef } from '../../language/model.ts';
import type { Queryable } from '../postgres/database.ts';

export interface ExplainedFiring {
  id: string;
  playbook: string;
  key: string;
  at: Instant;
  /** The arm of the trigger. */
  arm: number;
  evidence: string[];
  status: 'enrolled' | 'refused' | 'kept';
  reason: string | null;
  /** The messageId of the late event that took it back. */
  undoneBy: string | null;
  moved: boolean;
  /** Of the version that fired. */
  trigger: CompiledTrigger | null;
  /** How its enrolment ended; null while it is open, and where there is none. */
  outcome: string | null;
  endReason: string | null;
  endedAt: Instant | null;
}

export interface ExplainedDecision {
  playbook: string | null;
  firingId: string | null;
  enrolmentId: string | null;
  path: string | null;
  kind: string;
  verdict: string;
  looked: Json;
  at: Instant;
}

/** A deployed playbook for subjects of this type, and what it waits for with this one. */
export interface ExplainedPlaybook {
  playbook: string;
  status: string;
  trigger: CompiledTrigger;
  /** Deadlines at which it would fire if nothing else came, by key and arm. */
  waits: { arm: number; key: string; dueAt: Instant }[];
}

export interface Explanation {
  firings: ExplainedFiring[];
  decisions: ExplainedDecision[];
  /** Only without `at`: what was waited for earlier is not kept. */
  playbooks: ExplainedPlaybook[];
}

/** Rows of each kind that one explanation shows: the latest ones. */
export const MAX_EXPLAINED = 500;

/** Every subject of that id that an event or a record names. */
export async function subjectsOfId(client: Queryable, id: string): Promise<SubjectRef[]> {
  const { rows } = await client.query<SubjectRef>(
    `SELECT type, $1 AS id FROM unnest($2::text[]) WITH ORDINALITY AS kinds (type, n)
      WHERE EXISTS (SELECT FROM timeline WHERE subject_type = kinds.type AND subject_id = $1)
         OR EXISTS (SELECT FROM firings WHERE subject_type = kinds.type AND subject_id = $1)
         OR EXISTS (SELECT FROM trait_writes w WHERE w.type = kinds.type AND w.id = $1)
      ORDER BY n`,
    [id, SUBJECT_TYPES],
  );
  return rows;
}

/**
 * What was fired and decided about a subject, in the order of its instants.
 *
 * @param options.at only what was known then: made and decided at or before.
 */
export async function explanationOf(
  client: Queryable,
  subject: SubjectRef,
  options: { playbook?: string | undefined; at?: Instant | undefined } = {},
): Promise<Explanation> {
  const values = [subject.type, subject.id, options.playbook ?? null, options.at ?? null];
  const { rows: firings } = await client.query<ExplainedFiring>(
    `SELECT * FROM (
       SELECT f.id, f.playbook, f.key, f.at, f.arm, f.evidence, f.status, f.reason, f.undone_by AS "undoneBy", f.moved,
              v.content->'playbook'->'trigger' AS trigger, e.outcome, e.reason AS "endReason", e.ended_at AS "endedAt"
         FROM firings f LEFT JOIN playbook_versions v ON v.hash = f.version_hash
         LEFT JOIN enrolments e ON e.firing_id = f.id AND ($4::bigint IS NULL OR e.ended_at <= cuebook_instant($4))
        WHERE f.subject_type = $1 AND f.subject_id = $2 AND ($3::text IS NULL OR f.playbook = $3)
          AND ($4::bigint IS NULL OR f.made_at <= cuebook_instant($4))
        ORDER BY f.at DESC, f.playbook, f.key LIMIT ${MAX_EXPLAINED}) latest ORDER BY at, playbook, key`,
    values,
  );
  const { rows: decisions } = await client.query<ExplainedDecision>(
    `SELECT * FROM (
       SELECT id, playbook, firing_id AS "firingId", enrolment_id AS "enrolmentId", path, kind, verdict, looked, at
         FROM decisions
        WHERE subject_type = $1 AND subject_id = $2 AND ($3::text IS NULL OR playbook = $3)
          AND ($4::bigint IS NULL OR decided_at <= cuebook_instant($4))
        ORDER BY at DESC, id DESC LIMIT ${MAX_EXPLAINED * 10}) latest ORDER BY at, id`,
    values,
  );
  const playbooks = options.at === undefined ? await waitingPlaybooks(client, subject, options.playbook) : [];
  return { firings, decisions, playbooks };
}

async function waitingPlaybooks(
  client: Queryable,
  subject: SubjectRef,
  playbook: string | undefined,
): Promise<ExplainedPlaybook[]> {
  const { rows } = await client.query<ExplainedPlaybook>(
    `SELECT d.playbook, d.status, v.content->'playbook'->'trigger' AS trigger,
            coalesce((SELECT jsonb_agg(jsonb_build_object('arm', split_part(t.owner, '#', 2)::int, 'key', t.key, 'dueAt',
                               floor(extract(epoch FROM t.due_at) * 1000)) ORDER BY t.due_at, t.key)
                        FROM trigger_states t
                       WHERE t.subject_type = $1 AND t.subject_id = $2 AND t.due_at IS NOT NULL
                         AND starts_with(t.owner, 'playbook:' || d.playbook || '#')), '[]') AS waits
       FROM deployments d JOIN playbook_versions v ON v.hash = d.version_hash
      WHERE v.content->'playbook'->>'subject' = $1 AND ($3::text IS NULL OR d.playbook = $3)
      ORDER BY d.playbook`,
    [subject.type, subject.id, playbook ?? null],
  );
  return rows;
}
