import type { Environment } from '../environment.ts';
import { Failure, messageOf } from '../failure.ts';
import type { Mailbox } from '../mailbox/start.ts';
import { packageVersion } from '../package-version.ts';
import type { Logger } from '../report/log.ts';
import type { DataDir } from './data-dir.ts';
import { askDatabase, askTemporal } from './external-parts.ts';
import { freePorts } from './ports.ts';
import { startPostgres } from './postgres/postgres.ts';
import { announceParts, type Chosen, type RunningParts, withdrawParts } from './running-parts.ts';
import { type Stoppable, stopInOrder } from './stop-signals.ts';
import { supervise } from './supervisor.ts';
import { findTemporal } from './temporal/binary.ts';
import { startTemporal } from './temporal/temporal.ts';

export interface BootOptions {
  environment: Environment;
  /** Held by this process. */
  dataDir: DataDir;
  needs: { postgres?: boolean; temporal?: boolean; mailbox?: boolean };
  /** News for people, a line each. */
  say: (line: string) => void;
  log: Logger;
  /** Of Temporal's own web UI; without one there is none. */
  temporalUiPort?: number;
}

export interface Parts extends RunningParts {
  /** The embedded mailbox, for its pages; undefined where SMTP_URL names a server. */
  mailbox?: Mailbox;
  /** What was started here, in the order in which it was started: for `stopInOrder` beside what is built on it. */
  started: Stoppable[];
  /** Resolves when a part died too often and was given up. */
  failed: Promise<Failure>;
  /** Ends what was started here, in order. */
  stop(): Promise<void>;
  /** Ends it at once. */
  kill(): void;
}

interface BootedPart {
  chosen: Chosen;
  found: Partial<RunningParts> & { mailbox?: Mailbox };
  started?: Stoppable;
}

/**
 * Starts what is needed and the environment does not name, side by side, each under supervision; asks what it names
 * whether it is there. Says for each part which one was taken. When one cannot be had, those that were started end.
 *
 * @throws Failure with all that is missing.
 */
export async function bootParts(options: BootOptions): Promise<Parts> {
  const { needs, say, dataDir } = options;
  let fail: (error: Failure) => void = () => {};
  const failed = new Promise<Failure>((resolve) => {
    fail = resolve;
  });
  // Ports are found together, so that parts which start side by side do not get the same one.
  const [postgresPort, temporalPort] = (await freePorts(2)) as [number, number];
  const boots: Promise<BootedPart>[] = [];
  if (needs.postgres) boots.push(bootPostgres(options, postgresPort, fail));
  if (needs.temporal) boots.push(bootTemporal(options, temporalPort, fail));
  if (needs.mailbox) boots.push(bootMail(options));
  const results = await Promise.allSettled(boots);
  const booted = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  const started = booted.flatMap((part) => part.started ?? []);
  const errors = results.flatMap((result) => (result.status === 'rejected' ? [result.reason as unknown] : []));
  if (errors.length > 0) {
    await stopInOrder(started, say);
    throw errors.length === 1 ? errors[0] : allOf(errors);
  }
  const parts: RunningParts & { mailbox?: Mailbox } = Object.assign(
    { chosen: booted.map((part) => part.chosen) },
    ...booted.map((part) => part.found),
  );
  for (const { part, from, version } of parts.chosen) say(`${part} ${version}: ${from}.`);
  const { mailbox: _inThisProcess, ...reachable } = parts;
  await announceParts(dataDir, reachable);
  return {
    ...parts,
    started,
    failed,
    async stop() {
      await withdrawParts(dataDir);
      await stopInOrder(started, say);
    },
    kill() {
      for (const part of started) part.kill();
    },
  };
}

async function bootPostgres(
  { environment, dataDir, say, log }: BootOptions,
  port: number,
  onGiveUp: (error: Failure) => void,
): Promise<BootedPart> {
  const url = environment.DATABASE_URL;
  if (url !== undefined) {
    const version = await askDatabase(url);
    return { chosen: { part: 'PostgreSQL', from: 'DATABASE_URL', version }, found: { databaseUrl: url } };
  }
  const password = dataDir.secrets.postgresPassword;
  const onLine = (line: string) => log.debug({ part: 'PostgreSQL' }, line);
  const start = () => startPostgres({ folder: dataDir.postgres, runFolder: dataDir.run, port, password, onLine });
  const started = await supervise({ name: 'PostgreSQL', start, say, onGiveUp });
  const { version, from, folder } = started.current();
  return {
    chosen: { part: 'PostgreSQL', from: `embedded, ${from}, data in ${folder}`, version },
    found: { databaseUrl: started.current().url() },
    started,
  };
}

async function bootTemporal(
  { environment, dataDir, say, log, temporalUiPort }: BootOptions,
  port: number,
  onGiveUp: (error: Failure) => void,
): Promise<BootedPart> {
  const address = environment.TEMPORAL_ADDRESS;
  if (address !== undefined) {
    const version = await askTemporal(environment, address);
    return { chosen: { part: 'Temporal', from: 'TEMPORAL_ADDRESS', version }, found: { temporalAddress: address } };
  }
  const binary = await findTemporal({ cacheFolder: environment.CUEBOOK_CACHE_DIR, say, fetch: true });
  const onLine = (line: string) => log.debug({ part: 'Temporal' }, line);
  const start = () =>
    startTemporal({
      binary,
      runFolder: dataDir.run,
      databaseFile: dataDir.temporalDatabase,
      port,
      namespace: environment.TEMPORAL_NAMESPACE,
      onLine,
      ...(temporalUiPort === undefined ? {} : { uiPort: temporalUiPort }),
    });
  const started = await supervise({ name: 'Temporal', start, say, onGiveUp });
  return {
    chosen: { part: 'Temporal', from: `${binary.from}, ${binary.path}`, version: binary.version },
    found: { temporalAddress: started.current().address },
    started,
  };
}

async function bootMail({ environment, dataDir }: BootOptions): Promise<BootedPart> {
  const url = environment.SMTP_URL;
  if (url !== undefined) {
    return { chosen: { part: 'mail', from: 'SMTP_URL', version: new URL(url).host }, found: { smtpUrl: url } };
  }
  // Loaded only where it is booted.
  const { startMailbox } = await import('../mailbox/start.ts');
  const { smtpUrl, mailbox, close } = await startMailbox({ dir: dataDir.mailbox, smtpPort: 0, host: '127.0.0.1' });
  return {
    chosen: { part: 'mail', from: `embedded mailbox, mails in ${dataDir.mailbox}`, version: await packageVersion() },
    found: { smtpUrl, mailbox },
    // It lives in this process, and ends with it.
    started: { name: 'the mailbox', stop: close, kill() {} },
  };
}

function allOf(errors: unknown[]): Failure {
  const hints = errors.map((error) => (error instanceof Failure ? error.hint : 'See what it says.'));
  return new Failure('PARTS_MISSING', errors.map(messageOf).join('\n'), hints.join(' '));
}
