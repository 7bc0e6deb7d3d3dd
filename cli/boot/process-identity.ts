import { readFile } from 'node:fs/promises';
import { run } from './programs.ts';

/** A process, told from a later one that was given the same number. */
export interface ProcessIdentity {
  pid: number;
  /** When it began, in a form that only compares: kernel ticks and boot id on Linux, a date elsewhere. */
  began: string;
}

/** The identity of a living process; undefined when there is none of that number, or only a zombie. */
export async function identify(pid: number): Promise<ProcessIdentity | undefined> {
  const began = process.platform === 'linux' ? await beganOnLinux(pid) : await beganByPs(pid);
  return began === undefined ? undefined : { pid, began };
}

/** Whether exactly this process is still alive. */
export async function isAlive(identity: ProcessIdentity): Promise<boolean> {
  return (await identify(identity.pid))?.began === identity.began;
}

async function beganOnLinux(pid: number): Promise<string | undefined> {
  const stat = await readOrUndefined(`/proc/${pid}/stat`);
  if (stat === undefined) return undefined;
  // The name is in brackets and may hold spaces and brackets itself: fields are counted from the last one.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [state, startTicks] = [fields[0], fields[19]];
  if (state === 'Z' || state === 'X' || startTicks === undefined) return undefined;
  const boot = (await readOrUndefined('/proc/sys/kernel/random/boot_id'))?.trim() ?? '';
  return `${startTicks}@${boot}`;
}

async function beganByPs(pid: number): Promise<string | undefined> {
  try {
    process.kill(pid, 0);
  } catch (error) {
    // EPERM: it lives, and belongs to another user.
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return undefined;
  }
  try {
    const { stdout } = await run('ps', ['-o', 'stat=,lstart=', '-p', String(pid)]);
    const [state, ...date] = stdout.trim().split(/\s+/);
    return state === undefined || state === '' || state.startsWith('Z') ? undefined : date.join(' ');
  } catch {
    // No `ps` here (Windows): the number alone has to do.
    return 'unknown';
  }
}

async function readOrUndefined(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch {
    return undefined;
  }
}
