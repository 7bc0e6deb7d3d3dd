import { link, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { identify, isAlive, type ProcessIdentity } from './process-identity.ts';

const CLAIM_PAUSE_MS = 20;
const CLAIM_ATTEMPTS = 500;
/** Taking over lasts milliseconds: a claim this old was left by a process that died in between. */
const CLAIM_STALE_MS = 5_000;

/** Who holds a lock. */
export interface Holder extends ProcessIdentity {
  /** ISO 8601, UTC. */
  since: string;
  /** The command line that took it. */
  command: string;
}

export type LockAttempt = { taken: true; release(): Promise<void> } | { taken: false; holder: Holder };

/**
 * Takes the lock file at `path`, or says who has it. A lock that a dead process left is taken over: it counts as dead
 * when no process has its number, or one that began at another time. A process never holds a lock twice.
 */
export async function tryLock(path: string): Promise<LockAttempt> {
  const mine = await describeSelf();
  for (let attempt = 0; attempt < CLAIM_ATTEMPTS; attempt += 1) {
    if (await create(path, mine)) return { taken: true, release: () => rm(path, { force: true }) };
    const holder = await readHolder(path);
    if (holder !== undefined && (await isAlive(holder))) return { taken: false, holder };
    await removeDead(path);
  }
  throw new Error(`The lock ${path} can neither be taken nor read. Remove the file if nothing uses it.`);
}

/** A file appears with its whole content or not at all: a hard link to a file that is already written. */
async function create(path: string, holder: Holder): Promise<boolean> {
  const draft = `${path}.${holder.pid}.${Math.random().toString(36).slice(2)}`;
  await writeFile(draft, `${JSON.stringify(holder)}\n`, { mode: 0o644 });
  try {
    await link(draft, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    await rm(draft, { force: true });
  }
}

/**
 * Removes a dead holder's lock. Two who find it dead must not remove one another's new lock, so whoever removes holds
 * a claim, and looks again under it.
 */
async function removeDead(path: string): Promise<void> {
  const claim = `${path}.claim`;
  try {
    await writeFile(claim, '', { flag: 'wx' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    const age = await stat(claim).then(
      (status) => Date.now() - status.mtimeMs,
      () => 0,
    );
    if (age > CLAIM_STALE_MS) await rm(claim, { force: true });
    await sleep(CLAIM_PAUSE_MS);
    return;
  }
  try {
    // One look only. Nobody but a claimant removes what this look finds dead; but a file that it finds gone may be there
    // again, and held, because creating one needs no claim.
    const text = await readOrUndefined(path);
    if (text === undefined) return;
    const holder = parseHolder(text);
    if (holder === undefined || !(await isAlive(holder))) await rm(path, { force: true });
  } finally {
    await rm(claim, { force: true });
  }
}

/** Who wrote this lock file; undefined when there is none that can be read. Whether they live is another question. */
export async function readHolder(path: string): Promise<Holder | undefined> {
  const text = await readOrUndefined(path);
  return text === undefined ? undefined : parseHolder(text);
}

async function readOrUndefined(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    // A folder that cannot be: making it says so.
    if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return undefined;
    throw error;
  }
}

/** Undefined for what no holder wrote: it names no process, so none holds it. */
function parseHolder(text: string): Holder | undefined {
  try {
    const {
      pid,
      began,
      since = 'an unknown time',
      command = 'an unknown command',
    } = JSON.parse(text) as Partial<Holder>;
    return typeof pid === 'number' && typeof began === 'string' ? { pid, began, since, command } : undefined;
  } catch {
    return undefined;
  }
}

async function describeSelf(): Promise<Holder> {
  const identity = await identify(process.pid);
  return {
    pid: process.pid,
    began: identity?.began ?? 'unknown',
    since: new Date().toISOString(),
    command: process.argv.slice(1).join(' '),
  };
}
