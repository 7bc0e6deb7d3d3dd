/** Cohorts: which enrolments go into one workflow, and whether it has been started. Hand-written SQL only. */
import { createHash } from 'node:crypto';
import type { Instant } from '../../language/model.ts';
import type { Database, Queryable } from '../postgres/database.ts';
import { together } from '../postgres/together.ts';

/** Whoever commits a pending enrolment notifies on it, so that dispatchers look at once. */
export const ENROLMENTS_CHANNEL = 'cuebook_enrolments';

/** An enrolment with which a cohort begins. */
export interface CohortStart {
  id: string;
  startedAt: Instant;
  /** Set where it is the steps of its goal that run (G1). */
  conversion?: { at: Instant; event: string | null };
}

export interface Cohort {
  id: string;
  playbook: string;
  versionHash: string;
  members: CohortStart[];
}

/**
 * The next version after `after`, in the order of hashes, that has pending enrolments; round again at the end. So a
 * playbook with a backlog does not keep the others waiting.
 */
export async function nextPendingVersion(client: Queryable, after: string): Promise<string | undefined> {
  const { rows } = await client.query<{ version_hash: string }>(
    `(SELECT version_hash, 0 AS round FROM enrolments
       WHERE cohort_id IS NULL AND outcome IS NULL AND version_hash > $1 ORDER BY version_hash LIMIT 1)
     UNION ALL
     (SELECT version_hash, 1 AS round FROM enrolments
       WHERE cohort_id IS NULL AND outcome IS NULL ORDER BY version_hash LIMIT 1)
     ORDER BY round LIMIT 1`,
    [after],
  );
  return rows[0]?.version_hash;
}

/**
 * Makes a cohort of whatever pending enrolments of a version there are, up to `most`, oldest first, and commits it.
 * Enrolments that another transaction holds are left to it.
 *
 * @returns undefined where there were none.
 */
export async function claimCohort(database: Database, versionHash: string, most: number): Promise<Cohort | undefined> {
  return database.transaction(async (client, commit) => {
    const { rows } = await client.query<{ id: string; startedAt: Instant; playbook: string; claimed: string }>(
      `SELECT id, started_at AS "startedAt", playbook, ${CLAIMED_AT} FROM enrolments
        WHERE version_hash = $1 AND cohort_id IS NULL AND outcome IS NULL
        ORDER BY started_at, id LIMIT $2 FOR NO KEY UPDATE SKIP LOCKED`,
      [versionHash, most],
    );
    if (rows.length === 0) return undefined;
    const ids = rows.map((row) => row.id);
    const members = rows.map(({ id, startedAt }) => ({ id, startedAt }));
    const id = cohortIdOf(ids, rows[0]!.claimed);
    await commit(
      together([
        insertCohort(client, id, versionHash),
        client.query(`UPDATE enrolments SET cohort_id = $1 WHERE id = ANY($2)`, [id, ids]),
      ]),
    );
    return { id, playbook: rows[0]!.playbook, versionHash, members };
  });
}

/** As `claimCohort`, of goals whose steps are still to run, of the version that has waited longest. */
export async function claimConversions(database: Database, most: number): Promise<Cohort | undefined> {
  return database.transaction(async (client, commit) => {
    const { rows } = await client.query<{
      claimed: string;
      id: string;
      startedAt: Instant;
      playbook: string;
      versionHash: string;
      at: Instant;
      event: string | null;
    }>(
      `SELECT ${CLAIMED_AT}, c.enrolment_id AS id, e.started_at AS "startedAt", e.playbook, c.version_hash AS "versionHash", c.at, c.event
         FROM conversions c JOIN enrolments e ON e.id = c.enrolment_id
        WHERE c.cohort_id IS NULL
          AND c.version_hash = (SELECT version_hash FROM conversions WHERE cohort_id IS NULL ORDER BY at LIMIT 1)
        ORDER BY c.at, c.enrolment_id LIMIT $1 FOR NO KEY UPDATE OF c SKIP LOCKED`,
      [most],
    );
    const [first] = rows;
    if (!first) return undefined;
    const ids = rows.map((row) => row.id);
    const { playbook, versionHash } = first;
    const id = cohortIdOf(['conversions', ...ids], first.claimed);
    await commit(
      together([
        insertCohort(client, id, versionHash),
        client.query(`UPDATE conversions SET cohort_id = $1 WHERE enrolment_id = ANY($2)`, [id, ids]),
      ]),
    );
    const members = rows.map(({ id: member, startedAt, at, event }) => {
      return { id: member, startedAt, conversion: { at, event } };
    });
    return { id, playbook, versionHash, members };
  });
}

