/** The deployed playbooks as the evaluator holds them: an index that is built again when a deployment changes it. */
import type { People, PlaybookVersion } from '../language/model.ts';
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
