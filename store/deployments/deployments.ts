/** What is deployed: versions, pinned by their hash, and people and settings, which are not pinned. */
import { canonicalHash } from '../../language/canonical.ts';
import type { Instant, People, PlaybookVersion, Settings } from '../../language/model.ts';
import type { RebuildFacts, RebuildPlan } from '../../triggers/engine/state.ts';
import { readStateOwners, requestRebuild } from '../evaluation/rebuilds.ts';
import { type Database, hasRow, type Queryable } from '../postgres/database.ts';
import { logDeployment } from './deployment-log.ts';
import { type DeployingDraft, markDeployed } from './drafts.ts';
import type { PlaybookStatus } from './playbook-status.ts';
import { insertVersions, readVersions, type VersionOrigin } from './versions.ts';

export interface Deployment {
  playbook: string;
  versionHash: string;
  triggerHash: string;
  status: PlaybookStatus;
  /** When this trigger was first deployed (T18). */
  deployedAt: Instant;
  /** Firings that would have been before it. */
  beforeDeploy: number;
  /** Keys that were closed because a subject had too many open. */
  closedKeys: number;
}

/**
 * Rounds of the evaluator hold it, shared; a deployment takes it exclusively: after a deployment no round consumes anything
 * by what was deployed before.
 */
const DEPLOYMENT_LOCK = 7_241_550_003;

/** It waits for rounds that are under way: a chunk of a rebuild takes some seconds. */
const DEPLOY_LIMITS = { timeoutMs: 25_000, totalMs: 60_000 };

export interface DeployedConfig {
  settings: Settings;
  people: People;
}

/** People and settings of the current deployment. @throws before the first deployment. */
export async function readDeployedConfig(client: Queryable): Promise<DeployedConfig> {
  const { rows } = await client.query<{ value: DeployedConfig }>(
    "SELECT value FROM settings WHERE name = 'surroundings'",
  );
  const found = rows[0]?.value;
  if (!found) throw new Error('nothing is deployed yet: there are no settings in the store');
  return found;
}

/** Names that something deployed listens to, open journeys included; other events are stored as consumed. */
export async function readListenedNames(client: Queryable): Promise<Set<string>> {
  const { rows } = await client.query<{ value: string[] }>("SELECT value FROM settings WHERE name = 'listened'");
  return new Set(rows[0]?.value ?? []);
}

export async function readDeployments(client: Queryable): Promise<Deployment[]> {
  const { rows } = await client.query<Deployment>(
    `SELECT d.playbook, version_hash AS "versionHash", trigger_hash AS "triggerHash", coalesce(s.status, 'active') AS status,
            deployed_at AS "deployedAt", before_deploy AS "beforeDeploy", closed_keys AS "closedKeys"
       FROM deployments d LEFT JOIN playbook_statuses s ON s.playbook = d.playbook ORDER BY d.playbook`,
  );
  return rows;
}

/**
 * A number that changes with every deployment: an index over what is deployed is rebuilt when it does. No deployment is
 * committed between this call and the end of its transaction.
 */
export async function readGeneration(client: Queryable): Promise<number> {
  // Two statements in one message: the second sees what was committed while the first waited.
  const results = (await client.query(
    `SELECT pg_advisory_xact_lock_shared(${DEPLOYMENT_LOCK});
     SELECT value FROM settings WHERE name = 'generation'`,
  )) as unknown as [unknown, { rows: { value: number }[] }];
  return results[1].rows[0]?.value ?? 0;
}

/** Holds rows of deployments until the transaction ends, in one order for all: so that two that count do not wait for each other. */
export async function lockDeployments(client: Queryable, playbooks: readonly string[]): Promise<void> {
  if (playbooks.length === 0) return;
  await client.query('SELECT FROM deployments WHERE playbook = ANY($1::text[]) ORDER BY playbook FOR NO KEY UPDATE', [
    playbooks,
  ]);
}

/**
 * Keeps deployments away until the transaction ends: to be called before it is asked which names are listened to, where
 * other events are stored as consumed; and before any subject is locked, as rounds do.
 */
