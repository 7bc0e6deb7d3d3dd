/**
 * The work that a deployment leaves to the evaluators (T18): state of triggers, traits and clocks that are new or have
 * changed is built from the stored events; state of what is no longer deployed goes.
 */
import type { Instant, Json, SubjectRef, SubjectType } from '../../language/model.ts';
import type { RebuildPlan, StateOwner } from '../../triggers/engine/state.ts';
import { insertDecisions } from '../journeys/decisions.ts';
import { hasRow, type Queryable } from '../postgres/database.ts';

export interface Rebuild extends Pick<RebuildPlan, 'playbooks' | 'owners' | 'gone'> {
  number: number;
  enrolExisting: boolean;
  cursorType: string;
  cursorId: string;
  /** The deployment's instant. */
  startedAt: Instant;
}

const COLUMNS = `number, playbooks, owners, gone, enrol_existing AS "enrolExisting", cursor_type AS "cursorType",
  cursor_id AS "cursorId", started_at AS "startedAt"`;

/** What the latest deployment remembered of what state belongs to. */
export async function readStateOwners(client: Queryable): Promise<StateOwner[]> {
  const { rows } = await client.query<{ value: StateOwner[] }>("SELECT value FROM settings WHERE name = 'owners'");
  return rows[0]?.value ?? [];
}

/** Notes the work that a deployment leaves; nothing where it leaves none. */
export async function requestRebuild(client: Queryable, plan: RebuildPlan, enrolExisting: boolean): Promise<void> {
  const { playbooks, owners, gone, read } = plan;
  await keepReturnedState(client, read);
  if (playbooks.length === 0 && owners.length === 0 && gone.length === 0) return;
  await client.query(
    `INSERT INTO rebuilds (playbooks, owners, gone, enrol_existing, started_at)
     VALUES ($1, $2, $3, $4, cuebook_now())`,
    [playbooks, owners, gone, enrolExisting],
  );
}

/** What an earlier deployment took away, and is there again before its state went, is new state by now: it stays. */
async function keepReturnedState(client: Queryable, read: readonly string[]): Promise<void> {
  await client.query(
    `UPDATE rebuilds SET gone = ARRAY(SELECT owner FROM unnest(gone) AS g (owner) WHERE owner <> ALL($1::text[]))
      WHERE finished_at IS NULL AND gone && $1::text[]`,
    [read],
  );
}

/** Those that are not finished, the oldest first. */
export async function openRebuilds(client: Queryable): Promise<Rebuild[]> {
  const { rows } = await client.query<Rebuild>(
    `SELECT ${COLUMNS} FROM rebuilds WHERE finished_at IS NULL ORDER BY number`,
  );
  return rows;
}

/** The number of the latest; 0 before the first. */
export async function latestRebuild(client: Queryable): Promise<number> {
  const { rows } = await client.query<{ number: number | null }>('SELECT max(number) AS number FROM rebuilds');
  return rows[0]!.number ?? 0;
}

/** Claims the oldest that is not finished; undefined where there is none, or another evaluator works on it. */
export async function claimRebuild(client: Queryable): Promise<Rebuild | undefined> {
  const { rows } = await client.query<Rebuild>(
    `SELECT ${COLUMNS} FROM rebuilds WHERE finished_at IS NULL ORDER BY number LIMIT 1 FOR UPDATE SKIP LOCKED`,
  );
  return rows[0];
}

export async function hasOpenRebuild(client: Queryable): Promise<boolean> {
  return hasRow(client, 'SELECT FROM rebuilds WHERE finished_at IS NULL');
}

/** Subjects of some types after the cursor that have not been through the rebuild, in (type, id) order. */
export async function subjectsToRebuild(
  client: Queryable,
  { number, cursorType, cursorId }: Rebuild,
  types: readonly SubjectType[],
  limit: number,
): Promise<(SubjectRef & { consumed: number })[]> {
  const { rows } = await client.query<SubjectRef & { consumed: number }>(
    `SELECT type, id, consumed FROM subjects
      WHERE (type, id) > ($1, $2) AND type = ANY($3::text[]) AND rebuilt < $4 AND head_at IS NOT NULL
      ORDER BY type, id LIMIT $5`,
    [cursorType, cursorId, types, number, limit],
  );
  return rows;
}

export async function moveRebuild(client: Queryable, number: number, last: SubjectRef): Promise<void> {
  await client.query('UPDATE rebuilds SET cursor_type = $2, cursor_id = $3 WHERE number = $1', [
    number,
    last.type,
    last.id,
  ]);
}

export async function finishRebuild(client: Queryable, number: number): Promise<void> {
  await client.query('UPDATE rebuilds SET finished_at = cuebook_now() WHERE number = $1', [number]);
}

/** Some subjects that have state of an owner. */
export async function subjectsWithState(
  client: Queryable,
  owners: readonly string[],
  limit: number,
): Promise<SubjectRef[]> {
  const { rows } = await client.query<SubjectRef>(
    `SELECT DISTINCT type, id FROM (
       SELECT subject_type AS type, subject_id AS id FROM trigger_states WHERE owner = ANY($1::text[]) LIMIT $2) found
      ORDER BY type, id`,
    [owners, limit],
  );
  return rows;
}

export interface BeforeDeploy {
  playbook: string;
  subject: SubjectRef;
  at: Instant;
  looked: Json;
}

/** As many decisions on firings before a deployment are kept of a playbook: the latest. */
export const MAX_BEFORE_DEPLOY = 100;

/**
 * Counts firings that would have been before the deployment, and keeps the latest as decisions (T18). The caller holds
 * the deployments.
 */
export async function countBeforeDeploy(
  client: Queryable,
  counts: ReadonlyMap<string, number>,
  latest: readonly BeforeDeploy[],
): Promise<void> {
  if (counts.size === 0) return;
  await client.query(
    `UPDATE deployments d SET before_deploy = d.before_deploy + w.n
       FROM unnest($1::text[], $2::int[]) AS w (playbook, n) WHERE d.playbook = w.playbook`,
    [[...counts.keys()], [...counts.values()]],
  );
  const none = { firingId: null, enrolmentId: null };
  await insertDecisions(
    client,
    latest.map((row) => ({ ...row, ...none, verdict: 'before_deploy' })),
  );
  await client.query(
    `DELETE FROM decisions d USING unnest($1::text[]) AS w (playbook)
      WHERE d.playbook = w.playbook AND d.verdict = 'before_deploy' AND d.firing_id IS NULL
        AND (d.at, d.id) < (SELECT k.at, k.id FROM decisions k
                             WHERE k.playbook = w.playbook AND k.verdict = 'before_deploy' AND k.firing_id IS NULL
                             ORDER BY k.at DESC, k.id DESC OFFSET ${MAX_BEFORE_DEPLOY - 1} LIMIT 1)`,
    [[...counts.keys()]],
  );
}
