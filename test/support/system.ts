/** A whole Cuebook in the test's own process, on real parts: HTTP, evaluator, worker, mailbox. */

import { randomUUID } from 'node:crypto';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { simpleParser } from 'mailparser';
import { pino } from 'pino';
import type { Activities } from '../../activities/calls/load.ts';
import { type Mailbox, startMailbox } from '../../cli/mailbox/start.ts';
import { deployFolder } from '../../cli/run/deploy-folder.ts';
import { type Runtime, startRuntime } from '../../cli/run/runtime.ts';
import { deploy } from '../../evaluator/deploy.ts';
import type { Instant, Json, PlaybookVersion } from '../../language/model.ts';
import { isoInstant } from '../../language/time/instants.ts';
import type { DeployedConfig } from '../../store/deployments/deployments.ts';
import { type ClockMode, setClock, stepClock } from '../../store/postgres/clock.ts';
import { type Database, openDatabase } from '../../store/postgres/database.ts';
import { buildProgram } from '../../triggers/index/program.ts';
import { signalDue } from '../../worker/clock-stepper.ts';
import { testDatabase } from './postgres.ts';
import { busyWith } from './quiet.ts';
import { testTemporal } from './temporal.ts';

export interface SystemOptions {
  /** A folder, by default the playbooks that ship; or what was compiled. */
  playbooks?: string | { versions: readonly PlaybookVersion[]; surroundings: DeployedConfig };
  clock: { mode: ClockMode; warp?: number; at?: Instant };
  /** Another mail server than the system's own mailbox. */
  smtp?: string;
  /** Sign requests of webhooks. */
  webhookSecrets?: Buffer[];
  /** Custom activities. */
  activities?: Activities;
}

/** A Segment call; `at` becomes its timestamp. */
export type SystemCall = { at?: Instant; type?: string; [name: string]: Json | undefined };

export interface SystemMail {
  to: string;
  subject: string;
  text: string;
  playbook: string | undefined;
  /** Where one click unsubscribes (RFC 8058). */
  unsubscribe: string | undefined;
}

export interface System extends AsyncDisposable {
  baseUrl: string;
  writeKey: string;
  apiToken: string;
  database: Database;
  runtime: Runtime;
  taskQueue: string;
  /** Sends calls through the tracking API, in one batch. */
  post(calls: readonly SystemCall[]): Promise<void>;
  /** The same as dated history. */
  importHistory(calls: readonly SystemCall[]): Promise<void>;
  /**
   * Moves a stepped clock and waits until all that is due is done. What stands at an instant happens once the clock has
   * passed it: step to a second after what shall be seen.
   */
  step(to: Instant): Promise<void>;
  /** Waits until nothing can happen before the clock moves on, or something comes in. */
  idle(): Promise<void>;
  /** What the mailbox has taken, oldest first. Empty where `smtp` names another server. */
  mails(): Promise<SystemMail[]>;
  stop(): Promise<void>;
}

const log = pino({ level: process.env.LOG_LEVEL ?? 'silent' });
const IDLE_WITHIN_MS = 50_000;
const LOOK_AGAIN_MS = 10;

