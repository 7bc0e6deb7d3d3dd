/** What is deployed: versions, pinned by their hash, and the surroundings that are not pinned. */
import type { Instant, People, PlaybookVersion, Settings } from '../language/model.ts';
import type { Database, Queryable } from './database.ts';

export interface Deployment {
  playbook: string;
  versionHash: string;
  triggerHash: string;
  status: 'active' | 'paused' | 'halted';
  /** When this trigger was first deployed (T18). */
  deployedAt: Instant;
}

export interface Surroundings {
  settings: Settings;
  people: People;
}

/** Versions never change: kept by their hash, the least recently used going first. */
const MOST_VERSIONS = 500;
const versions = new Map<string, PlaybookVersion>();

/** A pinned version. @throws when no such version was ever deployed. */
export async function readVersion(client: Queryable, hash: string): Promise<PlaybookVersion> {
  const known = versions.get(hash);
  if (known) {
    versions.delete(hash);
    versions.set(hash, known);
    return known;
  }
  const { rows } = await client.query<{ content: PlaybookVersion }>(
    'SELECT content FROM playbook_versions WHERE hash = $1',
    [hash],
  );
  const found = rows[0]?.content;
  if (!found) throw new Error(`version ${hash} is not in the store`);
  versions.set(hash, found);
  if (versions.size > MOST_VERSIONS) versions.delete(versions.keys().next().value!);
  return found;
}

/** People and settings of the current deployment. @throws before the first deployment. */
export async function readSurroundings(client: Queryable): Promise<Surroundings> {
  const { rows } = await client.query<{ value: Surroundings }>(
    "SELECT value FROM settings WHERE name = 'surroundings'",
  );
  const found = rows[0]?.value;
  if (!found) throw new Error('nothing is deployed yet: there are no settings in the store');
  return found;
}

/** Names that something deployed listens to, open journeys included; what nobody names is stored as consumed. */
export async function readListenedNames(client: Queryable): Promise<Set<string>> {
  const { rows } = await client.query<{ value: string[] }>("SELECT value FROM settings WHERE name = 'listened'");
  return new Set(rows[0]?.value ?? []);
}

export async function readDeployments(client: Queryable): Promise<Deployment[]> {
  const { rows } = await client.query<Deployment>(
    `SELECT playbook, version_hash AS "versionHash", trigger_hash AS "triggerHash", status, deployed_at AS "deployedAt"
       FROM deployments ORDER BY playbook`,
  );
  return rows;
}

/** A number that changes with every deployment: whoever keeps an index over it knows when to build it anew. */
export async function readGeneration(client: Queryable): Promise<number> {
  const { rows } = await client.query<{ value: number }>("SELECT value FROM settings WHERE name = 'generation'");
  return rows[0]?.value ?? 0;
}

/**
 * Deploys a set of versions in place of what was there: new enrolments run them, open ones keep theirs (N5). A playbook
 * that is not among them goes; a trigger that is new begins now (T18).
 *
 * @param listened event names that the set listens to
 */
export async function deploy(
  database: Database,
  set: { versions: readonly PlaybookVersion[]; surroundings: Surroundings; listened: readonly string[] },
): Promise<{ changed: string[] }> {
  return database.transaction(async (client) => {
    await client.query('LOCK TABLE deployments IN SHARE ROW EXCLUSIVE MODE');
    const before = new Map((await readDeployments(client)).map((d) => [d.playbook, d]));
    for (const version of set.versions) {
      await client.query(
        `INSERT INTO playbook_versions (hash, playbook, content, created_at) VALUES ($1, $2, $3, cuebook_now())
         ON CONFLICT (hash) DO NOTHING`,
        [version.hash, version.playbook.playbook, JSON.stringify(version)],
      );
      await client.query(
        `INSERT INTO deployments AS d (playbook, version_hash, trigger_hash, deployed_at) VALUES ($1, $2, $3, cuebook_now())
         ON CONFLICT (playbook) DO UPDATE SET version_hash = excluded.version_hash, trigger_hash = excluded.trigger_hash,
           deployed_at = CASE WHEN d.trigger_hash = excluded.trigger_hash THEN d.deployed_at ELSE excluded.deployed_at END`,
        [version.playbook.playbook, version.hash, version.playbook.trigger.hash],
      );
    }
    const names = set.versions.map((version) => version.playbook.playbook);
    await client.query('DELETE FROM deployments WHERE playbook <> ALL($1::text[])', [names]);
    await put(client, 'surroundings', set.surroundings);
    await put(client, 'listened', await withOpenJourneys(client, set));
    const changed = set.versions.filter((v) => before.get(v.playbook.playbook)?.versionHash !== v.hash);
    const gone = [...before.keys()].filter((name) => !names.includes(name));
    await client.query(
      `INSERT INTO settings (name, value) VALUES ('generation', '1')
       ON CONFLICT (name) DO UPDATE SET value = to_jsonb((settings.value)::bigint + 1)`,
    );
    return { changed: [...changed.map((v) => v.playbook.playbook), ...gone] };
  });
}

/** Journeys that run older versions go on listening to what those name. */
async function withOpenJourneys(
  client: Queryable,
  set: { versions: readonly PlaybookVersion[]; listened: readonly string[] },
): Promise<string[]> {
  const names = new Set(set.listened);
  const { rows } = await client.query<{ version_hash: string }>(
    'SELECT DISTINCT version_hash FROM enrolments WHERE outcome IS NULL AND version_hash <> ALL($1::text[])',
    [set.versions.map((version) => version.hash)],
  );
  for (const { version_hash } of rows) {
    for (const name of (await readVersion(client, version_hash)).playbook.listensTo) names.add(name);
  }
  return [...names].sort();
}

async function put(client: Queryable, name: string, value: unknown): Promise<void> {
  await client.query(
    'INSERT INTO settings (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value',
    [name, JSON.stringify(value)],
  );
}
