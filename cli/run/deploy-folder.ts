/** Deploys a folder of playbooks, as far as it is whole; or exactly what a plan says of it (V6). */
import { deploy } from '../../evaluator/deploy.ts';
import {
  changesOf,
  DeployedMoved,
  type DeploymentChanges,
  hashOfSet,
  readDeployments,
} from '../../store/deployments/deployments.ts';
import type { DeployingDraft } from '../../store/deployments/drafts.ts';
import { readStopped, type StatusShown } from '../../store/deployments/playbook-status.ts';
import type { Database } from '../../store/postgres/database.ts';
import { Failure } from '../failure.ts';
import { type Deployable, readDeployable } from './read-deployable.ts';

export interface DeployedFolder {
  /** Names of the playbooks that run the folder's files. */
  deployed: string[];
  /** Names of those with a fault in their file now, which run the version deployed last. */
  kept: string[];
  /** Faults, as people read them. */
  faults: string[];
  /** What stands in place of the folder's files (V7). */
  drafts: string[];
  /** Those that an operator has paused or halted (N6), deployed or not. */
  stopped: StatusShown[];
  /** What it changes, of what was deployed before. */
  changes: DeploymentChanges;
}

/** The two hashes of a plan: what was deployed when it was made, and what it would put in place. */
export interface PlannedHashes {
  from: string;
  to: string;
}

export interface DeployOptions {
  /** Triggers that are new fire once for each subject for whom they hold now (T18). */
  enrolExisting?: boolean;
  /** Only tells what would change. */
  dryRun?: boolean;
  /** Deploys this and nothing else. */
  planned?: PlannedHashes;
  /** What is deployed was read with this draft: at another revision nothing is. */
  draft?: DeployingDraft;
}

/**
 * What is whole is deployed; the rest is kept (`readDeployable`).
 *
 * @throws Failure when the folder cannot be read, and PLAN_MOVED when a plan no longer says what would happen: nothing
 * is deployed then.
 */
export async function deployFolder(
  database: Database,
  path: string,
  options: DeployOptions = {},
): Promise<DeployedFolder> {
  return deployRead(database, await readDeployable(database, path), options);
}

/** The same of a folder that has been read. @throws Failure PLAN_MOVED */
export async function deployRead(
  database: Database,
  { set, whole, kept, faults, drafts }: Deployable,
  { dryRun, enrolExisting = false, planned, draft }: DeployOptions,
): Promise<DeployedFolder> {
  if (planned && hashOfSet(set) !== planned.to) throw moved('The files are others than those that were planned.');
  const changes = dryRun
    ? changesOf(await readDeployments(database.pool), set.versions)
    : await deploy(database, { ...set, enrolExisting, draft, ...(planned && { inPlaceOf: planned.from }) }).catch(
        (error: unknown) => {
          if (!(error instanceof DeployedMoved)) throw error;
          throw moved('Something else has been deployed since the plan was made.');
        },
      );
  return { changes, stopped: await readStopped(database.pool), deployed: whole, kept, faults, drafts };
}

function moved(message: string): Failure {
  const hint = 'Nothing is deployed. Run `cuebook plan` again, and look at what it says now.';
  return new Failure('PLAN_MOVED', message, hint, { exitCode: 1 });
}