export async function holdDeployed(client: Queryable): Promise<void> {
  await client.query(`SELECT pg_advisory_xact_lock_shared(${DEPLOYMENT_LOCK})`);
}

/** Counts keys that were closed, by playbook. The caller holds the deployments. */
export async function countClosedKeys(client: Queryable, counts: ReadonlyMap<string, number>): Promise<void> {
  if (counts.size === 0) return;
  await client.query(
    `UPDATE deployments d SET closed_keys = d.closed_keys + w.n FROM unnest($1::text[], $2::int[]) AS w (playbook, n)
      WHERE d.playbook = w.playbook`,
    [[...counts.keys()], [...counts.values()]],
  );
}

export interface NewDeployment {
  versions: readonly PlaybookVersion[];
  /** By hash, as far as it is known. */
  origins?: ReadonlyMap<string, VersionOrigin>;
  surroundings: DeployedConfig;
  /** Event names that the set listens to. */
  listened: readonly string[];
  /** What holds now fires once, for every playbook whose trigger is new (T18). */
  enrolExisting?: boolean;
  /** Only where what is deployed still has this hash (`readDeployedHash`). */
  inPlaceOf?: string;
  /** The draft that it takes from the store, at the revision that was planned (V7). */
  draft?: DeployingDraft | undefined;
}

/** What is deployed is not what it was when the deployment was planned (V6). */
export class DeployedMoved extends Error {}

/** The hash of what a deployment puts in place: its playbooks by version, the settings and the people (V6). */
export function hashOfSet({ versions, surroundings }: Pick<NewDeployment, 'versions' | 'surroundings'>): string {
  const playbooks = versions.map(({ hash, playbook }) => ({ playbook: playbook.playbook, versionHash: hash }));
  return hashOfDeployed(playbooks, surroundings);
}

/** The hash of what is deployed; equal to that of the set that was put in place. */
export async function readDeployedHash(client: Queryable): Promise<string> {
  const deployments = await readDeployments(client);
  const isFirst = !(await hasRow(client, "SELECT FROM settings WHERE name = 'surroundings'"));
  return hashOfDeployed(deployments, isFirst ? null : await readDeployedConfig(client));
}

function hashOfDeployed(
  playbooks: readonly Pick<Deployment, 'playbook' | 'versionHash'>[],
  surroundings: DeployedConfig | null,
): string {
  const versions = Object.fromEntries(playbooks.map(({ playbook, versionHash }) => [playbook, versionHash]));
  return canonicalHash({ versions, surroundings });
}

/**
 * Stores a set of versions in place of what was there: new enrolments run them, open ones keep theirs (N5). A playbook
 * that is not among them goes, its enrolments go on.
 *
 * @param planRebuild decides what becomes of the state that is there
 * @throws DeployedMoved where `inPlaceOf` is not what is deployed, or the draft has been changed: nothing is stored then
 */
export async function storeDeployment(
  database: Database,
  set: NewDeployment,
  planRebuild: (facts: RebuildFacts) => RebuildPlan,
): Promise<DeploymentChanges> {
  return changeDeployed(database, async (client) => {
    await client.query('LOCK TABLE deployments IN SHARE ROW EXCLUSIVE MODE');
    if (set.inPlaceOf !== undefined && (await readDeployedHash(client)) !== set.inPlaceOf) throw new DeployedMoved();
    // In one transaction: a draft that were deployed and not marked would be undone by the next start.
    if (set.draft && !(await markDeployed(client, set.draft))) throw new DeployedMoved();
    const before = new Map((await readDeployments(client)).map((d) => [d.playbook, d]));
    await insertVersions(client, set.versions, set.origins);
    await putDeployments(client, set.versions);
    const names = set.versions.map((version) => version.playbook.playbook);
    await client.query('DELETE FROM deployments WHERE playbook <> ALL($1::text[])', [names]);
    const running = await openVersions(client, set.versions);
    await put(client, 'surroundings', set.surroundings);
    await put(client, 'listened', listenedWith(running, set.listened));
    const { versions } = set;
    const plan = planRebuild({ versions, running, before, known: await readStateOwners(client) });
    await requestRebuild(client, plan, set.enrolExisting ?? false);
    await put(client, 'owners', plan.remembered);
    await client.query(`INSERT INTO settings (name, value) VALUES ('generation', '0') ON CONFLICT (name) DO NOTHING`);
    const changes = changesOf([...before.values()], set.versions);
    await logDeployment(client, set.versions, changes);
    return changes;
  });
}

