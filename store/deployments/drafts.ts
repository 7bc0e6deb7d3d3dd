/** What people write of playbooks in the browser (V7): files in the store, which change nothing until they are deployed. */
import type { Instant } from '../../language/model.ts';
import type { Database, Queryable } from '../postgres/database.ts';

export interface DraftFile {
  /** In the folder of playbooks, with `/`: `welcome.yaml`. */
  path: string;
  text: string;
  /** The SHA-256 of the folder's text from which it began; null where the folder had no such file. */
  base: string | null;
}

export interface Draft {
  playbook: string;
  files: DraftFile[];
  /** Counts the changes. */
  revision: number;
  byName: string;
  changedAt: Instant;
  /** `files` as they were deployed last. */
  deployed: DraftFile[] | null;
  deployedBy: string | null;
  deployedAt: Instant | null;
}

/** Who changes a draft, and which revision of it was read: 0 where there was none. */
export interface DraftChange {
  playbook: string;
  revision: number;
  byUser: string | null;
  byName: string;
}

/** A draft that is deployed, with its files as they were planned: at no other revision. */
export interface DeployingDraft extends Pick<DraftChange, 'playbook' | 'revision' | 'byName'> {
  files: readonly DraftFile[];
}

export const MAX_DRAFTS = 1_000;

const COLUMNS = `playbook, files, revision, by_name AS "byName", changed_at AS "changedAt", deployed,
  deployed_by AS "deployedBy", deployed_at AS "deployedAt"`;

export async function readDraft(client: Queryable, playbook: string): Promise<Draft | undefined> {
  const { rows } = await client.query<Draft>(`SELECT ${COLUMNS} FROM drafts WHERE playbook = $1`, [playbook]);
  return rows[0];
}

/** Those of which something is not deployed, by name; without their texts. */
export async function listDrafts(client: Queryable): Promise<Omit<Draft, 'files' | 'deployed'>[]> {
  const { rows } = await client.query<Draft>(
    `SELECT playbook, revision, by_name AS "byName", changed_at AS "changedAt", deployed_by AS "deployedBy",
            deployed_at AS "deployedAt"
       FROM drafts WHERE files IS DISTINCT FROM deployed ORDER BY playbook LIMIT ${MAX_DRAFTS}`,
  );
  return rows;
}

/** What was deployed from drafts, the earliest first: of two that have one file the later one counts. */
export async function readDeployedDrafts(client: Queryable): Promise<Draft[]> {
  const { rows } = await client.query<Draft>(
    `SELECT ${COLUMNS} FROM drafts WHERE deployed IS NOT NULL ORDER BY deployed_at, playbook LIMIT ${MAX_DRAFTS}`,
  );
  return rows;
}

/** @returns undefined where somebody else has changed it since, or there are too many */
export async function saveDraft(
  database: Database,
  { playbook, revision, byUser, byName }: DraftChange,
  files: readonly DraftFile[],
): Promise<Draft | undefined> {
  return database.transaction(async (client) => {
    // Two that begin one at once: the second sees what the first has written.
    await client.query('LOCK TABLE drafts IN SHARE ROW EXCLUSIVE MODE');
    const known = await readDraft(client, playbook);
    if ((known?.revision ?? 0) !== revision) return undefined;
    const { rows } = await client.query<Draft>(
      `INSERT INTO drafts AS d (playbook, files, revision, by_user, by_name, changed_at)
       SELECT $1, $2, 1, $3, $4, cuebook_now() WHERE (SELECT count(*) FROM drafts WHERE playbook <> $1) < ${MAX_DRAFTS}
       ON CONFLICT (playbook) DO UPDATE SET files = excluded.files, revision = d.revision + 1,
         by_user = excluded.by_user, by_name = excluded.by_name, changed_at = excluded.changed_at
       RETURNING ${COLUMNS}`,
      [playbook, JSON.stringify(files), byUser, byName],
    );
    return rows[0];
  });
}

/** Back to what is deployed of it; a draft of which nothing is goes. @returns whether it was still at that revision */
export async function discardDraft(
  database: Database,
  { playbook, revision, byUser, byName }: DraftChange,
): Promise<boolean> {
  return database.transaction(async (client) => {
    const gone = await client.query('DELETE FROM drafts WHERE playbook = $1 AND revision = $2 AND deployed IS NULL', [
      playbook,
      revision,
    ]);
    if (gone.rowCount === 1) return true;
    const back = await client.query(
      `UPDATE drafts SET files = deployed, revision = revision + 1, by_user = $3, by_name = $4, changed_at = cuebook_now()
        WHERE playbook = $1 AND revision = $2`,
      [playbook, revision, byUser, byName],
    );
    return back.rowCount === 1;
  });
}

/** In the transaction that deploys it. @returns whether it was still at that revision */
export async function markDeployed(
  client: Queryable,
  { playbook, revision, byName, files }: DeployingDraft,
): Promise<boolean> {
  const { rowCount } = await client.query(
    `UPDATE drafts SET files = $4, deployed = $4, deployed_by = $3, deployed_at = cuebook_now()
      WHERE playbook = $1 AND revision = $2`,
    [playbook, revision, byName, JSON.stringify(files)],
  );
  return rowCount === 1;
}
