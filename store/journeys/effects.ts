/** What happens to the outside world, one row an effect, claimed before its handover (P4). */
import type { Instant, Json } from '../../language/model.ts';
import type { Queryable } from '../postgres/database.ts';
import { together } from '../postgres/together.ts';
import type { StepPlace } from './step-answers.ts';

export type EffectStatus = 'claimed' | 'done' | 'failed' | 'unknown' | 'refused' | 'held';

export interface EffectWrite extends StepPlace {
  id: string;
  kind: string;
  status: EffectStatus;
  reason: string | null;
  /** The number of the try. */
  attempts: number;
  beganAt: Instant;
  /** The journey's instant. */
  at: Instant;
  doneAt: Instant | null;
  detail: Json;
  claim: Json | null;
}

export interface EffectRow extends EffectWrite {
  /** Tells this claim from others; null where it is not claimed. */
  lease: Instant | null;
  /** Real milliseconds until the lease is over; below 0 when it is. */
  leaseLeftMs: number;
}

/** The effects of these places. Their rows stay locked: a result that comes meanwhile waits for what is decided here. */
export async function readEffects(client: Queryable, places: readonly StepPlace[]): Promise<EffectRow[]> {
  const { rows } = await client.query<EffectRow>(
    `SELECT e.id, e.enrolment_id AS "enrolmentId", e.path, e.iteration, e.kind, e.status, e.reason, e.attempts,
            e.began_at AS "beganAt", e.at, e.done_at AS "doneAt", e.detail, e.claim, e.lease_until AS lease,
            coalesce(extract(epoch FROM e.lease_until - clock_timestamp()) * 1000, -1)::float8 AS "leaseLeftMs"
       FROM effects e
      WHERE (e.enrolment_id, e.path, e.iteration) IN (SELECT w."enrolmentId", w.path, w.iteration
              FROM jsonb_to_recordset($1::jsonb) AS w ("enrolmentId" text, path text, iteration text))
      ORDER BY e.id FOR UPDATE`,
    [JSON.stringify(places)],
  );
  return rows;
}

/**
 * Writes effects; those that are claimed get a lease of so many real milliseconds.
 *
 * @returns the lease of each claimed effect, by its id.
 */
export async function writeEffects(
  client: Queryable,
  rows: readonly EffectWrite[],
  leaseMs: number,
): Promise<Map<string, Instant>> {
  if (rows.length === 0) return new Map();
  const { rows: written } = await client.query<{ id: string; lease: Instant | null }>(
    `INSERT INTO effects AS e (id, enrolment_id, path, iteration, kind, status, reason, attempts, lease_until, began_at,
                               at, done_at, detail, claim)
     SELECT id, "enrolmentId", path, iteration, kind, status, reason, attempts,
            CASE status WHEN 'claimed' THEN clock_timestamp() + make_interval(secs => $2::float8 / 1000) END,
            cuebook_instant("beganAt"), cuebook_instant(at), cuebook_instant("doneAt"), detail, claim
       FROM jsonb_to_recordset($1::jsonb) AS w (id text, "enrolmentId" text, path text, iteration text, kind text,
         status text, reason text, attempts int, "beganAt" bigint, at bigint, "doneAt" bigint, detail jsonb, claim jsonb)
     ON CONFLICT (id) DO UPDATE SET status = excluded.status, reason = excluded.reason, attempts = excluded.attempts,
       lease_until = excluded.lease_until, at = excluded.at, done_at = excluded.done_at, detail = excluded.detail,
       claim = excluded.claim
     RETURNING e.id, e.lease_until AS lease`,
    [JSON.stringify(rows), leaseMs],
  );
  return new Map(written.flatMap(({ id, lease }) => (lease === null ? [] : [[id, lease]])));
}

/**
 * Writes the results of claims, and ends them; `claim` is what another try goes on with.
 *
 * @returns the ids of those that still had this claim; of the others another worker found the lease over.
 */
export async function completeEffects(
  client: Queryable,
  results: readonly { id: string; lease: Instant; status: EffectStatus; reason: string | null; claim: Json | null }[],
  doneAt: Instant,
): Promise<Set<string>> {
  const { rows } = await client.query<{ id: string }>(
    `UPDATE effects e SET status = w.status, reason = w.reason, done_at = cuebook_instant($2), lease_until = NULL,
            claim = nullif(w.claim, 'null'::jsonb)
       FROM jsonb_to_recordset($1::jsonb) AS w (id text, lease bigint, status text, reason text, claim jsonb)
      WHERE e.id = w.id AND e.status = 'claimed' AND e.lease_until = cuebook_instant(w.lease)
      RETURNING e.id`,
    [JSON.stringify(results), doneAt],
  );
  return new Set(rows.map((row) => row.id));
}

