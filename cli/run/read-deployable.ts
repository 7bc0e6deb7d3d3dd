/** What a deployment of a folder of playbooks would put in place: what is whole, and what is kept because of a fault. */
import { resolve } from 'node:path';
import { basename } from 'node:path/posix';
import { loadFolder } from '../../language/compile/files/load-folder.ts';
import { compileWorkspace } from '../../language/compile.ts';
import { formatDiagnostic } from '../../language/diagnostics/diagnostics.ts';
import type { PlaybookVersion } from '../../language/model.ts';
import { type NewDeployment, readDeployedConfig, readDeployments } from '../../store/deployments/deployments.ts';
import { readDeployedDrafts } from '../../store/deployments/drafts.ts';
import { readVersions } from '../../store/deployments/versions.ts';
import type { Database } from '../../store/postgres/database.ts';
import { buildProgram } from '../../triggers/index/program.ts';
import { Failure, messageOf } from '../failure.ts';
import { registryBeside } from '../playbooks/activities.ts';
import { shownAs } from '../playbooks/target.ts';
import { type AskedDraft, refuseOutdated, withDrafts } from '../playbooks/with-drafts.ts';
import { originsOf } from './origins.ts';

export interface Deployable {
  set: NewDeployment;
  /** Names of the playbooks that are whole. */
  whole: string[];
  /** Names of those with a fault in their file now, which go on with the version deployed last. */
  kept: string[];
  /** Faults, as people read them. */
  faults: string[];
  /** Warnings and hints of the linter, as people read them. */
  warnings: string[];
  /** What stands in place of the folder's files, deployed in the browser; a sentence each (V7). */
  drafts: string[];
}

/**
 * A playbook with a fault keeps the version deployed last, if there is one; a fault in the settings, people or channels
 * keeps those.
 *
 * @param asked the draft to be deployed, if it is about one
 * @throws Failure when the folder cannot be read, and DRAFT_OUTDATED.
 */
export async function readDeployable(database: Database, path: string, asked?: AskedDraft): Promise<Deployable> {
  const folder = resolve(path);
  const shown = shownAs(folder);
  const { files: inFolder, diagnostics: unread } = await loadFolder(folder, shown).catch((error: unknown) => {
    throw new Failure(
      'PLAYBOOKS_UNREADABLE',
      `The folder of playbooks ${folder} cannot be read: ${messageOf(error)}`,
      'Make it, start in the folder that holds it, or name it in CUEBOOK_PLAYBOOKS.',
    );
  });
  if (asked) refuseOutdated(inFolder, asked);
  const { files, said } = withDrafts(inFolder, await readDeployedDrafts(database.pool), asked);
  const compiled = compileWorkspace(files, await registryBeside(folder), shown);
  const diagnostics = [...unread, ...compiled.diagnostics];
  const errors = diagnostics.filter(({ severity }) => severity === 'error');
  const whole = compiled.versions;
  const faulty = faultyPlaybooks(
    errors.map(({ file }) => file),
    whole,
  );
  const kept = await lastDeployed(database, faulty);
  const { settings, people } = compiled.workspace;
  const isAroundFaulty = errors.some(({ file }) => /(^|\/)(settings\.ya?ml|people\/.*)$/.test(file));
  const surroundings = (isAroundFaulty && (await knownSurroundings(database))) || { settings, people };
  const versions = [...whole, ...kept];
  const { names } = buildProgram(versions, surroundings.settings);
  const inWords = (found: typeof diagnostics) =>
    found.map((one) => formatDiagnostic(one, compiled.sources.get(one.file)));
  return {
    set: { versions, surroundings, listened: [...names], origins: await originsOf(folder, shown, compiled.places) },
    whole: whole.map(nameOf),
    kept: kept.map(nameOf),
    faults: inWords(errors),
    warnings: inWords(diagnostics.filter(({ severity }) => severity !== 'error')),
    drafts: said,
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

async function knownSurroundings({ pool }: Database) {
  return (await readDeployments(pool)).length > 0 ? readDeployedConfig(pool) : undefined;
}

function nameOf(version: PlaybookVersion): string {
  return version.playbook.playbook;
}