/** Real time, to the microsecond; of a claim that of its first row. */
const CLAIMED_AT = 'clock_timestamp()::text AS claimed';

async function insertCohort(client: Queryable, id: string, versionHash: string): Promise<void> {
  await client.query(`INSERT INTO cohorts (id, version_hash, created_at) VALUES ($1, $2, cuebook_now())`, [
    id,
    versionHash,
  ]);
}

/**
 * Derived from its members and the real time of the claim: an enrolment is claimed once, so no two cohorts of a store
 * have the same. And no two stores: enrolment ids come from events alone, and one Temporal may serve several stores
 * that saw the same events. The id of one would then pass for a workflow of the other that has been started.
 */
function cohortIdOf(enrolmentIds: readonly string[], claimed: string): string {
  return createHash('sha256')
    .update([claimed, ...enrolmentIds].join('\n'))
    .digest('hex')
    .slice(0, 32);
}

/**
 * Cohorts that were claimed and are not known to be started, oldest first, with the members that they were claimed
 * with, in the same order.
 *
 * @param options.except those that the caller is starting now.
 */
export async function unstartedCohorts(
  client: Queryable,
  { except, most }: { except: readonly string[]; most: number },
): Promise<Cohort[]> {
  const { rows } = await client.query<Cohort>(
    `SELECT c.id, c.version_hash AS "versionHash",
            (SELECT min(m.playbook) FROM (SELECT e.playbook FROM enrolments e WHERE e.cohort_id = c.id
               UNION ALL SELECT e.playbook FROM conversions v JOIN enrolments e ON e.id = v.enrolment_id
                          WHERE v.cohort_id = c.id) m) AS playbook,
            coalesce((SELECT json_agg(json_build_object('id', e.id, 'startedAt', cuebook_ms(e.started_at))
                                      ORDER BY e.started_at, e.id)
                        FROM enrolments e WHERE e.cohort_id = c.id),
                     (SELECT json_agg(json_build_object('id', e.id, 'startedAt', cuebook_ms(e.started_at), 'conversion',
                                        json_build_object('at', cuebook_ms(v.at), 'event', v.event)) ORDER BY v.at, e.id)
                        FROM conversions v JOIN enrolments e ON e.id = v.enrolment_id WHERE v.cohort_id = c.id)) AS members
       FROM cohorts c WHERE c.started_at IS NULL AND NOT c.id = ANY($1)
      ORDER BY c.created_at, c.id LIMIT $2`,
    [except, most],
  );
  return rows;
}

/** Marks a cohort as started; what its members have been told meanwhile can now be signalled. */
export async function markStarted(client: Queryable, cohortId: string): Promise<void> {
  await client.query(`UPDATE cohorts SET started_at = cuebook_now() WHERE id = $1 AND started_at IS NULL`, [cohortId]);
}

/**
 * Cohorts of which an open member's `next_at` is no later than `to`, by id, after the one named.
 *
 * @returns at most `most`; fewer are the last.
 */
export async function dueCohorts(client: Queryable, to: Instant, after: string, most: number): Promise<string[]> {
  const { rows } = await client.query<{ cohort_id: string }>(
    `SELECT DISTINCT cohort_id FROM enrolments
      WHERE outcome IS NULL AND next_at <= cuebook_instant($1) AND cohort_id > $2
      ORDER BY cohort_id LIMIT $3`,
    [to, after, most],
  );
  return rows.map((row) => row.cohort_id);
}

/** The compiled program of a version, as it is stored; undefined where the version is not. */
export async function readProgram(client: Queryable, versionHash: string): Promise<unknown> {
  const { rows } = await client.query<{ program: unknown }>(
    `SELECT content #> '{playbook,program}' AS program FROM playbook_versions WHERE hash = $1`,
    [versionHash],
  );
  return rows[0]?.program ?? undefined;
}
