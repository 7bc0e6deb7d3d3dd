/** N6 at entry, on PostgreSQL: what fires while a playbook is paused, what comes of it, and what outlasts what. */
import { afterEach, describe, expect, it } from 'vitest';
import { changeStatus, readStopped } from '../../store/deployments/playbook-status.ts';
import { type Evaluation, startEvaluation } from '../support/evaluation.ts';
import { redeploy } from '../support/redeploy.ts';

const NINE = '2026-03-02T09:00:00.000Z';
const CARTS = {
  path: 'carts.yaml',
  text: 'playbook: carts\ntrigger: { event: cart.updated, unless: order.completed, within: 2h }\nagain: always\nsteps: [{ record: left }]\n',
};
const VIEWS = {
  path: 'views.yaml',
  text: 'playbook: views\ntrigger: { event: seen }\nagain: always\nsteps: [{ record: saw }]\n',
};

let evaluation: Evaluation;
afterEach(() => evaluation.close());

const rows = async (sql: string) => (await evaluation.database.pool.query(sql)).rows;
const say = (status: 'active' | 'paused' | 'halted', playbook = 'carts') =>
  changeStatus(evaluation.database, { playbook, status, by: 'kim', reason: 'wrong prices' });
const decided = async () => (await evaluation.firings()).map(({ status, reason }) => reason ?? status);

async function start(): Promise<Evaluation> {
  evaluation = await startEvaluation(NINE, [CARTS, VIEWS]);
  return evaluation;
}

describe('a paused playbook', () => {
  it('refuses what fires as `inactive`, says so, and makes up for nothing when it is resumed', async () => {
    const { send, step, firings } = await start();
    expect(await say('paused')).toEqual({ was: 'active', openEnrolments: 0, released: 0 });
    await send({ name: 'cart.updated' }, { name: 'seen' });
    await step('2026-03-02T11:00:00.001Z');
    expect(await firings()).toMatchObject([
      { playbook: 'views', status: 'enrolled' },
      { playbook: 'carts', status: 'refused', reason: 'inactive' },
    ]);
    expect(await rows("SELECT verdict, looked FROM decisions WHERE playbook = 'carts'")).toEqual([
      { verdict: 'inactive', looked: { status: 'paused' } },
    ]);
    expect(await say('active')).toMatchObject({ was: 'paused' });
    await step('2026-03-02T15:00:00.000Z');
    expect(await rows("SELECT FROM enrolments WHERE playbook = 'carts'")).toEqual([]);
  });

  it('keeps watching: what was opened while it was paused fires and enters after the resume', async () => {
    const { send, step } = await start();
    await say('paused');
    await send({ name: 'cart.updated' });
    await step('2026-03-02T10:00:00.000Z');
    await say('active');
    await step('2026-03-02T11:00:00.001Z');
    expect(await decided()).toEqual(['enrolled']);
  });

  it('keeps watching: what closes a watch while it is paused has closed it', async () => {
    const { send, step } = await start();
    await send({ name: 'cart.updated' });
    await step('2026-03-02T09:30:00.000Z');
    await say('paused');
    await send({ name: 'order.completed' });
    await step('2026-03-02T10:00:00.000Z');
    await say('active');
    await step('2026-03-02T12:00:00.000Z');
    expect(await decided()).toEqual([]);
  });

  it('refuses a firing that waited for its audience from before', async () => {
    const text =
      'playbook: carts\ntrigger: { event: cart.updated }\naudience: contact.vip\nif_refused: wait up to 1d\nsteps: [{ record: left }]\n';
    evaluation = await startEvaluation(NINE, [{ path: 'carts.yaml', text }]);
    const { send, step } = evaluation;
    await send({ name: 'cart.updated' });
    await step('2026-03-02T09:10:00.000Z');
    expect(await decided()).toEqual(['audience']);
    await say('paused');
    const patches = [{ type: 'contact' as const, id: 'ada', traits: { vip: true } }];
    await send({ name: 'named', patches });
    await step('2026-03-02T09:20:00.000Z');
    await expect.poll(decided).toEqual(['inactive']);
  });

  it('stays paused through deployments, also through one without it', async () => {
    const { database, send, step } = await start();
    await say('paused');
    await redeploy(database, [VIEWS]);
    await redeploy(database, [CARTS, VIEWS]);
    await send({ name: 'cart.updated' });
    await step('2026-03-02T12:00:00.000Z');
    expect(await decided()).toEqual(['inactive']);
  });
});

describe('what an operator says', () => {
  it('is kept, with who said it, when and why; saying it again changes nothing', async () => {
    const { database, step } = await start();
    await say('paused');
    await step('2026-03-02T09:10:00.000Z');
    await say('halted');
    await say('halted');
    expect(await readStopped(database.pool)).toEqual([
      {
        playbook: 'carts',
        status: 'halted',
        since: Date.parse(NINE) + 600_000,
        by: 'kim',
        reason: 'wrong prices',
        held: 0,
      },
    ]);
    await say('active');
    expect(await readStopped(database.pool)).toEqual([]);
    const changes = 'SELECT was, status, changed_by, reason FROM playbook_status_changes ORDER BY id';
    const by = { changed_by: 'kim', reason: 'wrong prices' };
    expect(await rows(changes)).toEqual([
      { was: 'active', status: 'paused', ...by },
      { was: 'paused', status: 'halted', ...by },
      { was: 'halted', status: 'active', ...by },
    ]);
  });

  it('of a name that nothing knows is refused; of one that has only open journeys it counts', async () => {
    const { database, send, step } = await start();
    expect(await say('paused', 'cartz')).toBeUndefined();
    await send({ name: 'seen' });
    await step('2026-03-02T09:01:00.000Z');
    await redeploy(database, [CARTS]);
    expect(await say('halted', 'views')).toMatchObject({ was: 'active', openEnrolments: 1 });
  });
});
