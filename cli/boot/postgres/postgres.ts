import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { Failure, messageOf } from '../../failure.ts';
import { type RunningChild, startChild } from '../child.ts';
import { freePort } from '../ports.ts';
import { run } from '../programs.ts';
import type { Running } from '../supervisor.ts';
import { postgresBinaries } from './binaries.ts';
import { ensureCluster, placeCluster, SUPERUSER } from './cluster.ts';
import { clearPostmaster } from './orphan.ts';
import { postgresUser } from './user.ts';

/** Recovery after a crash replays at most `max_wal_size` of log before the server answers. */
const READY_TIMEOUT_MS = 60_000;
const READY_POLL_MS = 20;
/** Shared memory of a killed server goes with its last backend, which may take a moment. */
const START_ATTEMPTS = 5;
const START_PAUSE_MS = 300;

export interface PostgresOptions {
  /** Where its data shall lie. */
  folder: string;
  /** Where its pid file lies. */
  runFolder: string;
  /** Default: a free one. */
  port?: number;
  /** Databases that are made when they are missing. Default: `cuebook`. */
  databases?: string[];
  /** Of the only user. Without one everybody on this machine may connect. It counts when the cluster is made. */
  password?: string;
  /** False gives up safety against a crash of the machine: for tests. Default: true. */
  durable?: boolean;
  onLine?: (line: string) => void;
}

export interface RunningPostgres extends Running {
  port: number;
  /** `18.4` */
  version: string;
  /** Where the binaries came from. */
  from: string;
  /** Where the data really lies. */
  folder: string;
  url(database?: string): string;
}

/**
 * Starts the embedded PostgreSQL on 127.0.0.1 and waits until it answers; makes the cluster and the databases when they
 * are missing. What a killed parent left in this folder is stopped or removed first.
 *
 * @throws Failure when it cannot be made or does not answer.
 */
export async function startPostgres(options: PostgresOptions): Promise<RunningPostgres> {
  const user = await postgresUser();
  const binaries = await postgresBinaries(user);
  const folder = await placeCluster(options.folder, user);
  await ensureCluster(folder, binaries, user, options.password);
  const port = options.port ?? (await freePort());
  const url = (database = 'cuebook') => {
    const secret = options.password === undefined ? '' : `:${encodeURIComponent(options.password)}`;
    return `postgresql://${SUPERUSER}${secret}@127.0.0.1:${port}/${encodeURIComponent(database)}`;
  };
  const start = () =>
    startChild({
      name: 'PostgreSQL',
      command: binaries.postgres,
      args: ['-D', folder, '-p', String(port), ...settings(options.durable ?? true)],
      pidFile: join(options.runFolder, 'postgres.pid'),
      // SIGINT is PostgreSQL's "fast": it ends sessions and writes a checkpoint. SIGQUIT leaves that to recovery.
      stopSignal: 'SIGINT',
      killSignal: 'SIGQUIT',
      cwd: folder,
      ...(user === undefined ? {} : { uid: user.uid, gid: user.gid }),
      ...(options.onLine === undefined ? {} : { onLine: options.onLine }),
    });
  const child = await startWhenFree(start, folder, url('postgres'));
  const version = await prepare(url('postgres'), options.databases ?? ['cuebook']);
  return { ...child, port, version, from: binaries.from, folder, url };
}

/** Which PostgreSQL would be started, and where it came from. @throws Failure when there is none. */
export async function embeddedPostgresVersion(): Promise<{ version: string; from: string }> {
  const { postgres, from } = await postgresBinaries(undefined);
  const { stdout } = await run(postgres, ['--version']);
  return { version: /[\d.]+/.exec(stdout)?.[0] ?? stdout.trim(), from };
}

/** Tuned for one person's machine: two cores, little memory, short queries, many mostly idle connections. */
function settings(durable: boolean): string[] {
  const values: Record<string, string> = {
    listen_addresses: '127.0.0.1',
    // Paths of sockets are limited to about 100 characters, which a data folder may exceed.
    unix_socket_directories: '',
    max_connections: '200',
    shared_buffers: '128MB',
    max_wal_size: '512MB',
    // Nobody replicates from it, so the log need not hold what only a replica reads.
    wal_level: 'minimal',
    max_wal_senders: '0',
    // Compiling a query, or sharing it out to workers (and /dev/shm), costs more than short queries do.
    jit: 'off',
    max_parallel_workers_per_gather: '0',
    log_checkpoints: 'off',
    log_timezone: 'UTC',
    timezone: 'UTC',
    lc_messages: 'C',
    ...(durable ? {} : { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' }),
  };
  return Object.entries(values).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}

async function startWhenFree(start: () => Promise<RunningChild>, folder: string, url: string): Promise<RunningChild> {
  for (let attempt = 1; ; attempt += 1) {
    await clearPostmaster(folder);
    const child = await start();
    if (await answers(child, url)) return child;
    await child.stop();
    const lines = child.tail().join('\n');
    const busy = /pre-existing shared memory block|lock file "postmaster.pid"/.test(lines);
    if (busy && attempt < START_ATTEMPTS) {
      await sleep(START_PAUSE_MS);
      continue;
    }
    throw new Failure(
      'POSTGRES_NOT_STARTED',
      `The embedded PostgreSQL on ${folder} did not start. Its last lines:\n${lines}`,
      'See what they say, or name a PostgreSQL of your own in DATABASE_URL.',
    );
  }
}

/** Waits until the server answers, whatever it answers. False when it ended, or was silent for too long. */
async function answers(child: RunningChild, url: string): Promise<boolean> {
  let ended = false;
  void child.exited.then(() => {
    ended = true;
  });
  const giveUpAt = Date.now() + READY_TIMEOUT_MS;
  while (!ended && Date.now() < giveUpAt) {
    const client = new pg.Client({ connectionString: url });
    client.on('error', () => {});
    try {
      await client.connect();
      await client.end();
      return true;
    } catch (error) {
      // Nobody listens yet, or 57P03: it is still recovering. Anything else that has an SQLSTATE is an answer.
      const { code = '' } = error as { code?: string };
      if (/^[0-9A-Z]{5}$/.test(code) && code !== '57P03') return true;
      await sleep(READY_POLL_MS);
    }
  }
  return false;
}

async function prepare(url: string, databases: string[]): Promise<string> {
  const client = new pg.Client({ connectionString: url });
  try {
    await client.connect();
    const present = await client.query<{ datname: string }>('SELECT datname FROM pg_database');
    const names = new Set(present.rows.map((row) => row.datname));
    for (const name of databases) {
      if (!names.has(name)) await client.query(`CREATE DATABASE ${client.escapeIdentifier(name)}`);
    }
    const version = await client.query<{ server_version: string }>('SHOW server_version');
    return version.rows[0]!.server_version;
  } catch (cause) {
    throw new Failure(
      'POSTGRES_NOT_PREPARED',
      `The embedded PostgreSQL answers, but its databases cannot be made: ${messageOf(cause)}`,
      'Was its password changed? It lies in the data folder, in secrets.json.',
      { cause },
    );
  } finally {
    await client.end().catch(() => {});
  }
}
