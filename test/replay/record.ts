/** How the histories of this folder were made: one cohort each, through what is most likely to change its course. */
import type { JourneyNode } from '../../language/model.ts';
import { workflowIdOf } from '../../workflows/cohort/types.ts';
import type { Answer } from '../../workflows/journey/types.ts';
import { DAY, effect, MINUTE, program, START, type TestWorker, testWorker, until, World } from '../cohort/support.ts';
import { playedEveryPath } from '../e2e/played-every-path.ts';
import { startSystem } from '../support/system.ts';

const pause: JourneyNode = { op: 'pause', path: 'steps.0' };
const sleepUntil = (at: number): Answer => ({ go: 'sleep', until: at, then: 'next' });

type Cohort = Awaited<ReturnType<TestWorker['start']>>;

async function recorded(world: World, play: (worker: TestWorker) => Promise<Cohort>, runId?: 'first') {
  await using worker = await testWorker(world);
  const cohort = await play(worker);
  const id = runId === 'first' ? cohort.firstExecutionRunId : undefined;
  return await worker.temporal.client.workflow.getHandle(cohort.workflowId, id).fetchHistory();
}

/** Waits on a timer, hand-overs, and answers of `again`, of three members that part and meet again. */
function waitsAndHandOvers() {
  let refusals = 2;
  const world = new World((id, { name, path }) => {
    if (name === 'pause') return sleepUntil(START + DAY);
    if (name === 'choose') return { go: 'arm', arm: id === 'a' ? 0 : 1 };
    return path === 'steps.2' && refusals-- > 0 ? { go: 'again', until: START } : undefined;
  }, 20_000);
  const arms = [[effect('steps.1.then.0', true)], [effect('steps.1.else.0')]];
  const whole = program(pause, { op: 'choose', path: 'steps.1', arms }, effect('steps.2'));
  return recorded(world, async (worker) => {
    const cohort = await worker.start({ program: whole });
    await cohort.result();
    return cohort;
  });
}

/** Goals, exits and a stepped clock come by signals; a batch comes to nothing. */
function signalsAndFailures() {
  const world = new World((_, { name }) => (name === 'pause' ? sleepUntil(START + DAY) : undefined), 0);
  world.now = () => START;
  return recorded(world, async (worker) => {
    const cohort = await worker.start({ program: program(pause, effect('steps.1')) });
    await until('all wait', () => world.asked.length === 3);
    world.failures.decide.push(...Array.from({ length: 6 }, () => new Error('away')));
    await cohort.signal('inputs', [
      { id: 'a', input: { n: 1, kind: 'goal', at: START + MINUTE, event: 'm1' } },
      { id: 'b', input: { n: 1, kind: 'exit', at: START + MINUTE } },
    ]);
    await until('a and b have ended', () => world.asked.filter(({ command }) => command.ending).length === 2);
    await cohort.signal('clock', { now: START + DAY, warp: 0 });
    await cohort.result();
    return cohort;
  });
}

/** The first of several runs: it ends by continuing as new. */
function continuesAsNew() {
  const world = new World((_, { name, at }) => (name === 'pause' ? sleepUntil(at + 10 * MINUTE) : undefined), 600);
  const steps = Array.from({ length: 4 }, (_, i): JourneyNode => ({ op: 'pause', path: `steps.${i}` }));
  const play = async (worker: TestWorker) => {
    const cohort = await worker.start({ program: program(...steps), maxHistoryEvents: 8 });
    await cohort.result();
    return cohort;
  };
  return recorded(world, play, 'first');
}

/** The playbook that ships, on the whole product: a cart that is reminded of, called about, mailed about once more. */
async function cartJourney() {
  await using system = await startSystem({ clock: { mode: 'stepped', at: START } });
  const traits = { name: 'Ada', email: 'ada@example.com', owner: 'kim', consent: { marketing: true } };
  const cart = { cart_id: 'c1', value: 250 };
  const [left, another] = [
    { userId: 'ada', event: 'cart.updated', properties: cart },
    { userId: 'ben', event: 'cart.updated', properties: { ...cart, cart_id: 'c2' } },
  ];
  await system.post([
    { type: 'identify', userId: 'ada', traits },
    { type: 'identify', userId: 'ben', traits },
    { at: START, ...left },
    { at: START, ...another },
  ]);
  await system.step(START + 61 * MINUTE);
  // Ben buys while his cohort waits; Ada never does.
  const bought = { userId: 'ben', event: 'order.completed', properties: { cart_id: 'c2', total: 250 } };
  await system.post([{ at: START + 61 * MINUTE, ...bought }]);
  await system.step(START + DAY + 62 * MINUTE);
  const { rows } = await system.database.pool.query<{ id: string }>('SELECT id FROM cohorts');
  const cohort = system.runtime.worker!.client.workflow.getHandle(workflowIdOf(rows[0]!.id));
  await cohort.result();
  return await cohort.fetchHistory();
}

/**
 * Every step, once: tasks and approvals that are waited for, a webhook, an activity, a digest, rounds of a repeat, a playbook that
 * is run. Then, of the same story, those that a goal, an exit and a merge end, and calls that fail.
 */
const everyPath = (playbook: string) => async () => {
  await using played = await playedEveryPath();
  const { system, versions } = played;
  const { hash } = versions.find((version) => version.playbook.playbook === playbook)!;
  const { rows } = await system.database.pool.query<{ id: string }>(
    'SELECT id FROM cohorts WHERE version_hash = $1 ORDER BY created_at, id',
    [hash],
  );
  const cohort = system.runtime.worker!.client.workflow.getHandle(workflowIdOf(rows[0]!.id));
  await cohort.result();
  return await cohort.fetchHistory();
};

export const RECORDINGS = {
  'every-step': everyPath('all-steps'),
  'goals-exits-merges': everyPath('waits'),
  'failed-call': everyPath('fails'),
  'cart-journey': cartJourney,
  'waits-and-hand-overs': waitsAndHandOvers,
  'signals-and-failures': signalsAndFailures,
  'continues-as-new': continuesAsNew,
};
