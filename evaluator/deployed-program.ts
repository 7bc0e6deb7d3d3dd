/** The deployed playbooks as the evaluator holds them: an index that is built again when a deployment changes it. */
import type { Instant, People, PlaybookVersion } from '../language/model.ts';
import { readDeployedAt } from '../store/deployments/deployment-log.ts';
import {
  type Deployment,
  readDeployedConfig,
  readDeployments,
  readGeneration,
} from '../store/deployments/deployments.ts';
import { readVersions } from '../store/deployments/versions.ts';
import { latestRebuild, openRebuilds, type Rebuild } from '../store/evaluation/rebuilds.ts';
import type { Queryable } from '../store/postgres/database.ts';
import { buildProgram, type TriggerProgram } from '../triggers/index/program.ts';

export interface Deployed {
  generation: number;
  program: TriggerProgram;
  people: People;
  deployments: ReadonlyMap<string, Deployment>;
  /** Rebuilds that were not finished, and the number of the latest of all (T18). */
  rebuilds: readonly Rebuild[];
  latestRebuild: number;
}

/** Reads what is deployed; returns `known` where nothing has changed, and undefined before the first deployment. */
export async function currentDeployed(client: Queryable, known: Deployed | undefined): Promise<Deployed | undefined> {
  const generation = await readGeneration(client);
  if (generation === 0) return undefined;
  if (known?.generation === generation) return known;
  const deployments = await readDeployments(client);
  const { settings, people } = await readDeployedConfig(client);
  const hashes = deployments.map(({ versionHash }) => versionHash);
  const versions = await versionsOf(client, known, hashes);
  return {
    generation,
    program: buildProgram(
      hashes.map((hash) => versions.get(hash)!),
      settings,
    ),
    people,
    deployments: new Map(deployments.map((deployment) => [deployment.playbook, deployment])),
    rebuilds: await openRebuilds(client),
    latestRebuild: await latestRebuild(client),
  };
}

/** What was deployed at an instant of the past (V5), among the settings and the people of today. */
export async function deployedAt(client: Queryable, at: Instant): Promise<Pick<Deployed, 'program' | 'people'>> {
  const versions = await readVersions(client, (await readDeployedAt(client, at)).values());
  const { settings, people } = await readDeployedConfig(client);
  return { program: buildProgram([...versions.values()], settings), people };
}

/**
 * Pinned versions by their hash: only those that are not deployed are read from the store.
 *
 * @throws when one of them was never deployed.
 */
export async function versionsOf(
  client: Queryable,
  deployed: Pick<Deployed, 'program'> | undefined,
  hashes: Iterable<string>,
): Promise<ReadonlyMap<string, PlaybookVersion>> {
  const found = new Map<string, PlaybookVersion>();
  const others: string[] = [];
  for (const hash of hashes) {
    const known = deployed?.program.versions.get(hash);
    if (known) found.set(hash, known);
    else others.push(hash);
  }
  for (const [hash, version] of await readVersions(client, others)) found.set(hash, version);
  return found;
}
