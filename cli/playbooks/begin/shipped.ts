/** The playbooks that ship with Cuebook, to begin with. */
import { join } from 'node:path';
import { loadFolder } from '../../../language/compile/files/load-folder.ts';
import type { WorkspaceFile } from '../../../language/compile.ts';
import { parseYaml } from '../../../language/yaml.ts';
import { packageFolder } from '../../package-version.ts';

/** All files, those that must be refused left out. */
export async function shippedFiles(): Promise<WorkspaceFile[]> {
  const { files } = await loadFolder(join(await packageFolder(), 'playbooks'));
  return files;
}

export interface ShippedPlaybook {
  name: string;
  description: string;
}

/** By name. */
export function playbooksAmong(files: readonly WorkspaceFile[]): ShippedPlaybook[] {
  return files.filter(isPlaybook).map(({ path, text }) => {
    const { description = '' } = (parseYaml(path, text).file?.value ?? {}) as { description?: string };
    return { name: path.replace(/\.ya?ml$/, ''), description };
  });
}

export function isPlaybook({ path }: Pick<WorkspaceFile, 'path'>): boolean {
  return /^[^/]+\.ya?ml$/.test(path) && !/^settings\.ya?ml$/.test(path);
}
