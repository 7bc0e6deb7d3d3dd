import { defaultPayloadConverter } from '@temporalio/common';
import { afterEach, describe, expect, it } from 'vitest';
import type { JourneyNode } from '../../language/model.ts';
import type { CohortInput } from '../../workflows/cohort/types.ts';
import { startJourney } from '../../workflows/journey/reduce.ts';
import type { Answer, JourneyState } from '../../workflows/journey/types.ts';
import { DAY, effect, MINUTE, program, START, type TestWorker, testWorker, until, World } from './support.ts';

let worker: TestWorker | undefined;
afterEach(async () => {
  await worker?.[Symbol.asyncDispose]();
  worker = undefined;
});

const pause: JourneyNode = { op: 'pause', path: 'steps.0' };
const sleepUntil = (at: number): Answer => ({ go: 'sleep', until: at, then: 'next' });

describe('A cohort carries its members to their ends', () => {
  it('asks for all of them at once, step by step, and ends when all have ended', async () => {
    const world = new World(() => undefined);
    worker = await testWorker(world);
    const cohort = await worker.start({ program: program(effect('steps.0'), effect('steps.1')) });
    expect(cohort.eagerlyStarted).toBe(true);
    await cohort.result();
    expect(world.batches).toEqual([
      ['a', 'b', 'c'],
      ['a', 'b', 'c'],
      ['a', 'b', 'c'],
    ]);
    expect(world.pathsOf('b')).toEqual(['do steps.0', 'do steps.1', 'finish finish']);
    const { events } = await cohort.fetchHistory();
    expect(events!.length).toBeLessThanOrEqual(9);
  });

  it('wakes a member no earlier than its deadline, by the warped clock; its instant stays exact (S0)', async () => {
    const world = new World((_, command) => (command.name === 'pause' ? sleepUntil(START + DAY) : undefined), 36_000);
    worker = await testWorker(world);
    await (await worker.start({ program: program(pause, effect('steps.1')) })).result();
    const woken = world.asked.filter(({ command }) => command.path === 'steps.1');
    expect(woken.map(({ command }) => command.at)).toEqual([START + DAY, START + DAY, START + DAY]);
    for (const { now } of woken) expect(now).toBeGreaterThanOrEqual(START + DAY);
    // A day is 2.4 s here; a timer may be a second late.
    for (const { now } of woken) expect(now).toBeLessThan(START + 2 * DAY);
  });

  it('lets deadlines that lie close together share a timer', async () => {
    const offsets: Record<string, number> = { a: DAY, b: DAY + 20_000, c: DAY + MINUTE };
    const world = new World((id, { name }) => (name === 'pause' ? sleepUntil(START + offsets[id]!) : undefined), 0);
    world.now = () => START;
    worker = await testWorker(world);
    const cohort = await worker.start({ program: program(pause) });
    await until('all wait', () => world.asked.length === 3);
    // From here on the clock goes as fast as a day a second.
    await cohort.signal('clock', { now: START, warp: 43_200 });
    await cohort.result();
    const { events } = await cohort.fetchHistory();
    expect(events!.filter((event) => event.timerStartedEventAttributes).length).toBeLessThanOrEqual(2);
  });

  it('moves on by steps of a stepped clock, and by nothing else', async () => {
    const world = new World((_, { name }) => (name === 'pause' ? sleepUntil(START + DAY) : undefined), 0);
    world.now = () => START;
    worker = await testWorker(world);
    const cohort = await worker.start({ program: program(pause, effect('steps.1')) });
    await until('all wait', () => world.asked.length === 3);
    await cohort.signal('clock', { now: START + DAY - 1, warp: 0 });
    const before = await cohort.query<{ [id: string]: JourneyState }>('standing');
    expect(Object.values(before).map(({ waiting }) => waiting.for)).toEqual(['time', 'time', 'time']);
    world.now = () => START + DAY;
    await cohort.signal('clock', { now: START + DAY, warp: 0 });
    await cohort.result();
    expect(world.pathsOf('a')).toEqual(['pause steps.0', 'do steps.1', 'finish finish']);
  });

  it('asks again, under a stepped clock too, when the evaluator has not come so far', async () => {
    let refusals = 3;
    const world = new World(() => (refusals-- > 0 ? { go: 'again', until: START + 1 } : undefined), 0);
    world.now = () => START;
    worker = await testWorker(world);
    await (await worker.start({ program: program(effect('steps.0')) }, ['a'])).result();
    expect(world.pathsOf('a')).toEqual([...Array(4).fill('do steps.0'), 'finish finish']);
  });
});