/** The first one of a run boots PostgreSQL and Temporal: give the hook that calls it a minute. */
export async function startSystem(options: SystemOptions): Promise<System> {
  const writeKey = `write-${randomUUID()}`;
  const apiToken = `token-${randomUUID()}`;
  const taskQueue = `test-${randomUUID()}`;
  const [server, temporal, mail] = await Promise.all([testDatabase(), testTemporal(), openMail()]);
  await prepare(server.url, options);
  const runtime = await startRuntime({
    databaseUrl: server.url,
    secret: 'a-secret-of-a-test-and-of-nothing-else',
    log,
    say: (line) => log.info(line),
    keepsClock: false,
    http: {
      writeKeys: [{ source: 'test', key: writeKey }],
      access: { apiToken, open: false },
      parts: [],
      mailbox: mail.mailbox,
    },
    evaluator: true,
    worker: {
      temporal: { address: temporal.address, namespace: 'default' },
      taskQueue,
      smtpUrl: options.smtp ?? mail.smtpUrl,
      webhookSecrets: options.webhookSecrets,
      activities: options.activities,
      ...(options.smtp === undefined && { ask: async (messageId: string) => mail.mailbox.has(messageId) }),
    },
  });
  const { database, http, evaluator, worker } = runtime;
  const baseUrl = http!.baseUrl;

  const idle = async () => {
    const giveUpAt = performance.now() + IDLE_WITHIN_MS;
    for (;;) {
      await evaluator!.idle();
      const busy = await busyWith(database.pool, worker!.client);
      if (busy === undefined) return;
      if (performance.now() > giveUpAt) throw new Error(`Still busy after ${IDLE_WITHIN_MS} ms: ${busy}`);
      await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS));
    }
  };

  const send = async (route: string, calls: readonly SystemCall[]) => {
    const batch = calls.map(({ at, ...call }) => ({
      type: 'track',
      ...(at !== undefined && { timestamp: isoInstant(at) }),
      messageId: randomUUID(),
      ...call,
    }));
    const response = await fetch(`${baseUrl}/v1/${route}`, {
      method: 'POST',
      headers: { authorization: `Basic ${btoa(`${writeKey}:`)}`, 'content-type': 'application/json' },
      body: JSON.stringify({ batch }),
    });
    const answer = await response.text();
    if (!response.ok || (JSON.parse(answer) as { refused: unknown[] }).refused.length > 0) throw new Error(answer);
  };

  let stopped: Promise<void> | undefined;
  const stop = async () => {
    await runtime.stop();
    await mail.close();
    await server.drop();
  };
  const stopOnce = () => (stopped ??= stop());

  return {
    baseUrl,
    writeKey,
    apiToken,
    database,
    runtime,
    taskQueue,
    idle,
    post: (calls) => send('batch', calls),
    importHistory: (calls) => send('import', calls),
    async step(to) {
      await stepClock(database.pool, to);
      // Events and deadlines come before journeys (E4).
      await evaluator!.idle();
      await signalDue({ database, client: worker!.client }, to);
      await idle();
    },
    mails: () => readMails(mail.mailbox),
    stop: stopOnce,
    [Symbol.asyncDispose]: stopOnce,
  };
}

async function prepare(databaseUrl: string, { clock, playbooks = 'playbooks' }: SystemOptions): Promise<void> {
  const database = openDatabase(databaseUrl, { max: 2 });
  try {
    await setClock(database, clock);
    if (typeof playbooks === 'string') {
      const { faults } = await deployFolder(database, playbooks);
      if (faults.length > 0) throw new Error(faults.join('\n'));
    } else {
      const { names } = buildProgram(playbooks.versions, playbooks.surroundings.settings);
      await deploy(database, { ...playbooks, listened: [...names] });
    }
  } finally {
    await database.close();
  }
}

async function openMail(): Promise<{ mailbox: Mailbox; smtpUrl: string; close(): Promise<void> }> {
  const dir = await mkdtemp(join(tmpdir(), 'cuebook-mail-'));
  await chmod(dir, 0o755);
  const { mailbox, smtpUrl, close } = await startMailbox({ dir, smtpPort: 0, host: '127.0.0.1' });
  return {
    mailbox,
    smtpUrl,
    async close() {
      await close();
      await rm(dir, { recursive: true, force: true });
    },
  };
}

async function readMails(mailbox: Mailbox): Promise<SystemMail[]> {
  const { mails } = await mailbox.list({ perPage: 1_000 });
  const read = mails.toReversed().map(async ({ id, to, subject, playbook }) => {
    const { raw } = (await mailbox.read(id))!;
    const parsed = await simpleParser(raw);
    const list = parsed.headers.get('list') as { unsubscribe?: { url?: string } } | undefined;
    return { to, subject, playbook, text: parsed.text ?? '', unsubscribe: list?.unsubscribe?.url };
  });
  return Promise.all(read);
}