/** An effect that its halted playbook holds (N6). */
export interface HaltedEffect {
  enrolmentId: string;
  path: string;
  iteration: string;
  playbook: string;
  at: Instant;
}

/** Keeps what is held. @returns those that were not held before */
export async function insertHalted(client: Queryable, effects: readonly HaltedEffect[]): Promise<HaltedEffect[]> {
  if (effects.length === 0) return [];
  const { rows } = await client.query<HaltedEffect>(
    `INSERT INTO halted_effects AS h (enrolment_id, path, iteration, playbook, at, halted_at)
     SELECT "enrolmentId", path, iteration, playbook, cuebook_instant(at), cuebook_now()
       FROM jsonb_to_recordset($1::jsonb) AS w ("enrolmentId" text, path text, iteration text, playbook text, at bigint)
     ON CONFLICT DO NOTHING
     RETURNING h.enrolment_id AS "enrolmentId", h.path, h.iteration, h.playbook, h.at`,
    [JSON.stringify(effects)],
  );
  return rows;
}

/**
 * Refuses effects, and their messages, that were held when their enrolment ended, with its ending (P1); what a halt held is forgotten, and what
 * failed waits for no other try.
 */
export async function dropHeld(client: Queryable, enrolmentIds: readonly string[]): Promise<void> {
  if (enrolmentIds.length === 0) return;
  await together([
    client.query(
      `WITH dropped AS (UPDATE effects x SET status = 'refused', reason = 'ended', at = coalesce(e.ended_at, x.at),
                done_at = cuebook_now()
           FROM enrolments e
          WHERE e.id = x.enrolment_id AND x.enrolment_id = ANY($1::text[]) AND x.status = 'held' RETURNING x.id)
       UPDATE messages m SET status = 'refused', error = 'ended' FROM dropped
        WHERE m.effect_id = dropped.id AND m.status = 'held'`,
      [enrolmentIds],
    ),
    client.query(
      `UPDATE effects SET claim = NULL
        WHERE enrolment_id = ANY($1::text[]) AND status = 'failed' AND claim IS NOT NULL AND path NOT LIKE 'on_goal%'`,
      [enrolmentIds],
    ),
    client.query('DELETE FROM halted_effects WHERE enrolment_id = ANY($1::text[])', [enrolmentIds]),
  ]);
}

/**
 * Orphaned claims: the lease is over and the enrolment has ended, so no journey asks for them any more. The steps of a
 * goal that is met after the ending have a journey of their own.
 */
export async function readOrphans(
  client: Queryable,
  most: number,
): Promise<(StepPlace & Pick<EffectWrite, 'at' | 'attempts'>)[]> {
  const { rows } = await client.query<StepPlace & Pick<EffectWrite, 'at' | 'attempts'>>(
    `SELECT x.enrolment_id AS "enrolmentId", x.path, x.iteration, x.at, x.attempts
       FROM effects x JOIN enrolments e ON e.id = x.enrolment_id
      WHERE x.status = 'claimed' AND x.lease_until < clock_timestamp() AND e.outcome IS NOT NULL
        AND NOT (x.path LIKE 'on_goal%' AND e.outcome <> 'converted')
      ORDER BY x.lease_until, x.id LIMIT $1`,
    [most],
  );
  return rows;
}

/** Everyone whom `assign` of these enrolments gave the subject to, or took it from (S16), by enrolment. */
export async function readTried(client: Queryable, enrolmentIds: readonly string[]): Promise<Map<string, string[]>> {
  const { rows } = await client.query<{ id: string; persons: string[] }>(
    `SELECT enrolment_id AS id, array_agg(DISTINCT person) AS persons
       FROM effects, unnest(ARRAY[detail->>'to', detail->>'from']) AS person
      WHERE enrolment_id = ANY($1::text[]) AND kind = 'assign' AND status = 'done' AND person IS NOT NULL
      GROUP BY 1`,
    [enrolmentIds],
  );
  return new Map(rows.map((row) => [row.id, row.persons]));
}
