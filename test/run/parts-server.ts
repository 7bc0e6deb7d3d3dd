import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import pg from 'pg';
import { cacheFolder } from '../../cli/boot/cache-folder.ts';
import { type RunningPostgres, startPostgres } from '../../cli/boot/postgres/postgres.ts';
import { findTemporal } from '../../cli/boot/temporal/binary.ts';
import { type RunningTemporal, startTemporal } from '../../cli/boot/temporal/temporal.ts';
import { messageOf } from '../../cli/failure.ts';
import { migrate } from '../../store/migrate/migrate.ts';
import { compileCli } from './compile-cli.ts';

const TEMPLATE = 'cuebook_template';

export interface PartsServer {
  url: string;
  stop(): Promise<void>;
}

/**
 * Answers the test workers, which are processes of their own: `/database` makes a fresh migrated database and gives its
 * url, `/empty-database` one without tables, `/temporal` gives the address of a Temporal server, `/compiled` the folder of the
 * compiled product. What they need is made once, at the first question, with its data under `folder`.
 */
export async function serveParts(folder: string): Promise<PartsServer> {
  const boot = bootOnce(folder);
  let databases = 0;
  const answers: Record<string, () => Promise<string>> = {
    '/database': async () => createDatabase(await boot.template(), `test_${(databases += 1)}`, TEMPLATE),
    '/empty-database': async () => createDatabase(await boot.postgres(), `test_${(databases += 1)}`, 'template0'),
    '/temporal': async () => (await boot.temporal()).address,
    '/compiled': () => boot.compiled(),
  };
  const server = createServer((request, response) => {
    const answer = answers[request.url ?? ''];
    if (answer === undefined) return void response.writeHead(404).end(`There is no ${request.url}.`);
    answer().then(
      (text) => response.end(text),
      (error: unknown) => response.writeHead(500).end(messageOf(error)),
    );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The parts server has no port.');
  return {
    url: `http://127.0.0.1:${address.port}`,
    async stop() {
      server.closeAllConnections();
      server.close();
      await boot.stop();
    },
  };
}

/** Each part once, however many ask at the same time. */
function bootOnce(folder: string) {
  let postgres: Promise<RunningPostgres> | undefined;
  let template: Promise<RunningPostgres> | undefined;
  let temporal: Promise<RunningTemporal> | undefined;
  let compiled: Promise<string> | undefined;
  const runFolder = join(folder, 'run');
  const bootPostgres = () => {
    const databases = [TEMPLATE];
    postgres ??= startPostgres({ folder: join(folder, 'postgres'), runFolder, databases, durable: false });
    return postgres;
  };
  const prepareTemplate = async () => {
    const running = await bootPostgres();
    await withoutHoldingTheProcess(() => migrate(running.url(TEMPLATE)));
    return running;
  };
  const bootTemporal = async () => {
    const binary = await findTemporal({ cacheFolder: cacheFolder(process.env), say: console.error, fetch: true });
    return startTemporal({ binary, runFolder });
  };
  return {
    postgres: bootPostgres,
    template: () => (template ??= prepareTemplate()),
    temporal: () => (temporal ??= bootTemporal()),
    compiled: () => (compiled ??= compileCli()),
    async stop() {
      // A part that never came up has said so to whoever asked for it.
      const running = await Promise.allSettled([temporal, postgres]);
      await Promise.all(running.map((part) => (part.status === 'fulfilled' ? part.value?.stop() : undefined)));
      // It may lie elsewhere than was asked, when the server's user cannot get there.
      if (postgres !== undefined) await postgres.then((part) => rm(part.folder, { recursive: true, force: true }));
      const made = await compiled?.catch(() => undefined);
      if (made !== undefined) await rm(made, { recursive: true, force: true });
    },
  };
}

async function createDatabase(postgres: RunningPostgres, name: string, template: string): Promise<string> {
  const client = new pg.Client({ connectionString: postgres.url('postgres') });
  await client.connect();
  try {
    // Files are copied as they are: it costs a third of writing each page to the log.
    await client.query(`CREATE DATABASE ${name} TEMPLATE ${template} STRATEGY file_copy`);
    return postgres.url(name);
  } finally {
    await client.end();
  }
}

/**
 * Prisma's schema engine leaves a timer of 10 s behind, for a lock that it has had long since; every run would wait for
 * it at its end. Timers that begin meanwhile do not hold the process open: the server above does.
 */
async function withoutHoldingTheProcess<T>(work: () => Promise<T>): Promise<T> {
  const { setTimeout: original } = globalThis;
  const unheld = ((...args: Parameters<typeof original>) => original(...args).unref()) as typeof original;
  globalThis.setTimeout = Object.assign(unheld, original);
  try {
    return await work();
  } finally {
    globalThis.setTimeout = original;
  }
}
