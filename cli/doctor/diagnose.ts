import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { remedyOf } from '../../activities/mail/refusal-codes.ts';
import { openMailer } from '../../activities/mail/transport.ts';
import { dataDirLayout } from '../boot/data-dir.ts';
import { askDatabase, askTemporal } from '../boot/external-parts.ts';
import { readHolder } from '../boot/lock-file.ts';
import { embeddedPostgresVersion } from '../boot/postgres/postgres.ts';
import { isAlive } from '../boot/process-identity.ts';
import { runningParts } from '../boot/running-parts.ts';
import { findTemporal } from '../boot/temporal/binary.ts';
import { hasGo } from '../boot/temporal/build.ts';
import { type Environment, readEnvironment } from '../environment.ts';
import { Failure, messageOf } from '../failure.ts';
import { packageVersion } from '../package-version.ts';

export interface Finding {
  what: string;
  /** `embedded`: nothing runs yet, and it will be started when it is needed. */
  state: 'found' | 'embedded' | 'doubtful' | 'missing';
  version?: string;
  /** Where it comes from, or why it is missing. */
  from: string;
  /** What to do, when it is missing or doubtful. */
  hint?: string;
}

/** A server that greets slowly still counts. */
const MAIL_TIMEOUT_MS = 5_000;

/** Looks at everything that a start needs, side by side. Starts, downloads and builds nothing. */
export async function diagnose(dataDir: string | undefined): Promise<Finding[]> {
  let environment: Environment;
  try {
    environment = readEnvironment();
  } catch (error) {
    // Without an environment nothing else can be looked for in the right place.
    return [await program(), node(), missing('environment', error)];
  }
  const folder = resolve(dataDir ?? environment.CUEBOOK_DATA_DIR);
  const running = await runningParts(folder);
  const serving = (part: string) => running?.chosen.find((chosen) => chosen.part === part);
  return Promise.all([
    program(),
    node(),
    postgres(environment, serving('PostgreSQL')?.from),
    temporal(environment, serving('Temporal')?.from),
    mail(environment),
    playbooks(environment),
    writeKeys(environment),
    holder(folder, environment),
  ]);
}

async function program(): Promise<Finding> {
  return { what: 'Cuebook', state: 'found', version: await packageVersion(), from: resolve('.') };
}

function node(): Finding {
  return { what: 'Node', state: 'found', version: process.versions.node, from: process.execPath };
}

async function postgres(environment: Environment, running: string | undefined): Promise<Finding> {
  const what = 'PostgreSQL';
  try {
    if (environment.DATABASE_URL !== undefined) {
      return { what, state: 'found', version: await askDatabase(environment.DATABASE_URL), from: 'DATABASE_URL' };
    }
    const { version, from } = await embeddedPostgresVersion();
    if (running !== undefined) return { what, state: 'found', version, from: `running, ${running}` };
    return { what, state: 'embedded', version, from: `embedded, ${from}` };
  } catch (error) {
    return missing(what, error);
  }
}

async function temporal(environment: Environment, running: string | undefined): Promise<Finding> {
  const what = 'Temporal';
  try {
    const address = environment.TEMPORAL_ADDRESS;
    if (address !== undefined) {
      return { what, state: 'found', version: await askTemporal(environment, address), from: 'TEMPORAL_ADDRESS' };
    }
    const cacheFolder = environment.CUEBOOK_CACHE_DIR;
    const binary = await findTemporal({ cacheFolder, say: () => {}, fetch: false });
    if (binary !== undefined) {
      const from = `${binary.from}, ${binary.path}`;
      const { version } = binary;
      return running === undefined
        ? { what, state: 'embedded', version, from }
        : { what, state: 'found', version, from: `running, ${running}` };
    }
    const then = (await hasGo()) ? 'else it is built by Go, about 7 minutes' : 'and there is no Go to build it with';
    return {
      what,
      state: 'embedded',
      from: `neither on PATH nor in ${cacheFolder}: the first start downloads it, ${then}`,
    };
  } catch (error) {
    return missing(what, error);
  }
}

