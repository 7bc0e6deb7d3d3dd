/** Which step sends a template: it says the mail's class, its reader, and the values of its own. */
import { basename, resolve } from 'node:path';
import { loadFolder } from '../../../language/compile/files/load-folder.ts';
import { compileWorkspace, type PlaybookTest } from '../../../language/compile.ts';
import { formatDiagnostic } from '../../../language/diagnostics/diagnostics.ts';
import { didYouMean } from '../../../language/diagnostics/nearest.ts';
import type { People, PlaybookVersion, Settings } from '../../../language/model.ts';

import { Failure } from '../../failure.ts';
import { paintSeverity, print } from '../../output.ts';
import { registryBeside } from '../activities.ts';
import { readPlaybooks } from '../read.ts';
import type { Target } from '../target.ts';

export interface Sender {
  version: PlaybookVersion;
  /** Of the step. */
  path: string;
  tests: readonly PlaybookTest[];
  /** False where no playbook sends it yet: it is then looked at as a transactional mail to a contact. */
  isUsed: boolean;
  settings: Settings;
  people: People;
}

/**
 * Faults of the template and of what it leans on are printed as `lint` prints them.
 *
 * @param template a name, or a path of the file
 * @returns undefined where faults have been printed
 * @throws Failure UNKNOWN_TEMPLATE, UNKNOWN_PLAYBOOK and TEMPLATE_NOT_SENT
 */
export async function senderOf(template: string, folder: Target, playbook?: string): Promise<Sender | undefined> {
  const name = basename(template).replace(/\.(mjml|html|txt)$/, '');
  const loaded = await loadFolder(folder.folder, folder.shown, { withInvalid: false });
  const files = loaded.files.filter(({ path }) => path.startsWith('templates/'));
  const file = files.find(({ path }) => basename(path).replace(/\.\w+$/, '') === name);
  if (file === undefined) {
    const known = files.map(({ path }) => basename(path).replace(/\.\w+$/, ''));
    const hint = known.length === 0 ? 'Write one: templates/NAME.mjml, .html or .txt.' : didYouMean(name, known);
    const where = resolve(folder.folder, 'templates');
    throw new Failure('UNKNOWN_TEMPLATE', `There is no template ${name} in ${where}.`, hint);
  }
  const read = await readPlaybooks({ ...folder, only: [file.path, ...(playbook ? [`${playbook}.yaml`] : [])] });
  const faults = read.diagnostics.filter(({ severity }) => severity === 'error');
  for (const fault of faults) print(`${formatDiagnostic(fault, read.sources.get(fault.file), paintSeverity)}\n`);
  if (faults.length > 0) return undefined;

  const { versions, workspace, tests } = read.compiled;
  const { settings, people } = workspace;
  const asked = playbook === undefined ? versions : versions.filter((version) => nameOf(version) === playbook);
  if (playbook !== undefined && asked.length === 0) {
    throw new Failure(
      'UNKNOWN_PLAYBOOK',
      `There is no playbook ${playbook}.`,
      didYouMean(playbook, versions.map(nameOf)),
    );
  }
  for (const version of asked) {
    const path = stepWith(version, name);
    if (path !== undefined)
      return { version, path, tests: tests.get(nameOf(version)) ?? [], isUsed: true, settings, people };
  }
  if (playbook !== undefined) {
    const senders = versions.filter((version) => stepWith(version, name) !== undefined).map(nameOf);
    const hint = senders.length === 0 ? 'Leave --playbook out.' : `Those that do: ${senders.join(', ')}.`;
    throw new Failure('TEMPLATE_NOT_SENT', `No step of ${playbook} sends ${name}.`, hint);
  }
  // Compiled as every playbook is, so that nothing of a version is made up here.
  const lone = `preview-of-${name}`.slice(0, 60);
  const text = `playbook: ${lone}\ntrigger: { event: preview.asked }\nsteps:\n  - { send: email, template: ${name}, class: transactional }\n`;
  const compiled = compileWorkspace(
    [...loaded.files, { path: `${lone}.yaml`, text }],
    await registryBeside(folder.folder),
    folder.shown,
  );
  const version = compiled.versions.find((one) => nameOf(one) === lone)!;
  return { version, path: stepWith(version, name)!, tests: [], isUsed: false, settings, people };
}

function nameOf({ playbook }: PlaybookVersion): string {
  return playbook.playbook;
}

function stepWith({ playbook }: PlaybookVersion, template: string): string | undefined {
  return Object.values(playbook.steps).find(({ config }) => (config as { template?: string }).template === template)
    ?.path;
}
