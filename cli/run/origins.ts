/** Where the versions of a folder are written: their files, the lines of their steps, and the commit (V1). */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { CompiledWorkspace } from '../../language/compile.ts';
import type { VersionOrigin } from '../../store/deployments/versions.ts';

const run = promisify(execFile);
/** A deployment does not wait for a repository that hangs. */
const TIMEOUT_MS = 5_000;

/**
 * By the hash of each version.
 * @param shown the folder as diagnostics name it
 */
export async function originsOf(
  folder: string,
  shown: string,
  places: CompiledWorkspace['places'],
): Promise<Map<string, VersionOrigin>> {
  const commits = await committed(folder);
  const inFolder = (file: string) => (shown === '' ? file : file.slice(shown.length + 1));
  return new Map(
    [...places].map(([hash, { file, lines }]) => {
      const commit = commits?.isClean(inFolder(file)) ? commits.head : undefined;
      return [hash, { file, lines, ...(commit !== undefined && { commit }) }];
    }),
  );
}

/** The commit that is checked out, and which files are as it has them; undefined where there is no repository, or no git. */
async function committed(folder: string): Promise<{ head: string; isClean(path: string): boolean } | undefined> {
  try {
    const head = (await git(folder, 'rev-parse', 'HEAD')).trim();
    // Everything that a version refers to lies in the folder: with a change in any of it the commit is not the version's.
    const changed = await git(folder, 'status', '--porcelain', '--untracked-files=all', '--', '.');
    const changedPaths = changed.split('\n').filter(Boolean);
    const isPlaybook = (line: string) =>
      /\.ya?ml"?$/.test(line) && !/\/(?:templates|segments|traits|calendars|sla|people)\//.test(line);
    const aroundChanged = changedPaths.some((line) => !isPlaybook(line));
    return {
      head,
      isClean: (path) => !aroundChanged && !changedPaths.some((line) => line.replace(/"$/, '').endsWith(path)),
    };
  } catch {
    return undefined;
  }
}

async function git(folder: string, ...args: string[]): Promise<string> {
  const options = { timeout: TIMEOUT_MS, maxBuffer: 10_000_000 };
  // No program of the repository's own is run.
  const { stdout } = await run(
    'git',
    ['-C', folder, '-c', 'core.fsmonitor=false', '-c', 'core.hooksPath=/dev/null', ...args],
    options,
  );
  return stdout;
}
