import { chmod, chown, mkdir, readFile, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { Failure, messageOf } from '../../failure.ts';
import { run } from '../programs.ts';

const USER = 'postgres';

export interface UnixUser {
  name: string;
  uid: number;
  gid: number;
}

/**
 * PostgreSQL refuses to run as root. For root this is the user `postgres`, made when there is none; for everybody else
 * undefined: the server runs as who we are.
 *
 * @throws Failure when the user can neither be found nor made.
 */
export async function postgresUser(): Promise<UnixUser | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  return (await findUser()) ?? (await makeUser());
}

async function findUser(): Promise<UnixUser | undefined> {
  const lines = (await readFile('/etc/passwd', 'utf8')).split('\n');
  const fields = lines.map((line) => line.split(':')).find(([name]) => name === USER);
  if (fields === undefined) return undefined;
  return { name: USER, uid: Number(fields[2]), gid: Number(fields[3]) };
}

async function makeUser(): Promise<UnixUser> {
  const attempts: [string, string[]][] = [
    ['useradd', ['--system', '--user-group', '--no-create-home', '--shell', '/usr/sbin/nologin', USER]],
    // BusyBox, as in Alpine.
    ['adduser', ['-S', '-D', '-H', USER]],
  ];
  const reasons: string[] = [];
  for (const [command, args] of attempts) {
    try {
      await run(command, args);
    } catch (error) {
      reasons.push(`${command}: ${messageOf(error).trim()}`);
      continue;
    }
    const user = await findUser();
    if (user !== undefined) return user;
  }
  throw new Failure(
    'POSTGRES_USER_MISSING',
    `PostgreSQL does not run as root, and there is no user ${USER}, nor could one be made (${reasons.join('; ')}).`,
    `Start Cuebook as an ordinary user, make a user ${USER}, or name a PostgreSQL of your own in DATABASE_URL.`,
  );
}

/** Whether this user may walk into a folder: every folder on the way lets them through. */
export async function isReachable(path: string, user: UnixUser): Promise<boolean> {
  for (let folder = resolve(path); ; folder = dirname(folder)) {
    const status = await stat(folder).catch(() => undefined);
    if (status !== undefined) {
      const shift = status.uid === user.uid ? 6 : status.gid === user.gid ? 3 : 0;
      if ((status.mode & (0o1 << shift)) === 0) return false;
    }
    if (folder === dirname(folder)) return true;
  }
}

/** Gives a folder to the user as whom the server runs. */
export async function giveTo(path: string, user: UnixUser | undefined): Promise<void> {
  if (user !== undefined) await chown(path, user.uid, user.gid);
}

/** Makes a folder into which every user may walk, whatever the umask is. */
export async function makeOpenFolder(path: string): Promise<void> {
  await mkdir(path, { recursive: true });
  await chmod(path, 0o755);
}
