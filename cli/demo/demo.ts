/** `cuebook demo`: a made-up company on the real parts, under a clock that runs fast. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Instant } from '../../language/model.ts';
import { addDays, localDate, weekday } from '../../language/time/zones.ts';
import { setClock } from '../../store/postgres/clock.ts';
import { secretsInUse } from '../boot/secrets.ts';
import { type HeldParts, holdingParts } from '../boot/with-parts.ts';
import { type Environment, readEnvironment } from '../environment.ts';
import { print, progress } from '../output.ts';
import { createLogger } from '../report/log.ts';
import { deployFolder } from '../run/deploy-folder.ts';
import { prepareStore } from '../run/prepare-store.ts';
import { reportDeployed } from '../run/report-deployed.ts';
import { type Runtime, startRuntime } from '../run/runtime.ts';
import { wholeOptions } from '../run/whole-options.ts';
import { Days, ZONE } from './calls.ts';
import { trackingClient } from './client.ts';
import { makeCompany } from './company.ts';
import { follow } from './follower.ts';
import { freshDatabase, freshFolder } from './fresh.ts';
import { tellHistory } from './history.ts';
import { narrator } from './narrator.ts';
import { play } from './player.ts';
import { resultOf } from './result.ts';
import { Traffic } from './traffic.ts';

export interface DemoOptions {
  /** Virtual seconds a real second. */
  warp: number;
  /** Real milliseconds from the moment at which the clock begins to run. */
  for?: number;
  json?: boolean;
  port?: number;
  seed: number;
  dataDir?: string;
}

/** Ten minutes before the daily look at usage, and in time for a whole working day. */
const BEGINS_AT = '08:50';

/** Plays until it is stopped, or for as long as was asked. @throws Failure when something is missing. */
export async function demo(options: DemoOptions): Promise<void> {
  // Mails of a demo reach no one, whatever the environment says.
  const environment: Environment = { ...readEnvironment(), SMTP_URL: undefined };
  const dataDir = join(options.dataDir ?? environment.CUEBOOK_DATA_DIR, 'demo');
  const log = createLogger({ level: environment.LOG_LEVEL === 'info' ? 'warn' : environment.LOG_LEVEL });
  await freshFolder(dataDir);
  const needs = { postgres: true, temporal: true, mailbox: true };
  await holdingParts({ environment, needs, dataDir, say: progress, log }, async (held) => {
    const { parts, stopRequested } = held;
    const days = new Days(comingMonday(Date.now()));
    const begin = days.at(0, BEGINS_AT);
    await freshDatabase(parts.databaseUrl!, environment.DATABASE_URL === undefined);
    await prepareStore(parts.databaseUrl!, async (database) => {
      // The clock is stopped until the past is sent.
      await setClock(database, { mode: 'stepped', at: begin });
      reportDeployedIfFaulty(await deployFolder(database, playbooksFolder(environment)));
    });
    const secrets = secretsInUse(environment, held.dataDir.secrets);
    const whole = {
      environment: { ...environment, CUEBOOK_PLAYBOOKS: playbooksFolder(environment) },
      parts,
      secrets,
      open: true,
      port: options.port,
      log,
      say: progress,
    };
    const runtime = await startRuntime({ ...(await wholeOptions(whole)), keepsClock: false });
    try {
      await perform({ runtime, options, days, begin, held, writeKey: secrets.writeKeys[0]!.key, stopRequested });
    } finally {
      await runtime.stop();
    }
  });
}

interface Performance {
  runtime: Runtime;
  options: DemoOptions;
  days: Days;
  begin: Instant;
  held: HeldParts;
  writeKey: string;
  stopRequested: Promise<unknown>;
}

async function perform({ runtime, options, days, begin, held, writeKey, stopRequested }: Performance): Promise<void> {
  const { database, evaluator, http } = runtime;
  const { seed, warp, json } = options;
  const baseUrl = http!.baseUrl;
  const company = makeCompany(seed);
  const client = trackingClient({ baseUrl, writeKey, name: `demo-${seed}` });
  progress('Telling the forty days before.');
  await client.send('import', tellHistory(company, days, seed, begin));
  await evaluator!.idle();
  await setClock(database, { mode: 'warped', warp });
  const player = play({ database, client, traffic: new Traffic(company, days, seed), days });
  const narrated = json ? undefined : await narrator(database, { baseUrl, warp, begin });
  const follower = narrated && follow(database, narrated);
  // What fails is thrown by whichever is awaited first; the others are heard, too.
  const failures = Promise.all([runtime.failed, player.done, follower?.done]);
  failures.catch(() => undefined);
  const over = new AbortController();
  const timeOver =
    options.for === undefined ? new Promise(() => {}) : sleep(options.for, undefined, { signal: over.signal });
  timeOver.catch(() => undefined);
  try {
    await Promise.race([timeOver, stopRequested, failures]);
  } finally {
    over.abort();
    await player.stop();
    await follower?.stop();
  }
  if (json) print(JSON.stringify(await resultOf(database, held.parts.chosen)));
}

/** The date of the next Monday on which it is not yet morning. */
function comingMonday(now: Instant): string {
  const today = localDate(now, ZONE);
  const inDays = (7 - weekday(today)) % 7;
  const monday = addDays(today, inDays);
  return new Days(monday).at(0, BEGINS_AT) > now ? monday : addDays(monday, 7);
}

/** The folder at hand, so that one can change a playbook and look; else the one that comes along. */
function playbooksFolder({ CUEBOOK_PLAYBOOKS: folder }: Environment): string {
  if (existsSync(folder)) return folder;
  const above = ['../../playbooks', '../../../playbooks'].map((path) => fileURLToPath(new URL(path, import.meta.url)));
  return above.find((path) => existsSync(path)) ?? folder;
}

function reportDeployedIfFaulty(deployed: Awaited<ReturnType<typeof deployFolder>>): void {
  if (deployed.faults.length > 0) reportDeployed(deployed);
}
