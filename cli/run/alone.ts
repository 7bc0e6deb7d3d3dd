/** `cuebook server` and `cuebook worker`: one process of one kind, on parts that others run. */
import { resumeClock } from '../../store/postgres/clock.ts';
import { askDatabase, askTemporal } from '../boot/external-parts.ts';
import { listenForStop } from '../boot/stop-signals.ts';
import { type Environment, readEnvironment } from '../environment.ts';
import type { VariableName } from '../environment-schema.ts';
import { Failure } from '../failure.ts';
import { note } from '../output.ts';
import { activitiesBeside } from '../playbooks/activities.ts';
import { createLogger, type Logger } from '../report/log.ts';
import { deployFolder } from './deploy-folder.ts';
import { sourceOf } from './http/playbook-source.ts';
import { prepareStore } from './prepare-store.ts';
import { reportDeployed } from './report-deployed.ts';
import { type RuntimeOptions, startRuntime } from './runtime.ts';
import { studioOf } from './studio/studio.ts';
import { temporalOptions } from './temporal-options.ts';

type Given<N extends VariableName> = Environment & { [name in N]-?: NonNullable<Environment[name]> };

/** Events in, pages, and the evaluator. @throws Failure when the environment does not name what it needs. */
export async function serveAlone(options: { host?: string; port?: number }): Promise<void> {
  const environment = needing('server', ['DATABASE_URL', 'CUEBOOK_SECRET', 'CUEBOOK_WRITE_KEYS', 'CUEBOOK_API_TOKEN']);
  const { DATABASE_URL: databaseUrl, CUEBOOK_SECRET: secret, CUEBOOK_WRITE_KEYS: writeKeys } = environment;
  const version = await askDatabase(databaseUrl);
  await prepareStore(databaseUrl, (database) => resumeClock(database));
  const { CUEBOOK_API_TOKEN: apiToken, CUEBOOK_PUBLIC_URL: publicUrl } = environment;
  const access = { apiToken, publicUrl, open: false };
  const parts = [{ part: 'PostgreSQL' as const, from: 'DATABASE_URL', version }];
  await runUntilStopped({
    databaseUrl,
    secret,
    log: logFor(environment),
    say: note,
    http: {
      writeKeys,
      access,
      parts,
      smtpUrl: environment.SMTP_URL,
      readSource: sourceOf(environment.CUEBOOK_PLAYBOOKS),
      studio: await studioOf({ folder: environment.CUEBOOK_PLAYBOOKS, databaseUrl }),
      ...options,
    },
    prepare: async (database) => reportDeployed(await deployFolder(database, environment.CUEBOOK_PLAYBOOKS)),
    evaluator: true,
  });
}

/** Journeys and what they do. @throws Failure when the environment does not name what it needs. */
export async function workAlone(options: { publicUrl?: string; host?: string; port?: number }): Promise<void> {
  const names = ['DATABASE_URL', 'TEMPORAL_ADDRESS', 'SMTP_URL', 'CUEBOOK_SECRET'] as const;
  const environment = needing('worker', options.publicUrl === undefined ? [...names, 'CUEBOOK_PUBLIC_URL'] : names);
  const publicUrl = options.publicUrl ?? environment.CUEBOOK_PUBLIC_URL;
  const { DATABASE_URL: databaseUrl, TEMPORAL_ADDRESS: address, SMTP_URL: smtpUrl } = environment;
  await askDatabase(databaseUrl);
  await askTemporal(environment, address);
  await prepareStore(databaseUrl, async () => undefined);
  await runUntilStopped({
    databaseUrl,
    secret: environment.CUEBOOK_SECRET,
    log: logFor(environment),
    say: note,
    health: options.port === undefined ? undefined : { host: options.host, port: options.port },
    worker: {
      temporal: await temporalOptions(environment, address),
      smtpUrl,
      smtpConnections: environment.SMTP_CONNECTIONS,
      webhookSecrets: environment.CUEBOOK_WEBHOOK_SECRET,
      activities: await activitiesBeside(environment.CUEBOOK_PLAYBOOKS),
      publicUrl,
    },
  });
}

async function runUntilStopped(options: RuntimeOptions): Promise<void> {
  const stop = listenForStop(() => undefined, note);
  try {
    const runtime = await startRuntime(options);
    try {
      const queue =
        options.worker &&
        `namespace ${options.worker.temporal.namespace} of Temporal at ${options.worker.temporal.address}`;
      note(
        runtime.http ? `Cuebook serves at ${runtime.http.baseUrl}` : `Cuebook works. The worker is ready: ${queue}.`,
      );
      if (runtime.health) note(`  health and metrics  ${runtime.health.baseUrl}`);
      await Promise.race([stop.requested, runtime.failed]);
    } finally {
      await runtime.stop();
    }
  } finally {
    stop.release();
  }
}

/** A process of its own embeds nothing: the others would not know what it made for itself. */
function needing<N extends VariableName>(command: string, names: readonly N[]): Given<N> {
  const environment = readEnvironment();
  const missing = names.filter((name) => environment[name] === undefined);
  if (missing.length === 0) return environment as Given<N>;
  throw new Failure(
    'ENVIRONMENT_INCOMPLETE',
    `cuebook ${command} runs with other processes and needs ${missing.join(', ')}, which ${missing.length === 1 ? 'is' : 'are'} not set.`,
    'Set them, the same on every process; or use cuebook start, which brings along what is missing.',
  );
}

function logFor(environment: Environment): Logger {
  const { LOG_LEVEL: level, CUEBOOK_SECRET: secret, CUEBOOK_API_TOKEN: token, CUEBOOK_WRITE_KEYS: keys } = environment;
  const webhooks = (environment.CUEBOOK_WEBHOOK_SECRET ?? []).map((bytes) => bytes.toString('base64'));
  return createLogger({
    level,
    secrets: [secret, token, ...webhooks, ...(keys ?? []).map(({ key }) => key)].filter((it) => it !== undefined),
  });
}
