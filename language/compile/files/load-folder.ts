/** Reads a folder of playbooks from disk: bounded, and nothing outside of it. */
import { type Dirent, promises as fs } from 'node:fs';
import { join } from 'node:path';
import type { WorkspaceFile } from '../../compile.ts';
import { type Diagnostic, diagnosticAt, sourceText } from '../../diagnostics/diagnostics.ts';

export const MAX_FILES = 5000;
const MAX_FOLDERS_DEEP = 4;
/** Templates are the largest files; YAML is bounded again where it is parsed. */
const MAX_FILE_BYTES = 1024 * 1024;
const MAX_TOTAL_BYTES = 64 * 1024 * 1024;
const READ_ENDINGS = /\.(ya?ml|mjml|html|txt)$/;

export interface LoadedFolder {
  /** By their paths in the folder, with `/`, sorted. */
  files: WorkspaceFile[];
  /** What was not read, and why. */
  diagnostics: Diagnostic[];
}

/**
 * @param folder an existing folder; links in it are not followed, hidden files are passed over
 * @param shown the folder's name in diagnostics
 * @param options whether examples that must be refused, below `invalid/`, are read as well
 * @throws what the file system says when the folder itself cannot be read
 */
export async function loadFolder(
  folder: string,
  shown = 'playbooks',
  { withInvalid = false }: { withInvalid?: boolean } = {},
): Promise<LoadedFolder> {
  const files: WorkspaceFile[] = [];
  const diagnostics: Diagnostic[] = [];
  let bytes = 0;
  let full = false;

  const refuse = (path: string, message: string, hint: string) => {
    const source = sourceText(shown === '' ? path : `${shown}/${path}`, '');
    diagnostics.push(diagnosticAt(source, 0, 0, { code: 'CB113', message, hint }));
  };

  const take = async (entry: Dirent, path: string, deep: number): Promise<void> => {
    if (entry.isSymbolicLink()) return refuse(path, 'the file is a link, and links are not followed', 'copy the file');
    if (entry.isDirectory()) {
      if (deep < MAX_FOLDERS_DEEP && (withInvalid || path !== 'invalid')) await walk(path, deep + 1);
      return;
    }
    if (!entry.isFile() || !READ_ENDINGS.test(entry.name) || full) return;
    const { size } = await fs.stat(join(folder, path));
    if (size > MAX_FILE_BYTES)
      return refuse(path, `the file has ${size} bytes, at most ${MAX_FILE_BYTES} are read`, 'split it');
    bytes += size;
    if (files.length >= MAX_FILES || bytes > MAX_TOTAL_BYTES) {
      full = true;
      const most = `at most ${MAX_FILES} files and ${MAX_TOTAL_BYTES} bytes are read`;
      return refuse(path, `the folder is too large from here on: ${most}`, 'use several folders');
    }
    const buffer = await fs.readFile(join(folder, path));
    try {
      files.push({ path, text: new TextDecoder('utf-8', { fatal: true }).decode(buffer) });
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
      refuse(path, 'the file is not UTF-8 text', 'save it as UTF-8');
    }
  };

  const walk = async (inner: string, deep: number): Promise<void> => {
    const entries = await fs.readdir(join(folder, inner), { withFileTypes: true });
    entries.sort((a, b) => (a.name < b.name ? -1 : 1));
    for (const entry of entries) {
      if (!entry.name.startsWith('.')) await take(entry, inner === '' ? entry.name : `${inner}/${entry.name}`, deep);
    }
  };

  await walk('', 0);
  return { files, diagnostics };
}
