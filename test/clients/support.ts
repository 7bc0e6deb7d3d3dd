/** Programs of clients beside a server that goes away and comes back at its address. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { type HttpServer, startHttp } from '../../cli/run/http.ts';
import type { Database } from '../../store/postgres/database.ts';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));
/** How many seconds pass for a client in one: a minute is short then, and its ten seconds for a request are long enough. */
export const CLOCK_SPEED = 20;

/** Each client has a source of its own, so that what it sent is known. */
export const keyOf = (source: string) => `key-of-${source}-0123456789`;

export function serve(database: Database, sources: readonly string[], port = 0): Promise<HttpServer> {
  return startHttp({
    database,
    writeKeys: sources.map((source) => ({
      source,
      key: keyOf(source),
      scope: source.includes('browser') ? 'client' : 'server',
    })),
    secret: 's'.repeat(32),
    access: { apiToken: 'a-token-of-this-test', open: false },
    parts: [],
    port,
  });
}

/** A Python that has Segment's package; undefined where there is none: it does not come from npm. */
export function pythonWithSegment(): string | undefined {
  const pythons = [process.env.PYTHON, 'python3'].filter((it) => it !== undefined);
  return pythons.find((it) => spawnSync(it, ['-c', 'import segment.analytics']).status === 0);
}

export interface Client {
  source: string;
  /** The next line that it prints; undefined when it has ended without one. */
  says(): Promise<string | undefined>;
  /** Lets it go on. */
  tell(): void;
  /** Its exit code, and what it said on standard error. */
  ended: Promise<{ code: number | null; errors: string }>;
  process: ChildProcess;
}

export interface ClientOptions {
  source: string;
  /** A file of programs/, or a whole command. */
  program: string;
  baseUrl: string;
  /** Settings other than its own. */
  options?: object;
}

const NODE = [process.execPath, '--import', './test/clients/programs/fast-clock.mjs'];

export function startClient({ source, program, baseUrl, options = {} }: ClientOptions): Client {
  const path = `test/clients/programs/${program}`;
  const [command, ...args] = program.endsWith('.py') ? [pythonWithSegment()!, path] : [...NODE, path];
  const child = spawn(command!, args, {
    cwd: ROOT,
    env: {
      ...process.env,
      BASE_URL: baseUrl,
      WRITE_KEY: keyOf(source),
      CLOCK_SPEED: String(CLOCK_SPEED),
      OPTIONS: JSON.stringify(options),
    },
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  let errors = '';
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (errors += chunk));
  child.stdin.on('error', () => undefined);
  return {
    source,
    says: async () => (await lines.next()).value as string | undefined,
    tell: () => void child.stdin.write('\n'),
    ended: new Promise((resolve) => child.once('close', (code) => resolve({ code, errors }))),
    process: child,
  };
}
