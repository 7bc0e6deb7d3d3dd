/** Which versions were deployed at an instant of the past (V5): a row at each change of a playbook, with its version. */
import type { Instant, PlaybookVersion } from '../../language/model.ts';
import type { Queryable } from '../postgres/database.ts';
import type { DeploymentChanges } from './deployments.ts';

/** Writes what a deployment changes; what it leaves as it was has its row. */
export async function logDeployment(
  client: Queryable,
  versions: readonly PlaybookVersion[],
  { added, changed, retriggered, gone }: DeploymentChanges,
): Promise<void> {
  const names = new Set([...added, ...changed, ...retriggered]);
  const rows = versions
    .filter(({ playbook }) => names.has(playbook.playbook))
    .map(({ hash, playbook }): [string, string | null] => [playbook.playbook, hash]);
  for (const name of gone) rows.push([name, null]);
  if (rows.length === 0) return;
  await client.query(
    `INSERT INTO deployment_log (playbook, at, version_hash)
     SELECT playbook, cuebook_now(), hash FROM unnest($1::text[], $2::text[]) AS w (playbook, hash)
     ON CONFLICT (playbook, at) DO UPDATE SET version_hash = excluded.version_hash`,
    [rows.map(([name]) => name), rows.map(([, hash]) => hash)],
  );
}

/** The hashes of the versions that were deployed at an instant, by playbook. */
export async function readDeployedAt(client: Queryable, at: Instant): Promise<Map<string, string>> {
  const { rows } = await client.query<{ playbook: string; hash: string }>(
    `SELECT playbook, version_hash AS hash
       FROM (SELECT DISTINCT ON (playbook) playbook, version_hash FROM deployment_log
              WHERE at <= cuebook_instant($1) ORDER BY playbook, at DESC) latest
      WHERE version_hash IS NOT NULL ORDER BY playbook`,
    [at],
  );
  return new Map(rows.map(({ playbook, hash }) => [playbook, hash]));
}
