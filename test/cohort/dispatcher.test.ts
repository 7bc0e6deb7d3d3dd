import { randomUUID } from 'node:crypto';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { JourneyNode } from '../../language/model.ts';
import { claimCohort, markStarted, nextPendingVersion } from '../../store/journeys/cohorts.ts';
import { INPUTS_CHANNEL } from '../../store/journeys/journey-inputs.ts';
import { setClock, stepClock } from '../../store/postgres/clock.ts';
import { signalDue } from '../../worker/clock-stepper.ts';
import { ClockTeller } from '../../worker/clock-teller.ts';
import { connectTemporal } from '../../worker/connection.ts';
import { SignalDispatcher } from '../../worker/signal-dispatcher.ts';
import { type RunningWorker, runWorker, type WorkerOptions } from '../../worker/worker.ts';
import type { Answer } from '../../workflows/journey/types.ts';
import { testTemporal } from '../support/temporal.ts';
import { openGate } from './gate.ts';
import { type TestStore, testStore } from './store.ts';
import { DAY, effect, log, program, START, until, World } from './support.ts';

let store: TestStore;
const workers: RunningWorker[] = [];
beforeEach(async () => {
  store = await testStore();
});
afterEach(async () => {
  await Promise.all(workers.splice(0).map((worker) => worker.shutdown()));
  await store[Symbol.asyncDispose]();
});

async function work(world: World, options: Partial<WorkerOptions> = {}): Promise<RunningWorker> {
  const { address } = await testTemporal();
  const own = { address, namespace: 'default', taskQueue: `test-${randomUUID()}`, log, database: store.database };
  const worker = await runWorker({ ...own, activities: world.activities, ...options });
  workers.push(worker);
  return worker;
}

const names = (n: number, prefix = 'e') =>
  Array.from({ length: n }, (_, i) => `${prefix}${String(i).padStart(3, '0')}`);
const hasEnded = (world: World, ids: readonly string[]) =>
  ids.every((id) => world.pathsOf(id).includes('finish finish'));
/** Polls are farther apart than this where a notification is to be seen at work. */
const WITHIN_MS = 15_000;
const isListening = async () => {
  const listening = `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND query = 'LISTEN ${INPUTS_CHANNEL}'`;
  return (await store.database.pool.query(listening)).rows.length > 0;
};
const pause: JourneyNode = { op: 'pause', path: 'steps.0' };
const forEver: Answer = { go: 'sleep', until: null, then: 'look' };

