/** The files of playbooks as they lie in the folder now, with what there is to say about each. */
import type { ReadSource } from '../../../server/api/playbooks/source.ts';
import { readDeployedDrafts } from '../../../store/deployments/drafts.ts';
import { type ReadOptions, readPlaybooks } from '../../playbooks/read.ts';
import { targetsOf } from '../../playbooks/target.ts';
import { withDrafts } from '../../playbooks/with-drafts.ts';

/**
 * With what was deployed in the browser in place of the folder's files (V7).
 *
 * @param folder of playbooks, as CUEBOOK_PLAYBOOKS names it; read anew by each call, compiled whole
 */
export function sourceOf(folder: string): ReadSource {
  return async ({ pool }) => {
    const [target] = await targetsOf([folder]);
    const deployed = await readDeployedDrafts(pool);
    const drafted: ReadOptions['drafted'] = (found) => withDrafts(found, deployed).files;
    const { compiled, diagnostics, sources, files } = await readPlaybooks(target!, { drafted, layouts: 'later' });
    return {
      sources: new Map([...sources].map(([file, { text }]) => [file, text])),
      files,
      hashes: new Map(compiled.versions.map(({ hash, playbook }) => [playbook.playbook, hash])),
      diagnostics,
    };
  };
}
