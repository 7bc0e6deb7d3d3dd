/** The playbooks that are played live and in virtual time: those that ship, and what they do not ask of people. */
import { registry } from '../../evaluation/registry.ts';
import { loadFolder } from '../../language/compile/files/load-folder.ts';
import { compileWorkspace, type WorkspaceFile } from '../../language/compile.ts';
import { ASKS_PEOPLE } from './asks-people.ts';

export async function playedWorkspace() {
  const { files } = await loadFolder('playbooks');
  return compileWorkspace([...files.map(withoutPredictions), ASKS_PEOPLE], registry);
}

/** What a trait predicts has no effect (T14), and costs each day a look at everybody. */
export function withoutPredictions({ path, text }: WorkspaceFile): WorkspaceFile {
  return { path, text: path.startsWith('traits/') ? text.replace(/^ +predicts:.*\n/gm, '') : text };
}