describe('Nobody waits for somebody else', () => {
  it('a signal ends one wait, the others wait on', async () => {
    const world = new World((_, { name }) => (name === 'pause' ? sleepUntil(START + DAY) : undefined));
    worker = await testWorker(world);
    const cohort = await worker.start({ program: program(pause) });
    await until('all wait', () => world.asked.length === 3);
    const goal = { n: 1, kind: 'goal', at: START + MINUTE, event: 'm1' };
    await cohort.signal('inputs', [{ id: 'b', input: goal }]);
    await cohort.signal('inputs', [{ id: 'b', input: goal }]);
    await until('b has converted', () => world.pathsOf('b').includes('finish finish'));
    expect(world.asked.find(({ command }) => command.ending)?.command.ending).toEqual({
      outcome: 'converted',
      reason: 'goal',
      event: 'm1',
    });
    expect(world.pathsOf('b')).toEqual(['pause steps.0', 'do on_goal.0', 'finish finish']);
    const standing = await cohort.query<{ [id: string]: JourneyState }>('standing');
    expect([standing.a!.waiting.for, standing.b!.phase, standing.c!.waiting.for]).toEqual(['time', 'ended', 'time']);
    await cohort.terminate();
  });

  it('a slow hand-over holds up its own members only', async () => {
    let release = () => {};
    const held = new Promise<void>((resolve) => (release = resolve));
    const world = new World(async (id, command) => {
      if (command.name === 'choose') return { go: 'arm', arm: id === 'b' ? 0 : 1 };
      if (command.leaves) await held;
      return undefined;
    });
    worker = await testWorker(world);
    const arms = [[effect('steps.0.then.0', true)], [effect('steps.0.else.0')]];
    const cohort = await worker.start({ program: program({ op: 'choose', path: 'steps.0', arms }) });
    await until('a and c have ended', () => ['a', 'c'].every((id) => world.pathsOf(id).includes('finish finish')));
    await until('b is handed over', () => world.pathsOf('b').includes('do steps.0.then.0'));
    expect(world.pathsOf('b')).not.toContain('finish finish');
    release();
    await cohort.result();
    expect(world.pathsOf('b').at(-1)).toBe('finish finish');
  });

  it('a member whose reducer throws fails as internal, alone', async () => {
    // An answer from another world: the reducer trips over it.
    const world = new World((id, { name }) =>
      id === 'b' && name === 'do' ? ({ go: 'end', at: START } as Answer) : undefined,
    );
    worker = await testWorker(world);
    await (await worker.start({ program: program(effect('steps.0'), effect('steps.1')) })).result();
    const endings = world.asked.flatMap(({ id, command }) => (command.ending ? [[id, command.ending.reason]] : []));
    expect(endings.sort()).toEqual([
      ['a', 'steps'],
      ['b', 'internal'],
      ['c', 'steps'],
    ]);
  });
});

describe('What fails is tried again, and nothing is lost', () => {
  it('heals when the database was away longer than the activity tries', async () => {
    const world = new World(() => undefined);
    world.failures.decide.push(...Array.from({ length: 7 }, () => new Error('away')));
    world.failures.deliver.push(new Error('away'));
    worker = await testWorker(world);
    const cohort = await worker.start({ program: program(effect('steps.0'), effect('steps.1', true)) });
    await cohort.result();
    expect(world.pathsOf('a')).toEqual(['do steps.0', 'do steps.1', 'finish finish']);
    expect(world.asked.map(({ command }) => command.at)).toEqual(Array(9).fill(START));
  });

  it('writes only the code of a failure into the history (decision 7)', async () => {
    const world = new World(() => undefined);
    const refused = Object.assign(new Error('no mail for ada@example.com'), { code: 'ECONNREFUSED' });
    world.failures.decide.push(...Array.from({ length: 6 }, () => refused));
    worker = await testWorker(world);
    const cohort = await worker.start({ program: program(effect('steps.0')) });
    await cohort.result();
    const history = JSON.stringify(await cohort.fetchHistory());
    const texts = [...history.matchAll(/"(?:data|details)":"([^"]+)"/g)].map(([, data]) => atob(data!));
    expect(history + texts.join()).toContain('ECONNREFUSED');
    expect(history + texts.join()).not.toContain('ada@example.com');
  });

  it('continues as new with everything that it knew, as often as its history grows long', async () => {
    const world = new World((_, { name }) => {
      const last = world.asked.at(-1)!;
      return name === 'pause' ? sleepUntil(last.command.at + 10 * MINUTE) : undefined;
    }, 600);
    worker = await testWorker(world);
    const steps = Array.from({ length: 4 }, (_, i): JourneyNode => ({ op: 'pause', path: `steps.${i}` }));
    const cohort = await worker.start({ program: program(...steps), maxHistoryEvents: 8 });
    await until('it runs', () => world.asked.length >= 3);
    await cohort.signal('inputs', [{ id: 'b', input: { n: 1, kind: 'exit', at: START, reason: 'left' } }]);
    await cohort.result();
    const paths = (id: string) => world.pathsOf(id).map((path) => path.replace('pause steps.', ''));
    expect(paths('a')).toEqual(['0', '1', '2', '3', 'finish finish']);
    expect(paths('c')).toEqual(['0', '1', '2', '3', 'finish finish']);
    expect(paths('b').filter((path) => path === 'finish finish')).toHaveLength(1);
    const first = worker.temporal.client.workflow.getHandle(cohort.workflowId, cohort.firstExecutionRunId);
    const { events } = await first.fetchHistory();
    const next = events!.at(-1)!.workflowExecutionContinuedAsNewEventAttributes;
    const input = defaultPayloadConverter.fromPayload<CohortInput>(next!.input!.payloads![0]!);
    expect(input.clock?.warp).toBe(600);
    for (const { state } of input.members) expect(state).not.toEqual(startJourney(input.program, START));
    expect(input.members.map(({ state }) => state?.schema)).toEqual(input.members.map(() => 1));
  });
});
