/** The playbooks that are played live and in virtual time: those that ship, and what they do not ask of people. */
import { registry } from '../../evaluation/registry.ts';
import { loadFolder } from '../../language/compile/files/load-folder.ts';
import { compileWorkspace } from '../../language/compile.ts';
import { ASKS_PEOPLE } from './asks-people.ts';

export async function playedWorkspace() {
  const { files } = await loadFolder('playbooks');
  return compileWorkspace([...files, ASKS_PEOPLE], registry);
}
