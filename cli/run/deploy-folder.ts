/** Compiles a folder of playbooks and deploys what is whole. */
import { resolve } from 'node:path';
import { basename } from 'node:path/posix';
import { deploy } from '../../evaluator/deploy.ts';
import { loadFolder } from '../../language/compile/files/load-folder.ts';
import { compileWorkspace } from '../../language/compile.ts';
import { formatDiagnostic } from '../../language/diagnostics/diagnostics.ts';
import type { PlaybookVersion } from '../../language/model.ts';
import {
  changesOf,
  type DeployedConfig,
  type DeploymentChanges,
  readDeployedConfig,
  readDeployments,
} from '../../store/deployments/deployments.ts';
import { readStopped, type StatusShown } from '../../store/deployments/playbook-status.ts';
import { readVersions } from '../../store/deployments/versions.ts';
import type { Database } from '../../store/postgres/database.ts';
import { buildProgram } from '../../triggers/index/program.ts';
import { Failure, messageOf } from '../failure.ts';
import { registryBeside } from '../playbooks/activities.ts';
import { shownAs } from '../playbooks/target.ts';

export interface DeployedFolder {
  /** Names of the playbooks that run the folder's files. */
  deployed: string[];
  /** Names of those with a fault in their file now, which run the version deployed last. */
  kept: string[];
  /** Faults, as people read them. */
  faults: string[];
  /** Those that an operator has paused or halted (N6), deployed or not. */
  stopped: StatusShown[];
  /** What it changes, of what was deployed before. */
  changes: DeploymentChanges;
}

export interface DeployOptions {
  /** Triggers that are new fire once for each subject for whom they hold now (T18). */
  enrolExisting?: boolean;
  /** Only tells what would change. */
  dryRun?: boolean;
}

/**
 * A playbook with a fault keeps the version deployed last, if there is one; a fault in the settings, people or channels
 * keeps those. What is whole is deployed all the same.
 *
 * @throws Failure when the folder cannot be read.
 */
export async function deployFolder(
  database: Database,
  path: string,
  options: DeployOptions = {},
): Promise<DeployedFolder> {
  const folder = resolve(path);
  const shown = shownAs(folder);
  const { files, diagnostics: unread } = await loadFolder(folder, shown).catch((error: unknown) => {
    throw new Failure(
      'PLAYBOOKS_UNREADABLE',
      `The folder of playbooks ${folder} cannot be read: ${messageOf(error)}`,
      'Make it, start in the folder that holds it, or name it in CUEBOOK_PLAYBOOKS.',
    );
  });
  const compiled = compileWorkspace(files, await registryBeside(folder), shown);
  const diagnostics = [...unread, ...compiled.diagnostics];
  const errors = diagnostics.filter(({ severity }) => severity === 'error');
  const whole = compiled.versions;
  const kept = await lastDeployed(
    database,
    faultyPlaybooks(
      errors.map(({ file }) => file),
      whole,
    ),
  );
  const versions = [...whole, ...kept];
  const { settings, people } = compiled.workspace;
  const isAroundFaulty = errors.some(({ file }) => /(^|\/)(settings\.ya?ml|people\/.*)$/.test(file));
  const surroundings = (isAroundFaulty && (await knownSurroundings(database))) || { settings, people };
  const { names } = buildProgram(versions, surroundings.settings);
  const { dryRun, enrolExisting = false } = options;
  const set = { versions, surroundings, listened: [...names], enrolExisting };
  const changes = dryRun ? changesOf(await readDeployments(database.pool), versions) : await deploy(database, set);
  return {
    changes,
    stopped: await readStopped(database.pool),
    deployed: whole.map(nameOf),
    kept: kept.map(nameOf),
    faults: errors.map((error) => formatDiagnostic(error, compiled.sources.get(error.file))),
  };
}

/** Playbooks that have a file with a fault, and did not compile: a file is called as its playbook is. */
function faultyPlaybooks(files: readonly string[], whole: readonly PlaybookVersion[]): string[] {
  const names = files.map((file) => basename(file).replace(/\.ya?ml$/, ''));
  return [...new Set(names)].filter((name) => !whole.some((version) => nameOf(version) === name));
}

async function lastDeployed({ pool }: Database, names: readonly string[]): Promise<PlaybookVersion[]> {
  const deployments = (await readDeployments(pool)).filter(({ playbook }) => names.includes(playbook));
  const versions = await readVersions(
    pool,
    deployments.map(({ versionHash }) => versionHash),
  );
  return [...versions.values()];
}

async function knownSurroundings({ pool }: Database): Promise<DeployedConfig | undefined> {
  return (await readDeployments(pool)).length > 0 ? readDeployedConfig(pool) : undefined;
}

function nameOf(version: PlaybookVersion): string {
  return version.playbook.playbook;
}
