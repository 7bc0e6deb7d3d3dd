/** Durable ingest through HTTP, and the evaluator after it, each against what PostgreSQL does without them. */
import { runEvaluator } from '../evaluator/evaluator.ts';
import { loadFolder } from '../language/compile/files/load-folder.ts';
import { appendEvents } from '../store/events/events.ts';
import type { Database } from '../store/postgres/database.ts';
import { consumeBarely } from './lib/bare-consume.ts';
import { insertBatches, insertSingly, makeBareTable } from './lib/bare-inserts.ts';
import { type Bench, type BenchContext, rounds, roundsAt, sized } from './lib/bench.ts';
import { deployFiles } from './lib/deploy.ts';
import { type Bound, type Figure, latency, median, rate } from './lib/figures.ts';
import { load } from './lib/load.ts';
import { newEvents } from './lib/parsed.ts';
import { withDatabase } from './lib/parts.ts';
import type { Target } from './lib/requests.ts';
import { writeKeyServer } from './lib/server.ts';
import { calls } from './lib/traffic.ts';

const ROUNDS = 5;
const BATCH = 100;
const BACKLOG = 20_000;
/** Of the backlog, appended in one transaction. */
const APPENDED_AT_ONCE = 1_000;
const PLAYBOOKS = 'playbooks';

interface Way {
  name: string;
  batch: number;
  concurrency: number;
  /** Of one round. */
  events: number;
  /** Of the bare inserts that it is compared with. */
  connections: number;
}

const WAYS: Way[] = [
  { name: 'batches of 100, 50 at a time', batch: BATCH, concurrency: 50, events: 20_000, connections: 1 },
  { name: 'batches of 100, one at a time', batch: BATCH, concurrency: 1, events: 20_000, connections: 1 },
  { name: 'singly, 50 at a time', batch: 1, concurrency: 50, events: 10_000, connections: 8 },
  { name: 'singly, one at a time', batch: 1, concurrency: 1, events: 1_000, connections: 1 },
];

export const ingest: Bench = {
  needs: { temporal: false },
  async run(context) {
    return [...(await taking(context)), ...(await consuming(context))];
  },
};

function taking(context: BenchContext): Promise<Figure[]> {
  return withDatabase(context.parts, 'bench_ingest', async (database) => {
    await makeBareTable(database.pool);
    const server = await writeKeyServer(database);
    try {
      const figures: Figure[] = [];
      for (const way of WAYS) figures.push(...(await measure(way, database, server.target, context)));
      return figures;
    } finally {
      await server.close();
    }
  });
}

/** A way of sending, and in turns with it the same number of events inserted barely. */
async function measure(way: Way, database: Database, target: Target, { scale, say }: BenchContext): Promise<Figure[]> {
  const { name, batch, concurrency, connections } = way;
  const events = sized(way.events, scale, batch);
  const measured = await rounds(roundsAt(ROUNDS, scale), async (n) => {
    say(`ingest: ${name}, round ${n}`);
    const bare = newEvents(calls(`bare-${batch}-${concurrency}-${n}`, events));
    const barePerSecond =
      batch === 1 ? await insertSingly(database, bare, connections) : await insertBatches(database.pool, bare, batch);
    const sent = await load({ target, label: `${batch}-${concurrency}-${n}`, batch, events, concurrency });
    return { ...sent, barePerSecond, perSecond: (events / sent.elapsedMs) * 1000 };
  });
  const kind = batch === 1 ? 'bare single inserts' : `bare UNNEST inserts of ${batch} rows`;
  const bound: Bound = {
    name: `${kind}, ${connections} ${connections === 1 ? 'connection' : 'connections'}`,
    value: median(measured.map(({ barePerSecond }) => barePerSecond)),
  };
  const perSecond = measured.map((round) => round.perSecond);
  const latencies = measured.flatMap(({ latenciesMs }) => latenciesMs);
  return [rate(name, 'events/s', perSecond, bound), ...latency(`${name}, a request`, latencies)];
}

/** How fast a backlog is consumed with the playbooks that ship deployed; journeys stay in the outbox. */
async function consuming({ parts, scale, say, log }: BenchContext): Promise<Figure[]> {
  const { files } = await loadFolder(PLAYBOOKS);
  const events = sized(BACKLOG, scale, BATCH);
  const measured = await rounds(roundsAt(ROUNDS, scale), (n) =>
    withDatabase(parts, 'bench_evaluator', async (database) => {
      say(`ingest: the evaluator on a backlog, round ${n}`);
      await appendBacklog(database, `bare-backlog-${n}`, events);
      const bare = await timed(events, () => consumeBarely(database));
      await deployFiles(database, files);
      await appendBacklog(database, `backlog-${n}`, events);
      const evaluator = runEvaluator({ database, log });
      const perSecond = await timed(events, () => evaluator.idle());
      await evaluator.stop();
      return { perSecond, bare };
    }),
  );
  const bound = {
    name: 'bare claims and deletes of 500, 1 connection',
    value: median(measured.map(({ bare }) => bare)),
  };
  const perSecond = measured.map((round) => round.perSecond);
  return [rate(`the evaluator, on a backlog of ${events}`, 'events/s', perSecond, bound)];
}

async function appendBacklog(database: Database, label: string, events: number): Promise<void> {
  const backlog = newEvents(calls(label, events));
  for (let i = 0; i < backlog.length; i += APPENDED_AT_ONCE) {
    await appendEvents(database, backlog.slice(i, i + APPENDED_AT_ONCE));
  }
}

/** A rate per second. */
async function timed(count: number, work: () => Promise<void>): Promise<number> {
  const startMs = performance.now();
  await work();
  return (count / (performance.now() - startMs)) * 1000;
}
