/** `npm run simulate -- --crashes N` and `-- --stored N`: journeys whose processes die, in virtual time and on PostgreSQL. */
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { onEveryCore } from '../oracle/threads.ts';
import { playTests } from '../worlds/command.ts';
import { PLAYBOOKS } from './playbooks.ts';
import { checkPoints, shippedStories } from './points.ts';
import type { Checked, Share } from './virtual.ts';

const WORKER = new URL('./worker.js', import.meta.url);
/** Of the playbooks of one seed: so many people each, and each of them so often with mishaps. */
const PEOPLE = 40;
const TIMES = 4;
const RUNS_A_SEED = PLAYBOOKS * PEOPLE * TIMES;

const print = (line: string) => process.stdout.write(`${line}\n`);

/** True when each run with mishaps did what its run without did. */
export async function crashes(count: number, first: number): Promise<boolean> {
  const begunMs = performance.now();
  const seeds = Array.from({ length: Math.ceil(count / RUNS_A_SEED) }, (_, n) => first + n);
  const workers: Worker[] = [];
  const total = { runs: 0, deaths: 0, effects: 0 };
  const wrong: number[] = [];
  await onEveryCore(seeds, async (seed, core) => {
    workers[core] ??= new Worker(WORKER);
    const share: Share = { seed, people: PEOPLE, times: TIMES };
    workers[core].postMessage(share);
    const [{ checked, failed }] = (await once(workers[core], 'message')) as [{ checked?: Checked; failed?: string }];
    const faults = checked?.faults ?? [failed ?? 'no answer'];
    if (faults.length > 0) wrong.push(seed);
    for (const fault of faults) print(fault);
    total.runs += checked?.runs ?? 0;
    total.deaths += checked?.deaths ?? 0;
    total.effects += checked?.effects ?? 0;
  });
  for (const worker of workers) await worker.terminate();
  const { runs, deaths, effects } = total;
  const seconds = ((performance.now() - begunMs) / 1_000).toFixed(0);
  print(`${runs} runs with ${deaths} deaths, of journeys with ${effects} effects, ${seconds} s`);
  print(wrong.length === 0 ? `0 differences, seeds from ${first} on` : `playbooks ${wrong.sort().join(', ')} differ`);
  return wrong.length === 0;
}

/** The same on PostgreSQL, with the claims and the hand-overs: the tests' own. */
export async function storedCrashes(count: number, seed: number): Promise<boolean> {
  return playTests(['test/crashes/stored.test.ts'], { CRASHES: `${count}`, CRASHES_SEED: `${seed}` });
}

/** Each playbook that ships, at each of its points: of commands in virtual time, of statements on PostgreSQL. */
export async function everyPoint(seed: number): Promise<boolean> {
  const { stories, commands, runs, faults } = checkPoints(await shippedStories());
  for (const fault of faults) print(fault);
  print(`${stories} playbooks, ${commands} commands, ${runs} runs in virtual time, ${faults.length} faults`);
  const held = await playTests(['test/crashes/points.test.ts'], { POINTS: 'all', CRASHES_SEED: `${seed}` });
  return held && faults.length === 0;
}