describe('Every enrolment gets one journey', () => {
  it('whatever is pending goes together, at most a hundred in one cohort', async () => {
    await store.addVersion('v1', program(effect('steps.0')));
    const ids = names(130);
    await store.enrol('v1', ids);
    const world = new World(() => undefined);
    await work(world);
    await until('all have ended', () => hasEnded(world, ids));
    const cohorts = [...(await store.cohorts()).values()];
    const sizes = [...new Set(cohorts)].map((cohort) => cohorts.filter((it) => it === cohort).length);
    expect(sizes.sort()).toEqual([100, 30]);
  });

  it('one alone is not kept waiting for others', async () => {
    await store.addVersion('v1', program(effect('steps.0')));
    const world = new World(() => undefined);
    await work(world, { pollMs: 4 * WITHIN_MS });
    await until('it listens', isListening);
    // Whatever it found when it began to listen is done: from here on nobody but the notification tells it.
    await store.enrol('v1', ['first']);
    await until(
      'the first is marked',
      async () => hasEnded(world, ['first']) && (await store.count('unstarted')) === 0,
    );
    await store.enrol('v1', ['only']);
    await until('it has ended', () => hasEnded(world, ['only']), WITHIN_MS);
  });

  it('a crash between claim and start repeats the same cohort', async () => {
    await store.addVersion('v1', program(effect('steps.0')));
    await store.enrol('v1', ['a', 'b', 'c']);
    const claimed = await claimCohort(store.database, 'v1', 100);
    const world = new World(() => undefined);
    const { client } = await work(world);
    await until('all have ended', () => hasEnded(world, ['a', 'b', 'c']));
    await until('it is marked', async () => (await store.count('unstarted')) === 0);
    expect(new Set((await store.cohorts()).values())).toEqual(new Set([claimed!.id]));
    const handle = client.workflow.getHandle(`cohort-${claimed!.id}`);
    await handle.result();
    const description = await handle.describe();
    expect(description.status.name).toBe('COMPLETED');
    // What Temporal's UI shows of it: whose version, and how many.
    expect(await description.staticSummary()).toBe('p, 3 members');
  });

  it('a crash between start and mark starts nothing twice, also when the cohort has ended', async () => {
    await store.addVersion('v1', program(effect('steps.0')));
    await store.enrol('v1', ['a']);
    const world = new World(() => undefined);
    const first = await work(world);
    await until('it has ended', () => hasEnded(world, ['a']));
    const [cohortId] = (await store.cohorts()).values();
    const handle = first.client.workflow.getHandle(`cohort-${cohortId}`);
    await handle.result();
    const { runId } = await handle.describe();
    await first.shutdown();
    await store.database.pool.query(`UPDATE cohorts SET started_at = NULL`);
    const second = await work(world);
    await until('it is marked', async () => (await store.count('unstarted')) === 0);
    const after = await second.client.workflow.getHandle(`cohort-${cohortId}`).describe();
    expect(after.runId).toBe(runId);
    expect(world.pathsOf('a')).toEqual(['do steps.0', 'finish finish']);
  });

  it('two dispatchers beside each other share the work, and nobody is done twice', async () => {
    await store.addVersion('v1', program(effect('steps.0')));
    const ids = names(300);
    const world = new World(() => undefined);
    const taskQueue = `test-${randomUUID()}`;
    await Promise.all([work(world, { taskQueue }), work(world, { taskQueue })]);
    for (let i = 0; i < ids.length; i += 30) await store.enrol('v1', ids.slice(i, i + 30));
    await until('all have ended', () => hasEnded(world, ids));
    for (const id of ids) expect(world.pathsOf(id)).toEqual(['do steps.0', 'finish finish']);
    expect(await store.count('pending')).toBe(0);
  });

  it('a store that saw the same events as another gets workflows of its own from the same Temporal', async () => {
    await using other = await testStore();
    const claims = [store, other].map(async (one) => {
      await one.enrol('v1', ['a']);
      return claimCohort(one.database, 'v1', 100);
    });
    const [mine, theirs] = await Promise.all(claims);
    expect(mine!.id).not.toBe(theirs!.id);
  });

  it('a version with a backlog does not keep others waiting', async () => {
    await store.enrol('v1', names(3, 'x'));
    await store.enrol('v2', names(3, 'y'));
    const { pool } = store.database;
    expect(await nextPendingVersion(pool, '')).toBe('v1');
    expect(await nextPendingVersion(pool, 'v1')).toBe('v2');
    expect(await nextPendingVersion(pool, 'v2')).toBe('v1');
    expect(await nextPendingVersion(pool, 'v3')).toBe('v1');
  });

  it('a lost connection to PostgreSQL is replaced, and what came meanwhile is found without a poll', async () => {
    await store.addVersion('v1', program(effect('steps.0')));
    const world = new World(() => undefined);
    await work(world, { pollMs: 4 * WITHIN_MS });
    await store.enrol('v1', ['a']);
    await until('it has ended', () => hasEnded(world, ['a']));
    await until('it listens', isListening);
    const cut = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'LISTEN%'`;
    const { rows } = await store.database.pool.query(cut);
    expect(rows).toHaveLength(1);
    await store.enrol('v1', ['b']);
    await until('it has ended', () => hasEnded(world, ['b']));
  });

  it('a version that is not there holds up only its own', async () => {
    await store.addVersion('v2', program(effect('steps.0')));
    await store.enrol('v1', ['lost']);
    await store.enrol('v2', ['found']);
    const world = new World(() => undefined);
    await work(world, { mostInFlight: 1 });
    await until('the other has ended', () => hasEnded(world, ['found']));
    expect(await store.count('unstarted')).toBe(1);
  });
});

describe('Journeys are told what concerns them', () => {
  it('but not before their cohort is known to run: until then nobody could be told', async () => {
    await store.enrol('v1', ['a']);
    const claimed = await claimCohort(store.database, 'v1', 100);
    await store.input('a', 1, 'goal');
    const { address } = await testTemporal();
    const temporal = await connectTemporal({ address, namespace: 'default' }, log);
    const dispatcher = new SignalDispatcher({ database: store.database, client: temporal.client, log });
    await dispatcher.poll();
    expect(await store.count('unsignalled')).toBe(1);
    await markStarted(store.database.pool, claimed!.id);
    await dispatcher.poll();
    expect(await store.count('unsignalled')).toBe(0);
    await temporal.close();
  });

  it('in order, each once', async () => {
    await store.addVersion('v1', program(pause));
    await store.enrol('v1', ['a', 'b']);
    await store.input('a', 1, 'look');
    await store.input('a', 2, 'goal');
    const world = new World((_, { name }) => (name === 'pause' ? forEver : undefined));
    await work(world);
    await until('a has converted', () => hasEnded(world, ['a']));
    expect(world.pathsOf('a').slice(-2)).toEqual(['do on_goal.0', 'finish finish']);
    await until('both are marked', async () => (await store.count('unsignalled')) === 0);
    await store.input('b', 1, 'exit');
    await until('b has left', () => hasEnded(world, ['b']));
    const ending = world.asked.find(({ id, command }) => id === 'b' && command.ending)!;
    expect(ending.command.at).toBe(START + 1);
  });

  it('what comes for a cohort that has ended is put aside', async () => {
    await store.addVersion('v1', program(effect('steps.0')));
    await store.enrol('v1', ['a']);
    const world = new World(() => undefined);
    const { client } = await work(world);
    await until('it has ended', () => hasEnded(world, ['a']));
    await until('it is marked', async () => (await store.count('unstarted')) === 0);
    await client.workflow.getHandle(`cohort-${(await store.cohorts()).get('a')}`).result();
    await store.input('a', 1, 'exit');
    await until('it is marked', async () => (await store.count('unsignalled')) === 0);
  });

  it('a kind that this worker does not know keeps nobody else from being told', async () => {
    await store.addVersion('v1', program(pause));
    const world = new World((_, { name }) => (name === 'pause' ? forEver : undefined));
    const { client } = await work(world);
    await store.enrol('v1', ['a']);
    await until('a runs', async () => world.asked.length === 1 && (await store.count('unstarted')) === 0);
    await store.enrol('v1', ['b']);
    await until('b runs', async () => world.asked.length === 2 && (await store.count('unstarted')) === 0);
    await store.input('a', 1, 'of tomorrow');
    await store.input('b', 1, 'exit');
    await until('b has left', () => hasEnded(world, ['b']));
    // Marked a moment after it was told.
    await until('b is marked', async () => (await store.count('unsignalled')) === 1);
    // It would be told no sooner by a pause, which everybody would share.
    await expect(new SignalDispatcher({ database: store.database, client, log }).poll()).resolves.toBeUndefined();
  });

  it('that a stepped clock has moved, where a member was waiting for that', async () => {
    await setClock(store.database, { mode: 'stepped', at: START });
    await store.addVersion('v1', program(pause));
    const aDay: Answer = { go: 'sleep', until: START + DAY, then: 'next' };
    const world = new World((_, { name }) => (name === 'pause' ? aDay : undefined), 0);
    world.now = () => START;
    const { client } = await work(world);
    await store.enrol('v1', ['a', 'b']);
    await until('they wait', () => world.asked.length === 2);
    await store.database.pool.query(`UPDATE enrolments SET next_at = cuebook_instant($1)`, [START + DAY]);
    await stepClock(store.database.pool, START + DAY - 1);
    expect(await signalDue({ database: store.database, client }, START + DAY - 1)).toBe(0);
    await stepClock(store.database.pool, START + DAY);
    world.now = () => START + DAY;
    expect(await signalDue({ database: store.database, client }, START + DAY)).toBe(1);
    await until('they have ended', () => hasEnded(world, ['a', 'b']));
  });

  it('that a virtual clock runs faster than when they set their timers, each once', async () => {
    await setClock(store.database, { mode: 'warped', warp: 1, at: START });
    await store.addVersion('v1', program(pause));
    const aDay: Answer = { go: 'sleep', until: START + DAY, then: 'next' };
    const world = new World((_, { name }) => (name === 'pause' ? aDay : undefined));
    const { client } = await work(world);
    await store.enrol('v1', ['a', 'b']);
    await until('they wait', () => world.asked.length === 2);
    await store.database.pool.query(`UPDATE enrolments SET next_at = cuebook_instant($1)`, [START + DAY]);
    const teller = new ClockTeller({ database: store.database, client });
    await teller.look();
    await setClock(store.database, { mode: 'warped', warp: 3_600, at: START + 10 * DAY });
    world.now = () => START + 10 * DAY;
    await teller.look();
    await until('they have ended', () => hasEnded(world, ['a', 'b']));
    const told = vi.spyOn(client.workflow, 'getHandle');
    await teller.look();
    expect(told).not.toHaveBeenCalled();
  });
});

describe('While Temporal is away', () => {
  it('the rows wait, the log stays readable, and all of it goes on afterwards', { timeout: 60_000 }, async () => {
    const lines: string[] = [];
    const { address } = await testTemporal();
    await using gate = await openGate(address);
    await store.addVersion('v1', program(effect('steps.0')));
    const world = new World(() => undefined);
    const kept = pino({ level: 'warn' }, { write: (line) => void lines.push(line) });
    await work(world, { address: gate.address, log: kept, mostInFlight: 2 });
    await store.enrol('v1', ['before']);
    await until('it is marked', async () => hasEnded(world, ['before']) && (await store.count('unstarted')) === 0);
    gate.shut();
    const ids = names(5);
    for (const [n, id] of ids.entries()) {
      await store.enrol('v1', [id]);
      // One cohort each, and no more of them than may be in flight.
      await until('it is claimed', async () => (await store.count('unstarted')) === Math.min(n + 1, 2));
    }
    await until('its absence is noticed', () => lines.some((line) => line.includes('cannot be started')), 30_000);
    expect([await store.count('unstarted'), await store.count('pending')]).toEqual([2, 3]);
    gate.open();
    await until('all have ended', () => hasEnded(world, ids), 30_000);
    for (const id of ids) expect(world.pathsOf(id)).toEqual(['do steps.0', 'finish finish']);
    expect(lines.filter((line) => line.includes('cannot be started'))).toHaveLength(1);
  });
});
