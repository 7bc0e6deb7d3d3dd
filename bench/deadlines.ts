/** Deadlines: a hundred thousand due among a million, against a bare claim; and how late they are while events come in. */
import { setTimeout as sleep } from 'node:timers/promises';
import { currentDeployed } from '../evaluator/deployed-program.ts';
import { runEvaluator } from '../evaluator/evaluator.ts';
import type { Database } from '../store/postgres/database.ts';
import { buildProgram } from '../triggers/index/program.ts';
import { claimBarely, copyDeadlines } from './lib/bare-claims.ts';
import { type Bench, type BenchContext, rounds, roundsAt, sized } from './lib/bench.ts';
import { deployFiles } from './lib/deploy.ts';
import { type Figure, latency, median, rate } from './lib/figures.ts';
import { withDatabase } from './lib/parts.ts';
import { openPoster, requestsOf } from './lib/requests.ts';
import { bringForward, seedContacts, seedWatches, settleTables } from './lib/seed.ts';
import { writeKeyServer } from './lib/server.ts';
import { calls } from './lib/traffic.ts';

const PENDING = 1_000_000;
const DUE = 100_000;
const ROUNDS = 3;
const DAY_MS = 86_400_000;
/** How many fall due while ingest runs, one every two milliseconds. */
const PUNCTUAL = 5_000;
const PUNCTUAL_EVERY_MS = 2;
/** How many events come in meanwhile. */
const BATCH = 50;
const BATCH_EVERY_MS = 100;

const PLAYBOOK = `
playbook: watched
trigger: { event: cart.updated, unless: order.completed, within: 1h }
again: always
steps:
  - record: seen
`;

export const deadlines: Bench = {
  needs: { temporal: false },
  run: (context) =>
    withDatabase(context.parts, 'bench_deadlines', async (database) => {
      const pending = sized(PENDING, context.scale);
      await fill(database, pending, context);
      return [...(await claiming(database, context, pending)), ...(await punctual(database, context))];
    }),
};

async function fill(database: Database, pending: number, { say }: BenchContext): Promise<void> {
  say(`deadlines: putting ${pending} contacts and as many waiting watches into the store`);
  await deployFiles(database, [{ path: 'watched.yaml', text: PLAYBOOK }]);
  const deployed = await currentDeployed(database.pool, undefined);
  const program = buildProgram([...deployed!.program.versions.values()], deployed!.program.settings);
  const [arm] = [...program.subjects.get('contact')!.arms.values()];
  await seedContacts(database, 'p', pending);
  const { owner, hash } = arm!;
  await seedWatches(database, { owner, hash, prefix: 'p', count: pending, firstInMs: DAY_MS, everyMs: 60 });
  await settleTables(database);
}

/** The evaluator alone, without a worker: it evaluates each watch, fires, and enters the enrolment. */
async function claiming(database: Database, context: BenchContext, pending: number): Promise<Figure[]> {
  const { scale, say, log } = context;
  const due = sized(DUE, scale);
  const measured = await rounds(roundsAt(ROUNDS, scale), async (n) => {
    say(`deadlines: ${due} due of ${pending}, round ${n}`);
    await bringForward(database, { count: due, firstInMs: -3_600_000, everyMs: 3_000_000 / due });
    await settleTables(database);
    await copyDeadlines(database);
    const bareMs = await timed(() => claimBarely(database));
    const evaluator = runEvaluator({ database, log });
    const ms = await timed(() => evaluator.idle());
    await evaluator.stop();
    return { perSecond: (due / ms) * 1000, bare: (due / bareMs) * 1000 };
  });
  const bound = { name: 'bare SKIP LOCKED claims of 500', value: median(measured.map(({ bare }) => bare)) };
  const perSecond = measured.map((round) => round.perSecond);
  return [rate(`${due} due of ${pending} pending`, 'claims/s', perSecond, bound)];
}

/** How long after its instant a deadline's firing was written, while events are taken in and consumed. */
async function punctual(database: Database, { scale, say, log }: BenchContext): Promise<Figure[]> {
  const count = sized(PUNCTUAL, scale);
  say(`deadlines: ${count} falling due one after the other while events come in`);
  const server = await writeKeyServer(database);
  const evaluator = runEvaluator({ database, log });
  try {
    const [before] = (await database.pool.query<{ n: number }>('SELECT count(*)::int AS n FROM firings')).rows;
    await bringForward(database, { count, firstInMs: 2_000, everyMs: PUNCTUAL_EVERY_MS });
    const lastMs = 2_000 + count * PUNCTUAL_EVERY_MS;
    const sent = await sendSteadily(server.target, lastMs + 1_000);
    await evaluator.idle();
    const { rows } = await database.pool.query<{ late_ms: number }>(
      `SELECT (extract(epoch FROM made_at - at) * 1000)::float8 AS late_ms FROM firings
        WHERE playbook = 'watched' ORDER BY made_at DESC LIMIT $1`,
      [count],
    );
    say(`deadlines: ${rows.length} fired beside ${sent} events (${before!.n} firings before)`);
    return latency(
      `a deadline's firing written after its instant, while ${Math.round((BATCH / BATCH_EVERY_MS) * 1000)} events/s come in`,
      rows.map((row) => Math.max(row.late_ms, 0.001)),
    );
  } finally {
    await evaluator.stop();
    await server.close();
  }
}

async function sendSteadily(target: Parameters<typeof openPoster>[0], forMs: number): Promise<number> {
  const poster = openPoster(target, 1);
  const batches = Math.ceil(forMs / BATCH_EVERY_MS);
  const requests = requestsOf(calls('beside', batches * BATCH), BATCH);
  const startMs = performance.now();
  try {
    for (const [n, request] of requests.entries()) {
      await sleep(Math.max(0, startMs + n * BATCH_EVERY_MS - performance.now()));
      await poster.post(request);
    }
    return batches * BATCH;
  } finally {
    poster.close();
  }
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const startMs = performance.now();
  await work();
  return performance.now() - startMs;
}
