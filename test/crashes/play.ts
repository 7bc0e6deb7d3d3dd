/** Plays calls live: PostgreSQL, the evaluator, the activities; with processes that die, or none that does. */
import { pino } from 'pino';
import { recoverOrphanedClaims } from '../../activities/deliver.ts';
import { createActivities } from '../../activities/journey.ts';
import { deploy } from '../../evaluator/deploy.ts';
import { runEvaluator } from '../../evaluator/evaluator.ts';
import { parseCall } from '../../events/parse-call.ts';
import { readJson } from '../../events/read-json.ts';
import type { Instant, PlaybookVersion } from '../../language/model.ts';
import type { WireCall } from '../../simulate/crashes/histories.ts';
import type { DeployedConfig } from '../../store/deployments/deployments.ts';
import { appendEvents } from '../../store/events/events.ts';
import { setClock, stepClock } from '../../store/postgres/clock.ts';
import { type Database, openDatabase } from '../../store/postgres/database.ts';
import { openWatermark } from '../../store/postgres/watermark.ts';
import { buildProgram } from '../../triggers/index/program.ts';
import type { CohortActivities, CohortItem, CohortReply } from '../../workflows/cohort/types.ts';
import { silent } from '../support/evaluation.ts';
import { testDatabase } from '../support/postgres.ts';
import { Cohorts, type Disorder } from './cohorts.ts';
import { type Death, Mortal } from './mortal.ts';
import type { Outside } from './outside.ts';

export interface Play {
  versions: readonly PlaybookVersion[];
  surroundings: DeployedConfig;
  calls: readonly WireCall[];
  /** Whether the calls are read as those of a file are (E8). */
  areHistory?: boolean;
  start: Instant;
  until: Instant;
  outside: Outside;
  disorder?: Disorder | undefined;
  cohortOf?: (subject: string) => string;
  /** How the process of a cohort dies at this request; undefined: it does not. */
  deathOf?: (cohort: string) => Death | undefined;
  /** When the evaluator dies next. */
  evaluatorDies?: () => Death | undefined;
  /** Told of each request that was carried out or died. */
  onRequest?: (cohort: string, process: Mortal) => void;
}

export interface Played extends AsyncDisposable {
  database: Database;
  deaths: number;
  requests: number;
}

const LINKS = { secret: 'a secret of the tests', publicUrl: 'https://cuebook.example' };
/** Instants that lie so close are one for the clock: it comes late to some of them, as timers do. */
const GRID_MS = 300_000;
const MAX_ROUNDS = 400;

export async function play(asked: Play): Promise<Played> {
  const { versions, surroundings, start, until, outside, calls, areHistory = false } = asked;
  const { url, drop } = await testDatabase();
  const database = openDatabase(url);
  await setClock(database, { mode: 'stepped', at: start - 1 });
  await deploy(database, {
    versions,
    surroundings,
    listened: [...buildProgram(versions, surroundings.settings).names],
  });
  const played = { database, deaths: 0, requests: 0 };
  let hasOrphans = false;
  const log = pino({ level: 'silent' });
  const options = { ...LINKS, log, mailer: outside.mailer, ask: outside.ask, inHandover: 100 };
  const activities = new Map([[outside.activity.name, outside.activity]]);
  const processOf = (mortal: Mortal) =>
    createActivities({
      ...options,
      database: mortal.database,
      watermark: openWatermark(mortal.database),
      webhookSecrets: [Buffer.alloc(32, 1)],
      activities,
    });
  const living = processOf(new Mortal(database));
  const died = async () => {
    played.deaths += 1;
    hasOrphans = true;
    await letLeasesEnd(database);
  };
  const carryOut = async (kind: keyof CohortActivities, cohort: string, items: CohortItem[]): Promise<CohortReply> => {
    played.requests += 1;
    const death = asked.deathOf?.(cohort);
    const mortal = new Mortal(database, death);
    const request = { cohortId: 'by-hand', versionHash: '', items };
    try {
      return await processOf(mortal)[kind](request);
    } finally {
      asked.onRequest?.(cohort, mortal);
      if (mortal.isDead) await died();
    }
  };
  const cohorts = new Cohorts(database, versions, carryOut, asked);

  const openEvaluator = () => {
    const mortal = new Mortal(database);
    return { mortal, evaluator: runEvaluator({ database: mortal.database, log: silent }) };
  };
  let { mortal, evaluator } = openEvaluator();
  const consumed = async () => {
    const death = asked.evaluatorDies?.();
    if (death) mortal.diesAt(death);
    for (;;) {
      await evaluator.idle().catch((error: Error) => {
        if (!mortal.isDead) throw error;
      });
      if (!mortal.isDead) return;
      played.deaths += 1;
      await evaluator.stop();
      ({ mortal, evaluator } = openEvaluator());
    }
  };

  let now = start - 1;
  const stepTo = async (to: Instant) => {
    if (to <= now) return;
    outside.now = now = to;
    await stepClock(database.pool, to);
    await consumed();
  };
  const settle = async () => {
    for (let round = 0, moved = true; moved; round++) {
      if (round > MAX_ROUNDS) throw new Error(`At ${new Date(now).toISOString()} nothing comes to rest`);
      await stepTo(now + 1);
      moved = await cohorts.move(now);
      if (hasOrphans && !moved) {
        await recoverOrphanedClaims({ database, log, ask: outside.ask });
        hasOrphans = false;
        moved = true;
      }
      if ((await living.mailColleagues()) > 0) moved = true;
    }
  };
  const passUntil = async (end: Instant) => {
    for (;;) {
      const due = await nextDue(database);
      if (due === undefined || due >= end) return;
      await stepTo(Math.min(end - 1, Math.max(now + 1, Math.ceil((due + 1) / GRID_MS) * GRID_MS)));
      await settle();
    }
  };
  const sent = new Map<Instant, WireCall[]>();
  for (const call of calls) {
    const at = Date.parse(String(call.timestamp));
    sent.set(at, [...(sent.get(at) ?? []), call]);
  }
  for (const at of [...sent.keys()].sort((a, b) => a - b)) {
    await passUntil(at);
    await stepTo(at);
    await appendEvents(
      database,
      sent
        .get(at)!
        .map((call) => parseCall(readJson(JSON.stringify(call)), { source: 'import', history: areHistory }).event),
    );
    await consumed();
    await settle();
  }
  await passUntil(until);
  await evaluator.stop();
  return Object.assign(played, {
    async [Symbol.asyncDispose]() {
      await database.close();
      await drop();
    },
  });
}

/** Whoever held them is dead; that takes a minute of real time. */
async function letLeasesEnd({ pool }: Database): Promise<void> {
  const over = `SET lease_until = clock_timestamp() - interval '1 second' WHERE status = 'claimed'`;
  await pool.query(`UPDATE effects ${over}; UPDATE colleague_mails ${over}`);
}

/** When something is due: a deadline, a journey, a schedule, a mail of its own time. */
async function nextDue({ pool }: Database): Promise<Instant | undefined> {
  const { rows } = await pool.query<{ at: Instant | null }>(
    `SELECT least((SELECT min(due_at) FROM deadlines),
                  (SELECT min(next_at) FROM schedules WHERE playbook NOT LIKE 'trait:%' AND next_at >= cuebook_now()),
                  (SELECT min(next_at) FROM enrolments WHERE outcome IS NULL AND next_at >= cuebook_now()),
                  (SELECT min(next_at) FROM colleague_mails
                    WHERE status IN ('open', 'waiting') AND next_at >= cuebook_now())) AS at`,
  );
  return rows[0]!.at ?? undefined;
}