/**
 * Changes what is deployed while no round is under way: rounds begun later go by what it has become. Before the first
 * deployment there is nothing that they go by.
 */
export async function changeDeployed<T>(database: Database, change: (client: Queryable) => Promise<T>): Promise<T> {
  return database.transaction(async (client) => {
    await client.query(`SELECT pg_advisory_xact_lock(${DEPLOYMENT_LOCK})`);
    const changed = await change(client);
    await client.query(`UPDATE settings SET value = to_jsonb((value)::bigint + 1) WHERE name = 'generation'`);
    return changed;
  }, DEPLOY_LIMITS);
}

/** What a deployment changes, by the names of playbooks. */
export interface DeploymentChanges {
  added: string[];
  /** Their trigger is as it was: it keeps what it knows. */
  changed: string[];
  /** Their trigger is another, and begins now (T18). */
  retriggered: string[];
  unchanged: string[];
  /** They are deployed no more; their open enrolments go on. */
  gone: string[];
}

/** @param before what is deployed now */
export function changesOf(before: readonly Deployment[], versions: readonly PlaybookVersion[]): DeploymentChanges {
  const known = new Map(before.map((deployment) => [deployment.playbook, deployment]));
  const changes: DeploymentChanges = { added: [], changed: [], retriggered: [], unchanged: [], gone: [] };
  for (const { hash, playbook } of versions) {
    const was = known.get(playbook.playbook);
    known.delete(playbook.playbook);
    const what =
      was === undefined
        ? 'added'
        : was.triggerHash !== playbook.trigger.hash
          ? 'retriggered'
          : was.versionHash === hash
            ? 'unchanged'
            : 'changed';
    changes[what].push(playbook.playbook);
  }
  changes.gone.push(...known.keys());
  return changes;
}

/** A trigger that is as it was keeps the instant of its first deployment, and what was counted since (T18). */
async function putDeployments(client: Queryable, versions: readonly PlaybookVersion[]): Promise<void> {
  await client.query(
    `INSERT INTO deployments AS d (playbook, version_hash, trigger_hash, deployed_at)
     SELECT playbook, hash, trigger, (SELECT cuebook_now())
       FROM unnest($1::text[], $2::text[], $3::text[]) AS w (playbook, hash, trigger)
     ON CONFLICT (playbook) DO UPDATE SET version_hash = excluded.version_hash, trigger_hash = excluded.trigger_hash,
       deployed_at = CASE WHEN d.trigger_hash = excluded.trigger_hash THEN d.deployed_at ELSE excluded.deployed_at END,
       before_deploy = CASE WHEN d.trigger_hash = excluded.trigger_hash THEN d.before_deploy ELSE 0 END`,
    [
      versions.map(({ playbook }) => playbook.playbook),
      versions.map(({ hash }) => hash),
      versions.map(({ playbook }) => playbook.trigger.hash),
    ],
  );
}

/** The older versions that open journeys run: they go on listening to what those name, and reading their clocks. */
async function openVersions(client: Queryable, versions: readonly PlaybookVersion[]): Promise<PlaybookVersion[]> {
  const { rows } = await client.query<{ version_hash: string }>(
    'SELECT DISTINCT version_hash FROM enrolments WHERE outcome IS NULL AND version_hash <> ALL($1::text[])',
    [versions.map((version) => version.hash)],
  );
  const found = await readVersions(
    client,
    rows.map((row) => row.version_hash),
  );
  return [...found.values()];
}

function listenedWith(running: readonly PlaybookVersion[], listened: readonly string[]): string[] {
  return [...new Set([...listened, ...running.flatMap((version) => version.playbook.listensTo)])].sort();
}

async function put(client: Queryable, name: string, value: unknown): Promise<void> {
  await client.query(
    'INSERT INTO settings (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value',
    [name, JSON.stringify(value)],
  );
}
