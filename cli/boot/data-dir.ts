import { access, constants, mkdir, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { Failure, messageOf } from '../failure.ts';
import { tryLock } from './lock-file.ts';
import { readOrMakeSecrets, type Secrets } from './secrets.ts';

/** What lies where in a data folder. */
export interface DataDirLayout {
  /** The folder itself, absolute. */
  path: string;
  lock: string;
  secretsFile: string;
  /** Where the parts of the holder answer; see running-parts.ts. */
  partsFile: string;
  postgres: string;
  temporalDatabase: string;
  mailbox: string;
  /** Pid files of children. */
  run: string;
}

/** A data folder that this process holds. */
export interface DataDir extends DataDirLayout {
  secrets: Secrets;
  /** Lets another process have it. */
  close(): Promise<void>;
}

export function dataDirLayout(path: string): DataDirLayout {
  const root = resolve(path);
  return {
    path: root,
    lock: join(root, 'lock'),
    secretsFile: join(root, 'secrets.json'),
    partsFile: join(root, 'parts.json'),
    postgres: join(root, 'postgres'),
    temporalDatabase: join(root, 'temporal', 'temporal.db'),
    mailbox: join(root, 'mailbox'),
    run: join(root, 'run'),
  };
}

/**
 * Makes the folder where it is missing, and takes it: one process holds it at a time. A lock that a dead process left
 * is taken over.
 *
 * @throws Failure when another process holds it, and says who, or when it cannot be written.
 */
export async function openDataDir(path: string): Promise<DataDir> {
  const layout = dataDirLayout(path);
  await makeFolder(layout.path);
  const lock = await tryLock(layout.lock);
  if (!lock.taken) {
    const { pid, since, command } = lock.holder;
    throw new Failure(
      'DATA_DIR_HELD',
      `${layout.path} is held by process ${pid} since ${since}: ${command}`,
      `Stop that process (kill ${pid}), or name another folder with --data-dir.`,
    );
  }
  try {
    // What a killed holder left there answers no more.
    await rm(layout.partsFile, { force: true });
    return { ...layout, secrets: await readOrMakeSecrets(layout.secretsFile), close: lock.release };
  } catch (error) {
    await lock.release();
    throw error;
  }
}

async function makeFolder(path: string): Promise<void> {
  try {
    // Others may walk through it, because the server's data inside may belong to another user; what is secret is 0600.
    await mkdir(path, { recursive: true, mode: 0o755 });
    await access(path, constants.W_OK);
    await writeFile(join(path, '.gitignore'), '*\n');
  } catch (cause) {
    throw new Failure(
      'DATA_DIR_UNUSABLE',
      `The data folder ${path} cannot be written: ${messageOf(cause)}`,
      'Give yourself the right to write there, or name another folder with --data-dir.',
      { cause },
    );
  }
}
