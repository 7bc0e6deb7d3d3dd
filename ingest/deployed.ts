/** The deployed playbooks as the evaluator holds them: the index, kept until a deployment changes it. */
import type { People } from '../language/model.ts';
import type { Queryable } from '../store/database.ts';
import {
  type Deployment,
  readDeployments,
  readGeneration,
  readSurroundings,
  readVersion,
} from '../store/deployments.ts';
import { buildProgram, type TriggerProgram } from '../triggers/program.ts';

export interface Deployed {
  generation: number;
  program: TriggerProgram;
  people: People;
  deployments: ReadonlyMap<string, Deployment>;
}

/** What is deployed now; the one given where nothing has changed. Undefined before the first deployment. */
export async function currentDeployed(client: Queryable, known: Deployed | undefined): Promise<Deployed | undefined> {
  const generation = await readGeneration(client);
  if (generation === 0) return undefined;
  if (known?.generation === generation) return known;
  const deployments = await readDeployments(client);
  const { settings, people } = await readSurroundings(client);
  const versions = [];
  for (const deployment of deployments) versions.push(await readVersion(client, deployment.versionHash));
  return {
    generation,
    program: buildProgram(versions, settings),
    people,
    deployments: new Map(deployments.map((deployment) => [deployment.playbook, deployment])),
  };
}
