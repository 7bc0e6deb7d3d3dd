import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { Failure, messageOf } from '../../failure.ts';
import { run } from '../programs.ts';
import type { PostgresBinaries } from './binaries.ts';
import { giveTo, isReachable, makeOpenFolder, type UnixUser } from './user.ts';

export const SUPERUSER = 'cuebook';
const INITDB_TIMEOUT_MS = 120_000;
const REACHABLE_DATA = '/var/lib/cuebook';

/**
 * The folder in which the server may really keep its data: the one asked for, or, when the server runs as a user who
 * cannot get there (a data folder under /root), one under /var/lib. A note next to the asked place keeps which, so that
 * removing the data folder starts over.
 */
export async function placeCluster(asked: string, user: UnixUser | undefined): Promise<string> {
  const wanted = resolve(asked);
  await mkdir(dirname(wanted), { recursive: true });
  if (user === undefined || (await isReachable(dirname(wanted), user))) return wanted;
  await makeOpenFolder(REACHABLE_DATA);
  const note = `${wanted}.place`;
  const placed = await readFile(note, 'utf8').catch(() => undefined);
  if (placed !== undefined) return placed.trim();
  const place = join(REACHABLE_DATA, `${basename(wanted)}-${randomBytes(6).toString('hex')}`);
  await writeFile(note, `${place}\n`);
  return place;
}

/**
 * Makes the database cluster where there is none: UTF-8, sorted by code points, the same on every system. It is made
 * next to its place and renamed, so that an interrupted first start leaves nothing half made.
 *
 * @throws Failure when the folder holds a cluster of another major version, or cannot be made.
 */
export async function ensureCluster(
  folder: string,
  binaries: PostgresBinaries,
  user: UnixUser | undefined,
  password: string | undefined,
): Promise<void> {
  const present = await readFile(join(folder, 'PG_VERSION'), 'utf8').catch(() => undefined);
  if (present !== undefined) return checkVersion(folder, present.trim(), binaries);
  const parent = dirname(folder);
  const half = await mkdtemp(join(parent, '.postgres-new-'));
  try {
    await giveTo(half, user);
    await initdb(half, binaries, user, password);
    await rm(folder, { recursive: true, force: true });
    await rename(join(half, 'data'), folder);
  } finally {
    await rm(half, { recursive: true, force: true });
  }
}

/** Makes `data` in the folder. */
async function initdb(
  half: string,
  binaries: PostgresBinaries,
  user: UnixUser | undefined,
  password: string | undefined,
): Promise<void> {
  const data = join(half, 'data');
  const args = [`--pgdata=${data}`, `--username=${SUPERUSER}`, '--encoding=UTF8', '--no-instructions'];
  args.push('--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8');
  if (password === undefined) {
    args.push('--auth=trust');
  } else {
    const passwordFile = join(half, 'password');
    await writeFile(passwordFile, `${password}\n`, { mode: 0o600 });
    await giveTo(passwordFile, user);
    args.push('--auth=scram-sha-256', `--pwfile=${passwordFile}`);
  }
  const identity = user === undefined ? {} : { uid: user.uid, gid: user.gid };
  try {
    // The folder is the server's own: initdb refuses a working directory that it cannot read.
    await run(binaries.initdb, args, { cwd: half, timeout: INITDB_TIMEOUT_MS, ...identity });
  } catch (cause) {
    const { stderr } = cause as { stderr?: string };
    throw new Failure(
      'POSTGRES_INIT_FAILED',
      `The embedded PostgreSQL could not make its data folder ${data}: ${stderr?.trim() || messageOf(cause)}`,
      'See that the disk has 100 MB free and that the folder may be written, or name another with --data-dir.',
      { cause },
    );
  }
}

async function checkVersion(folder: string, found: string, binaries: PostgresBinaries): Promise<void> {
  const { stdout } = await run(binaries.postgres, ['--version']);
  const major = /\d+/.exec(stdout)?.[0];
  if (found === major) return;
  throw new Failure(
    'POSTGRES_VERSION',
    `${folder} was made by PostgreSQL ${found}; the embedded PostgreSQL is ${major}.`,
    'Start the Cuebook that made it, save the database with pg_dump, and restore it into a new --data-dir.',
  );
}
