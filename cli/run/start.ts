/** `cuebook start`: everything in one process, on one's own data. */
import { readClock, resumeClock, setClock } from '../../store/postgres/clock.ts';
import type { Database } from '../../store/postgres/database.ts';
import { secretsInUse } from '../boot/secrets.ts';
import { holdingParts } from '../boot/with-parts.ts';
import { readEnvironment } from '../environment.ts';
import { note, progress } from '../output.ts';
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
}

/** Serves until it is told to stop. @throws Failure when something is missing, or a part was given up. */
export async function start(options: StartOptions): Promise<void> {
  const environment = readEnvironment();
  const { dataDir, host, port, publicUrl } = options;
  const needs = { postgres: true, temporal: true, mailbox: true };
  const booting = createLogger({ level: environment.LOG_LEVEL });
  await holdingParts(
    { environment, needs, say: progress, log: booting, ...(dataDir !== undefined && { dataDir }) },
    async ({ parts, dataDir: held, stopRequested }) => {
      const secrets = secretsInUse(environment, held.secrets);
      const hidden = [secrets.secret, secrets.apiToken, ...secrets.writeKeys.map(({ key }) => key)];
      const log = createLogger({ level: environment.LOG_LEVEL, secrets: hidden });
      await prepareStore(parts.databaseUrl!, async (database) => {
        await setPace(database, options.warp);
        reportDeployed(await deployFolder(database, environment.CUEBOOK_PLAYBOOKS));
      });
      const whole = {
        environment,
        parts,
        secrets,
        open: false,
        host,
        port,
        publicUrl: publicUrl ?? environment.CUEBOOK_PUBLIC_URL,
        log,
        say: progress,
      };
      const runtime = await startRuntime(await wholeOptions(whole));
      try {
        note(`Cuebook is ready: ${runtime.http!.baseUrl}`);
        // A key from the environment is known already.
        if (environment.CUEBOOK_WRITE_KEYS === undefined)
          for (const { key, scope } of secrets.writeKeys) note(`  write key  ${key}  (${scope})`);
        const token =
          environment.CUEBOOK_API_TOKEN === undefined ? `apiToken in ${held.secretsFile}` : 'CUEBOOK_API_TOKEN';
        note(`  API token  ${token}`);
        await Promise.race([stopRequested, runtime.failed]);
      } finally {
        await runtime.stop();
      }
    },
  );
}

/** A warped clock stood still while nothing ran; a real one did not. */
async function setPace(database: Database, warp: number | undefined): Promise<void> {
  await resumeClock(database);
  if (warp === undefined) return;
  const { mode } = await readClock(database.pool);
  if (warp !== 1 || mode !== 'real') await setClock(database, { mode: 'warped', warp });
}
