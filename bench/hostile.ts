/**
 * What floods of one subject, and requests that multiply what they say, cost; how long a stranger's event waits meanwhile, beside an
 * idle store; and for how long the event loop, which also answers HTTP, is held in one piece.
 */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { runEvaluator } from '../evaluator/evaluator.ts';
import { appendEvents } from '../store/events/events.ts';
import type { Database } from '../store/postgres/database.ts';
import { FLOOD_REQUESTS, MULTIPLYING } from './flood-requests.ts';
import { FLOODS, type Flood } from './floods.ts';
import type { Bench, BenchContext } from './lib/bench.ts';
import { deployFiles } from './lib/deploy.ts';
import { type Figure, percentile, round } from './lib/figures.ts';
import { newEvents } from './lib/parsed.ts';
import { withDatabase } from './lib/parts.ts';
import type { Target } from './lib/requests.ts';
import { writeKeyServer } from './lib/server.ts';

const PLAYBOOKS = [
  {
    path: 'cart.yaml',
    text: `playbook: cart
trigger: { event: cart.updated, unless: order.completed, within: 1h }
again: after 1d
steps: [{ record: left }]
`,
  },
  {
    path: 'often.yaml',
    text: `playbook: often
trigger: { event: page.viewed, at_least: 5, within: 10m }
again: after 1d
steps: [{ record: often }]
`,
  },
  { path: 'stranger.yaml', text: 'playbook: stranger\ntrigger: { event: stranger.came }\nsteps: [{ record: came }]\n' },
];
const IDLE_PROBES = 20;
const PROBE_EVERY_MS = 250;
const LOOK_EVERY_MS = 5;
/** A probe that has not been consumed by then counts as having waited so long. */
const MAX_WAIT_MS = 120_000;

export const hostile: Bench = {
  needs: { temporal: false },
  async run(context) {
    const figures: Figure[] = [];
    for (const flood of FLOODS) figures.push(...(await measure(context, flood)));
    figures.push(...(await measureRequests(context)));
    return figures;
  },
};

/** One after the other: from the request to its answer, and to where all is consumed. */
function measureRequests(context: BenchContext): Promise<Figure[]> {
  return withDatabase(context.parts, 'bench_hostile', async (database) => {
    await deployFiles(database, [...PLAYBOOKS, ...MULTIPLYING]);
    const evaluator = runEvaluator({ database, log: context.log });
    const server = await writeKeyServer(database);
    try {
      await evaluator.idle();
      const figures: Figure[] = [];
      for (const { name, body } of FLOOD_REQUESTS) {
        context.say(`hostile: ${name}`);
        const text = JSON.stringify(body(context.scale));
        const held = heldLoop();
        const beganMs = performance.now();
        await postBatch(server.target, text);
        const answeredMs = performance.now() - beganMs;
        await evaluator.idle();
        figures.push(
          { name: `${name}: until the answer`, unit: 'ms', value: round(answeredMs) },
          { name: `${name}: until all is consumed`, unit: 'ms', value: round(performance.now() - beganMs) },
          { name: `${name}: the event loop held in one piece, longest`, unit: 'ms', value: round(held()) },
        );
      }
      return figures;
    } finally {
      await server.close();
      await evaluator.stop();
    }
  });
}

/** Whatever is answered: a refusal is an answer, too. */
async function postBatch({ baseUrl, writeKey }: Target, body: string): Promise<void> {
  const authorization = `Basic ${Buffer.from(`${writeKey}:`).toString('base64')}`;
  const headers = { authorization, 'content-type': 'application/json' };
  const answer = await fetch(`${baseUrl}/v1/batch`, { method: 'POST', headers, body });
  await answer.arrayBuffer();
}

/** What holds the loop for less is not seen. */
const HOLD_RESOLUTION_MS = 5;

/** @returns what ends the measuring, with the longest time for which the loop was held, or could have been unseen, in ms */
function heldLoop(): () => number {
  const loop = monitorEventLoopDelay({ resolution: HOLD_RESOLUTION_MS });
  loop.enable();
  return () => {
    loop.disable();
    return Math.max(HOLD_RESOLUTION_MS, loop.max / 1e6);
  };
}

function measure(context: BenchContext, flood: Flood): Promise<Figure[]> {
  context.say(`hostile: ${flood.name}`);
  return withDatabase(context.parts, 'bench_hostile', async (database) => {
    await deployFiles(database, PLAYBOOKS);
    const evaluator = runEvaluator({ database, log: context.log });
    try {
      const { before, flood: calls } = flood.calls(context.scale);
      for (const some of inBatches(before)) {
        await appendEvents(database, newEvents(some));
        await evaluator.idle();
      }
      const idle = await probes(database, 'idle', (n) => n < IDLE_PROBES);
      for (const some of inBatches(calls)) await appendEvents(database, newEvents(some));
      const held = heldLoop();
      const beganMs = performance.now();
      let tookMs: number | undefined;
      const ended = evaluator.idle().then(() => void (tookMs ??= performance.now() - beganMs));
      const meanwhile = await probesUntil(database, ended, () => tookMs === undefined);
      const heldMs = held();
      return [
        { name: `${flood.name}: until all is consumed`, unit: 'ms', value: round(tookMs!) },
        {
          name: `${flood.name}: a stranger's longest wait`,
          unit: 'ms',
          value: round(Math.max(...meanwhile)),
          bound: { name: 'its wait beside an idle store, p50', value: round(percentile(idle, 0.5)) },
        },
        { name: `${flood.name}: the event loop held in one piece, longest`, unit: 'ms', value: round(heldMs) },
      ];
    } finally {
      await evaluator.stop();
    }
  });
}

/** At least one probe, and the flood's end is waited for. */
async function probesUntil(database: Database, ended: Promise<void>, goesOn: () => boolean): Promise<number[]> {
  const found = await probes(database, 'meanwhile', (n) => n === 0 || goesOn());
  await ended;
  return found;
}

/** Events of strangers, one after the other: how long each waits until it is consumed. */
async function probes(database: Database, label: string, goesOn: (n: number) => boolean): Promise<number[]> {
  const waitsMs: number[] = [];
  for (let n = 0; goesOn(n); n++) {
    const messageId = `${label}-${n}`;
    const beganMs = performance.now();
    const call = { type: 'track', userId: `stranger-${messageId}`, event: 'stranger.came', messageId };
    await appendEvents(database, newEvents([call]));
    while (performance.now() - beganMs < MAX_WAIT_MS && (await isPending(database, messageId)))
      await sleep(LOOK_EVERY_MS);
    waitsMs.push(performance.now() - beganMs);
    await sleep(label === 'idle' ? LOOK_EVERY_MS : PROBE_EVERY_MS);
  }
  return waitsMs;
}

async function isPending(database: Database, messageId: string): Promise<boolean> {
  const { rows } = await database.pool.query(
    "SELECT FROM event_keys k JOIN pending_events p USING (arrival) WHERE k.source = 'bench' AND k.message_id = $1",
    [messageId],
  );
  return rows.length > 0;
}

function* inBatches<T>(all: readonly T[]): Generator<readonly T[]> {
  for (let n = 0; n < all.length; n += 500) yield all.slice(n, n + 500);
}
