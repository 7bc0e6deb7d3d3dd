/** The files of playbooks as they lie in the folder now, with what there is to say about each. */
import type { ReadSource } from '../../../server/api/playbooks/source.ts';
import { readPlaybooks } from '../../playbooks/read.ts';
import { targetsOf } from '../../playbooks/target.ts';

/** @param folder of playbooks, as CUEBOOK_PLAYBOOKS names it; read anew by each call, compiled whole */
export function sourceOf(folder: string): ReadSource {
  return async () => {
    const [target] = await targetsOf([folder]);
    const { compiled, diagnostics, sources, files } = await readPlaybooks(target!, { layouts: 'later' });
    return {
      sources: new Map([...sources].map(([file, { text }]) => [file, text])),
      files,
      hashes: new Map(compiled.versions.map(({ hash, playbook }) => [playbook.playbook, hash])),
      diagnostics,
    };
  };
}
