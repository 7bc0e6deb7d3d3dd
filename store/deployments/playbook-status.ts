/** What an operator has said of a playbook by its name: that it is paused, halted, or active again (N6). */
import type { Instant } from '../../language/model.ts';
import { appendInputs, type NewInput } from '../evaluation/evaluator-writes.ts';
import type { Database, Queryable } from '../postgres/database.ts';
import { changeDeployed } from './deployments.ts';

export const PLAYBOOK_STATUSES = ['active', 'paused', 'halted'] as const;
export type PlaybookStatus = (typeof PLAYBOOK_STATUSES)[number];

export interface StatusChange {
  playbook: string;
  status: PlaybookStatus;
  /** Who it was, as they are called. */
  by: string;
  reason?: string | undefined;
}

export interface ChangedStatus {
  /** What it was before; the same where nothing changed. */
  was: PlaybookStatus;
  /** Its open enrolments: they go on, and while it is halted their effects are held. */
  openEnrolments: number;
  /** Held effects that were let go. */
  released: number;
}

/** Released in one transaction. */
const AT_ONCE = 500;

/**
 * Changes the status of a playbook that is deployed, or has open enrolments, or is not active. From the answer on no firing is
 * entered and no effect is claimed by what it was before. Who changed it stays in the store.
 *
 * @returns undefined for a playbook of which nothing is known
 */
export async function changeStatus(database: Database, change: StatusChange): Promise<ChangedStatus | undefined> {
  const { playbook, status, by, reason = null } = change;
  const changed = await changeDeployed(database, async (client) => {
    const { rows } = await client.query<{ was: PlaybookStatus; known: boolean; openEnrolments: number }>(
      `SELECT coalesce(s.status, 'active') AS was, o.n AS "openEnrolments",
              s.playbook IS NOT NULL OR o.n > 0 OR EXISTS (SELECT FROM deployments WHERE playbook = $1) AS known
         FROM (SELECT count(*)::int AS n FROM enrolments WHERE playbook = $1 AND outcome IS NULL) o
         LEFT JOIN playbook_statuses s ON s.playbook = $1`,
      [playbook],
    );
    const { was, known, openEnrolments } = rows[0]!;
    if (!known) return undefined;
    if (was !== status) {
      await client.query(
        `WITH told AS (INSERT INTO playbook_statuses AS s (playbook, status, changed_at, changed_by, reason)
                       VALUES ($1, $2, cuebook_now(), $4, $5)
                       ON CONFLICT (playbook) DO UPDATE SET status = excluded.status, changed_at = excluded.changed_at,
                         changed_by = excluded.changed_by, reason = excluded.reason
                       RETURNING *)
         INSERT INTO playbook_status_changes (playbook, status, was, changed_at, changed_by, reason)
         SELECT playbook, status, $3, changed_at, changed_by, reason FROM told`,
        [playbook, status, was, by, reason],
      );
    }
    return { was, openEnrolments };
  });
  // What a crash leaves here is let go by any process that runs (`startMaintenance`).
  return changed && { ...changed, released: await releaseEffects(database) };
}

/**
 * Tells the journeys whose effects are held by no halted playbook any more to look again.
 *
 * @returns how many were told
 */
export async function releaseEffects(database: Database, stopping?: AbortSignal): Promise<number> {
  let released = 0;
  while (!stopping?.aborted) {
    const told = await database.transaction(releaseSome);
    released += told;
    if (told < AT_ONCE) break;
  }
  return released;
}

async function releaseSome(client: Queryable): Promise<number> {
  const { rows } = await client.query<Omit<NewInput, 'kind' | 'arm' | 'event'>>(
    `DELETE FROM halted_effects h USING (
       SELECT w.enrolment_id, w.path, w.iteration FROM halted_effects w
        WHERE NOT EXISTS (SELECT FROM playbook_statuses s WHERE s.playbook = w.playbook AND s.status = 'halted')
        ORDER BY w.enrolment_id, w.path, w.iteration LIMIT $1 FOR UPDATE OF w SKIP LOCKED) one
      WHERE h.enrolment_id = one.enrolment_id AND h.path = one.path AND h.iteration = one.iteration
      RETURNING h.enrolment_id AS "enrolmentId", h.path, h.iteration, h.at`,
    [AT_ONCE],
  );
  await appendInputs(
    client,
    rows.map((row): NewInput => ({ ...row, kind: 'look', arm: 0, event: null })),
  );
  return rows.length;
}

/**
 * Which of these playbooks are halted; they stay so until the transaction ends, so that what it holds is found by a resume.
 * Deployments are held before.
 */
export async function holdHalted(client: Queryable, playbooks: readonly string[]): Promise<Set<string>> {
  if (playbooks.length === 0) return new Set();
  const { rows } = await client.query<{ playbook: string }>(
    `SELECT playbook FROM playbook_statuses WHERE playbook = ANY($1::text[]) AND status = 'halted'
      ORDER BY playbook FOR SHARE`,
    [playbooks],
  );
  return new Set(rows.map(({ playbook }) => playbook));
}

export interface StatusShown {
  playbook: string;
  status: PlaybookStatus;
  since: Instant;
  by: string;
  reason: string | null;
  /** Effects that are held. */
  held: number;
}

/** Playbooks that are not active, by their names. */
export async function readStopped(client: Queryable): Promise<StatusShown[]> {
  const { rows } = await client.query<StatusShown>(
    `SELECT playbook, status, changed_at AS since, changed_by AS by, reason,
            (SELECT count(*)::int FROM halted_effects h WHERE h.playbook = s.playbook) AS held
       FROM playbook_statuses s WHERE status <> 'active' ORDER BY playbook`,
  );
  return rows;
}

/** Names that a status can be given to: for whoever has misspelt one. */
export async function readPlaybookNames(client: Queryable): Promise<string[]> {
  const { rows } = await client.query<{ playbook: string }>(
    `SELECT playbook FROM deployments UNION SELECT playbook FROM playbook_statuses
     UNION SELECT playbook FROM enrolments WHERE outcome IS NULL ORDER BY playbook`,
  );
  return rows.map(({ playbook }) => playbook);
}
