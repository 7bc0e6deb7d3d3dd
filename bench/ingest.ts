/** Durable ingest through HTTP, and the evaluator behind it, each beside what PostgreSQL does without them. */
import { join } from 'node:path';
import { runEvaluator } from '../ingest/evaluator.ts';
import { loadFolder } from '../language/load.ts';
import type { Database } from '../store/database.ts';
import { appendEvents } from '../store/events.ts';
import { insertBatches, insertSingly, makeBareTable } from './lib/bare-inserts.ts';
import { type Bench, type BenchContext, rounds, roundsAt, sized } from './lib/bench.ts';
import { deployFiles } from './lib/deploy.ts';
import { type Figure, latency, median, rate } from './lib/figures.ts';
import { load } from './lib/load.ts';
import { newEvents } from './lib/parsed.ts';
import { withDatabase } from './lib/parts.ts';
import { writeKeyServer } from './lib/server.ts';
import { calls } from './lib/traffic.ts';

const ROUNDS = 5;
const BATCH = 100;
const BARE_CONNECTIONS = 8;
/** Events of one round. */
const IN_BATCHES = 20_000;
const SINGLY_MANY = 10_000;
const SINGLY_ONE = 1_000;
const BACKLOG = 20_000;
/** Of the backlog, appended in one transaction. */
const APPENDED_AT_ONCE = 1_000;
const PLAYBOOKS = 'playbooks';

interface Way {
  name: string;
  batch: number;
  concurrency: number;
  events: number;
}

const WAYS: Way[] = [
  { name: 'batches of 100, 50 at a time', batch: BATCH, concurrency: 50, events: IN_BATCHES },
  { name: 'batches of 100, one at a time', batch: BATCH, concurrency: 1, events: IN_BATCHES },
  { name: 'singly, 50 at a time', batch: 1, concurrency: 50, events: SINGLY_MANY },
  { name: 'singly, one at a time', batch: 1, concurrency: 1, events: SINGLY_ONE },
];

export const ingest: Bench = {
  needs: { temporal: false },
  async run(context) {
    return [...(await taking(context)), ...(await consuming(context))];
  },
};

function taking({ parts, scale, say }: BenchContext): Promise<Figure[]> {
  return withDatabase(parts, 'bench_ingest', async (database) => {
    const bare = await bareInserts(database, scale, say);
    const server = await writeKeyServer(database);
    try {
      const figures: Figure[] = [];
      for (const way of WAYS) figures.push(...(await measure(way, server.target, bare, scale, say)));
      return figures;
    } finally {
      await server.close();
    }
  });
}

interface Bare {
  batches: number;
  singly: number;
}

async function bareInserts(database: Database, scale: number, say: (line: string) => void): Promise<Bare> {
  await makeBareTable(database.pool);
  const inBatches = await rounds(roundsAt(ROUNDS, scale), (n) => {
    say(`ingest: bare inserts, round ${n}`);
    return insertBatches(database.pool, newEvents(calls(`bare-batch-${n}`, sized(IN_BATCHES, scale, BATCH))), BATCH);
  });
  const singly = await rounds(roundsAt(ROUNDS, scale), (n) =>
    insertSingly(database, newEvents(calls(`bare-single-${n}`, sized(SINGLY_MANY, scale))), BARE_CONNECTIONS),
  );
  return { batches: median(inBatches), singly: median(singly) };
}

async function measure(
  way: Way,
  target: Parameters<typeof load>[0]['target'],
  bare: Bare,
  scale: number,
  say: (line: string) => void,
): Promise<Figure[]> {
  const { name, batch, concurrency } = way;
  const events = sized(way.events, scale, batch);
  const sent = await rounds(roundsAt(ROUNDS, scale), (n) => {
    say(`ingest: ${name}, round ${n}`);
    return load({ target, label: `${batch}-${concurrency}-${n}`, batch, events, concurrency });
  });
  const perSecond = sent.map(({ elapsedMs }) => (events / elapsedMs) * 1000);
  const bound =
    batch === 1
      ? { name: `bare single inserts, ${BARE_CONNECTIONS} connections`, value: bare.singly }
      : { name: 'bare UNNEST inserts of 100 rows, 1 connection', value: bare.batches };
  const latencies = sent.flatMap(({ latenciesMs }) => latenciesMs);
  return [rate(name, 'events/s', perSecond, bound), ...latency(`${name}, a request`, latencies)];
}

/** How fast a backlog is consumed with the playbooks that ship deployed; journeys stay in the outbox. */
async function consuming({ parts, scale, say, log }: BenchContext): Promise<Figure[]> {
  const { files } = await loadFolder(join(process.cwd(), PLAYBOOKS));
  const events = sized(BACKLOG, scale, BATCH);
  const perSecond = await rounds(roundsAt(ROUNDS, scale), (n) =>
    withDatabase(parts, 'bench_evaluator', async (database) => {
      say(`ingest: the evaluator on a backlog, round ${n}`);
      await deployFiles(database, files);
      const backlog = newEvents(calls(`backlog-${n}`, events));
      for (let i = 0; i < backlog.length; i += APPENDED_AT_ONCE) {
        await appendEvents(database, backlog.slice(i, i + APPENDED_AT_ONCE));
      }
      const startMs = performance.now();
      const evaluator = runEvaluator({ database, log });
      await evaluator.idle();
      const elapsedMs = performance.now() - startMs;
      await evaluator.stop();
      return (events / elapsedMs) * 1000;
    }),
  );
  return [rate(`the evaluator, on a backlog of ${events}`, 'events/s', perSecond)];
}
