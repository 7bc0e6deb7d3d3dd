import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { signalUntilGone } from '../child.ts';
import { identify, isAlive } from '../process-identity.ts';
import { run } from '../programs.ts';

/**
 * Frees a data folder of what a killed parent left: a server that still runs on it is stopped, and a stale
 * `postmaster.pid` is taken away, because PostgreSQL itself believes it whenever some process of the same user has that
 * number now. Only the holder of the data folder's lock may call this.
 */
export async function clearPostmaster(folder: string): Promise<void> {
  const file = join(folder, 'postmaster.pid');
  const pid = Number((await readFile(file, 'utf8').catch(() => '')).split('\n')[0]);
  if (!Number.isInteger(pid) || pid <= 0) return;
  const identity = await identify(pid);
  if (identity !== undefined && (await servesFolder(pid, folder))) {
    for (const signal of ['SIGINT', 'SIGQUIT'] as const) await signalUntilGone(identity, signal);
    // One that will not go keeps its file: PostgreSQL then says so itself.
    if (await isAlive(identity)) return;
  }
  await rm(file, { force: true });
}

/** Whether a process was started on this data folder. */
async function servesFolder(pid: number, folder: string): Promise<boolean> {
  if (process.platform === 'linux') {
    const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
    return command.split('\0').includes(folder);
  }
  const listed = await run('ps', ['-o', 'command=', '-p', String(pid)]).catch(() => ({ stdout: '' }));
  return listed.stdout.includes(folder);
}