async function mail(environment: Environment): Promise<Finding> {
  if (environment.SMTP_URL === undefined) {
    return {
      what: 'mail',
      state: 'embedded',
      from: 'embedded mailbox: it catches all mail, nothing leaves the machine',
    };
  }
  const what = 'mail';
  const { host } = new URL(environment.SMTP_URL);
  const mailer = openMailer({ url: environment.SMTP_URL, timeoutMs: MAIL_TIMEOUT_MS, connections: 1 });
  const code = await mailer.verify().finally(() => mailer.close());
  if (code === undefined) return { what, state: 'found', from: `SMTP_URL, ${host}` };
  const remedy = remedyOf(code) ?? `the mail server says ${code}: look at SMTP_URL and at the server`;
  const hint = `${remedy.charAt(0).toUpperCase()}${remedy.slice(1)}. Until it takes mail, messages wait and are tried again.`;
  return { what, state: 'missing', from: `The mail server of SMTP_URL (${host}) takes no mail: ${code}.`, hint };
}

async function playbooks(environment: Environment): Promise<Finding> {
  const folder = resolve(environment.CUEBOOK_PLAYBOOKS);
  const status = await stat(folder).catch(() => undefined);
  if (status?.isDirectory()) return { what: 'playbooks', state: 'found', from: folder };
  return {
    what: 'playbooks',
    state: 'missing',
    from: `there is no folder ${folder}`,
    hint: 'Make it, start in the folder that holds it, or name it in CUEBOOK_PLAYBOOKS.',
  };
}

/** A key without a scope may say all, wherever it was put. */
async function writeKeys({ CUEBOOK_WRITE_KEYS: keys }: Environment): Promise<Finding> {
  const what = 'write keys';
  if (keys === undefined)
    return { what, state: 'embedded', from: 'secrets.json of the data folder, made at the first start' };
  const of = (scope: string | undefined) => keys.filter((key) => key.scope === scope).length;
  const from = `CUEBOOK_WRITE_KEYS: ${of('server')} server, ${of('client')} client, ${of(undefined)} without a scope`;
  if (of(undefined) === 0) return { what, state: 'found', from };
  const hint =
    'A key without a scope is a server key. Write :server behind it, or :client where it stands in a page or an app (docs/security.md).';
  return { what, state: 'doubtful', from, hint };
}

async function holder(folder: string, environment: Environment): Promise<Finding> {
  const what = 'data folder';
  const found = await readHolder(dataDirLayout(folder).lock);
  if (found !== undefined && (await isAlive(found))) {
    return { what, state: 'found', from: `${folder}, held by process ${found.pid} since ${found.since}` };
  }
  const present = await stat(folder).catch(() => undefined);
  if (!(await isWritable(folder))) {
    const hint = 'Name another in CUEBOOK_DATA_DIR or with --data-dir; one that holds nothing yet is made.';
    // Where every part is named nothing is kept in it.
    const { DATABASE_URL, TEMPORAL_ADDRESS, SMTP_URL } = environment;
    const isNeeded = [DATABASE_URL, TEMPORAL_ADDRESS, SMTP_URL].includes(undefined);
    if (isNeeded) return { what, state: 'missing', from: `${folder} cannot be written`, hint };
    return { what, state: 'found', from: `${folder} cannot be written, and need not be: every part is named` };
  }
  return { what, state: 'embedded', from: present === undefined ? `${folder}, made at the first start` : folder };
}

/** Whether it, or the nearest folder in which it would be made, can be written. */
async function isWritable(folder: string): Promise<boolean> {
  try {
    await access(folder, constants.W_OK);
    return true;
  } catch (error) {
    const isAbsent = (error as NodeJS.ErrnoException).code === 'ENOENT';
    return isAbsent && dirname(folder) !== folder && isWritable(dirname(folder));
  }
}

function missing(what: string, error: unknown): Finding {
  const hint = error instanceof Failure ? error.hint : 'This was not foreseen; LOG_LEVEL=debug shows more.';
  return { what, state: 'missing', from: messageOf(error), hint };
}
