/** `cuebook start`: everything in one process, on one's own data. */
import { isoInstant } from '../../language/time/instants.ts';
import { makeSignInCode } from '../../server/access/sign-in.ts';
import { readClock, resumeClock, setClock } from '../../store/postgres/clock.ts';
import type { Database } from '../../store/postgres/database.ts';
import { readBacklog } from '../../store/reports/totals.ts';
import { secretsInUse } from '../boot/secrets.ts';
import { holdingParts } from '../boot/with-parts.ts';
import { readEnvironment } from '../environment.ts';
import { counted, note, progress } from '../output.ts';
import { offerShipped } from '../playbooks/begin/offer.ts';
import { createLogger } from '../report/log.ts';
import { deployFolder } from './deploy-folder.ts';
import { prepareStore } from './prepare-store.ts';
import { reportDeployed } from './report-deployed.ts';
import { startRuntime } from './runtime.ts';
import { wholeOptions } from './whole-options.ts';

export interface StartOptions {
  dataDir?: string;
  host?: string;
  port?: number;
  publicUrl?: string;
  /** Virtual seconds a real second; without one the clock goes on as it went. */
  warp?: number;
  /** Where there is no playbook, those that ship are copied without asking. */
  yes?: boolean;
}

/** Serves until it is told to stop. @throws Failure when something is missing, or a part was given up. */
export async function start(options: StartOptions): Promise<void> {
  const environment = readEnvironment();
  const { dataDir, host, port, publicUrl } = options;
  await offerShipped(environment.CUEBOOK_PLAYBOOKS, options);
  const needs = { postgres: true, temporal: true, mailbox: true };
  const booting = createLogger({ level: environment.LOG_LEVEL });
  await holdingParts(
    { environment, needs, say: progress, log: booting, ...(dataDir !== undefined && { dataDir }) },
    async ({ parts, dataDir: held, stopRequested }) => {
      const secrets = secretsInUse(environment, held.secrets);
      const webhooks = secrets.webhookSecrets.map((bytes) => bytes.toString('base64'));
      const hidden = [secrets.secret, secrets.apiToken, ...webhooks, ...secrets.writeKeys.map(({ key }) => key)];
      const log = createLogger({ level: environment.LOG_LEVEL, secrets: hidden });
      // Virtual time does not pass while nothing runs: before anything reads the clock.
      await prepareStore(parts.databaseUrl!, (database) => resumeClock(database));
      const signInCode = makeSignInCode();
      const whole = {
        environment,
        parts,
        secrets,
        open: false,
        host,
        port,
        publicUrl: publicUrl ?? environment.CUEBOOK_PUBLIC_URL,
        signInCode,
        prepare: async (database: Database) => {
          await setPace(database, options.warp);
          reportDeployed(await deployFolder(database, environment.CUEBOOK_PLAYBOOKS));
        },
        log,
        say: note,
      };
      const runtime = await startRuntime(await wholeOptions(whole));
      try {
        const { baseUrl } = runtime.http!;
        note(`Cuebook is ready: ${baseUrl}`);
        note(`  sign in    ${baseUrl}/sign-in?code=${signInCode.code}  (once, within 15 minutes)`);
        note(`  web app    ${baseUrl}/app/`);
        // A key from the environment is known already.
        if (environment.CUEBOOK_WRITE_KEYS === undefined)
          for (const { key, scope } of secrets.writeKeys) note(`  write key  ${key}  (${scope})`);
        const token =
          environment.CUEBOOK_API_TOKEN === undefined ? `apiToken in ${held.secretsFile}` : 'CUEBOOK_API_TOKEN';
        note(`  API token  ${token}`);
        note(
          `A first event:\n  ${firstEvent(baseUrl, environment.CUEBOOK_WRITE_KEYS === undefined ? secrets.writeKeys[0]!.key : 'WRITE_KEY')}`,
        );
        await Promise.race([stopRequested, runtime.failed]);
      } finally {
        const open = await openJourneys(runtime.database);
        await runtime.stop();
        if (open !== undefined) note(`Stopped. ${counted(open, 'journey')} under way; they go on at the next start.`);
      }
    },
  );
}

/** A line of shell that sends an event; what the environment's keys are is not repeated. */
function firstEvent(baseUrl: string, writeKey: string): string {
  const call = JSON.stringify({ userId: 'ada', event: 'trial.started', properties: { plan: 'pro' } });
  return `curl ${baseUrl}/v1/track -u ${writeKey}: -H 'content-type: application/json' -d '${call}'`;
}

/** Undefined where the database does not answer any more. */
async function openJourneys(database: Database): Promise<number | undefined> {
  return readBacklog(database).then(
    ({ openEnrolments }) => openEnrolments,
    () => undefined,
  );
}

/** A pace that an earlier start has set goes on, and is said. */
async function setPace(database: Database, warp: number | undefined): Promise<void> {
  const { mode } = await readClock(database.pool);
  if (warp !== undefined && (warp !== 1 || mode !== 'real')) await setClock(database, { mode: 'warped', warp });
  const clock = await readClock(database.pool);
  if (clock.mode === 'real') return;
  const pace = clock.warp === 1 ? 'at the pace of real time' : `${clock.warp} times as fast as real time`;
  const since = warp === undefined ? ', as an earlier start set it; --warp 1 ends that' : '';
  note(`The clock is virtual: it shows ${isoInstant(clock.now)} and runs ${pace}${since}.`);
}
