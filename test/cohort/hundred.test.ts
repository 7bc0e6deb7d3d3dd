/** What single members are like does the others of their cohort no harm; and a journey may have many rounds. */
import { afterEach, expect, it } from 'vitest';
import type { JourneyNode } from '../../language/model.ts';
import type { JourneyState } from '../../workflows/journey/types.ts';
import { DAY, effect, MINUTE, program, START, type TestWorker, testWorker, until, World } from './support.ts';

let worker: TestWorker | undefined;
afterEach(async () => {
  await worker?.[Symbol.asyncDispose]();
  worker = undefined;
});

it('of a hundred one fails for ever, one is signalled a thousand times and one waits a year: the other 97 come to their ends', {
  timeout: 120_000,
}, async () => {
  const others = Array.from({ length: 97 }, (_, n) => `m${n}`);
  let tries = 0;
  const world = new World((id, { name, at }) => {
    // Others take a thousandth of its time: its failures must not hold them up.
    if (id === 'fails' && name === 'do') return { go: 'failed', code: 'away', permanent: false, now: START + ++tries };
    if (name !== 'pause') return undefined;
    const waits = id === 'a-year' ? 365 * DAY : id === 'signalled' ? 3 * DAY : DAY;
    return { go: 'sleep', until: at + waits, then: 'next' };
  }, 20_000);
  worker = await testWorker(world);
  const fails = { ...effect('steps.1'), onError: 'retry', retry: { attempts: 2, backoffMs: MINUTE } } as JourneyNode;
  const whole = program({ op: 'pause', path: 'steps.0' }, fails, effect('steps.2', true));
  const cohort = await worker.start({ program: whole }, ['fails', 'signalled', 'a-year', ...others]);
  await until('all wait', () => world.asked.length >= 100);
  const look = (n: number) => ({ n, kind: 'look', at: START + n, path: 'steps.9' });
  for (let n = 1; n <= 1_000; n += 50) {
    const signals = Array.from({ length: 50 }, (_, i) => ({ id: 'signalled', input: look(n + i) }));
    // One signal each, as if each came alone; half of them in lists.
    if (n % 100 === 1) for (const one of signals) await cohort.signal('inputs', [one]);
    else await cohort.signal('inputs', signals);
  }
  const ended = (id: string) => world.pathsOf(id).at(-1) === 'finish finish';
  await until('the others have ended', () => others.every(ended), 60_000);
  for (const id of others) {
    expect(world.pathsOf(id)).toEqual(['pause steps.0', 'do steps.1', 'do steps.2', 'finish finish']);
  }
  await until('the signalled one has ended', () => ended('signalled'), 60_000);
  expect(world.pathsOf('signalled')).toEqual(['pause steps.0', 'do steps.1', 'do steps.2', 'finish finish']);
  const failed = world.pathsOf('fails').filter((path) => path === 'do steps.1');
  expect(failed.length).toBeGreaterThan(2);
  const handle = worker.temporal.client.workflow.getHandle(cohort.workflowId);
  const states = await handle.query<{ [id: string]: JourneyState }>('standing');
  expect(states['a-year']?.waiting).toMatchObject({ for: 'time', until: START + 365 * DAY });
  expect(states.fails?.phase).toBe('steps');
  await handle.terminate();
});

it('a journey of a thousand rounds continues as new before its history grows, and does each round once', {
  timeout: 180_000,
}, async () => {
  const world = new World((_, { name }) => (name === 'round' ? { go: 'arm', arm: 0 } : undefined));
  worker = await testWorker(world);
  const repeat: JourneyNode = { op: 'repeat', path: 'steps.0', atMost: 1_000, body: [effect('steps.0.steps.0')] };
  const cohort = await worker.start({ program: program(repeat), maxHistoryEvents: 300 }, ['a']);
  await cohort.result();
  const rounds = world.asked.filter(({ command }) => command.name === 'do').map(({ command }) => command.iteration);
  expect(rounds).toEqual(Array.from({ length: 1_000 }, (_, n) => String(n + 1)));
  const { client } = worker.temporal;
  const first = await client.workflow.getHandle(cohort.workflowId, cohort.firstExecutionRunId).fetchHistory();
  const last = await client.workflow.getHandle(cohort.workflowId).fetchHistory();
  expect(first.events!.at(-1)!.workflowExecutionContinuedAsNewEventAttributes).toBeTruthy();
  // However quick the worker is: what one task holds is counted beside what the server tells between tasks.
  for (const { events } of [first, last]) expect(events!.length).toBeLessThan(1_000);
});
