/** `cuebook start` where there is no playbook yet: offers those that ship. */
import { existsSync } from 'node:fs';
import { loadFolder } from '../../../language/compile/files/load-folder.ts';
import { counted, note } from '../../output.ts';
import { ask, canAsk } from './ask.ts';
import { isPlaybook, playbooksAmong, shippedFiles } from './shipped.ts';
import { writeNew } from './write-files.ts';

/**
 * Copies what is not there, and overwrites nothing.
 *
 * @param folder where playbooks are looked for; it may be missing
 * @param options `yes`: without asking
 */
export async function offerShipped(folder: string, { yes = false }: { yes?: boolean }): Promise<void> {
  const { files: present } = existsSync(folder) ? await loadFolder(folder) : { files: [] };
  if (present.some(isPlaybook)) return;
  const shipped = await shippedFiles();
  const names = playbooksAmong(shipped).map(({ name }) => name);
  if (!yes && !canAsk()) {
    note(`There is no playbook in ${folder}. With --yes those that ship are copied there: ${names.join(', ')}.`);
    return;
  }
  if (!yes) {
    note(`There is no playbook in ${folder}. These ship with Cuebook: ${names.join(', ')}.`);
    if (!/^y(es)?$/i.test(await ask('Copy them there? [y/N] '))) return;
  }
  const there = new Set(present.map(({ path }) => path));
  const missing = shipped.filter(({ path }) => !there.has(path));
  await writeNew(folder, missing);
  note(`Copied to ${folder}: ${counted(names.length, 'playbook')}, in ${counted(missing.length, 'file')}.`);
}
