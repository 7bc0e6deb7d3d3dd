/** Deployments that follow each other before their rebuilds are done (T18). */
import { afterEach, describe, expect, it } from 'vitest';
import { currentDeployed } from '../../ingest/deployed.ts';
import { type Evaluator, runEvaluator } from '../../ingest/evaluator.ts';
import { openSchedules } from '../../ingest/schedules.ts';
import type { WorkspaceFile } from '../../language/compile.ts';
import { openBarrier } from '../../store/barrier.ts';
import { stepClock } from '../../store/clock.ts';
import { type Evaluation, silent, startEvaluation } from '../support/evaluation.ts';
import { redeploy } from '../support/redeploy.ts';

const file = (name: string, text: string): WorkspaceFile => ({
  path: `${name}.yaml`,
  text: `playbook: ${name}\n${text}`,
});
const OTHER = file('other', 'trigger: { event: nothing }\nsteps: [{ record: x }]');
const CART = file(
  'cart',
  'trigger: { event: cart.updated, unless: order.completed, within: 1h }\nagain: always\nsteps: [{ record: x }]',
);
const DAILY = file(
  'daily',
  'trigger: { schedule: "0 12 * * *", time_zone: UTC }\nagain: always\nsteps: [{ record: x }]',
);

let evaluation: Evaluation;
let second: Evaluator | undefined;
afterEach(async () => {
  await second?.stop();
  second = undefined;
  await evaluation.close();
});

const start = async (files: WorkspaceFile[]) => {
  evaluation = await startEvaluation('2026-03-02T10:00:00.000Z', files);
  return evaluation;
};
const at = (time: string) => `2026-03-02T${time}:00.000Z`;

describe('a playbook that is taken away and comes back', () => {
  it('goes on with its watches, also where what is left of the first deployment is done after the second', async () => {
    const { database, evaluator, send, step, firings } = await start([OTHER, CART]);
    await send({ name: 'cart.updated' });
    await step(at('10:30'));
    await evaluator.stop();
    await redeploy(database, [OTHER]);
    await redeploy(database, [OTHER, CART]);
    second = runEvaluator({ database, log: silent });
    await second.idle();
    await stepClock(database.pool, Date.parse(at('11:30')));
    await second.idle();
    expect(await firings()).toMatchObject([{ playbook: 'cart', at: at('11:00'), status: 'enrolled' }]);
  });

  it('leaves no state when it stays away', async () => {
    const { database, send, step, evaluator } = await start([OTHER, CART]);
    await send({ name: 'cart.updated' });
    await step(at('10:30'));
    await redeploy(database, [OTHER]);
    await evaluator.idle();
    const { rows } = await database.pool.query("SELECT owner FROM trigger_states WHERE owner LIKE 'playbook:cart%'");
    expect(rows).toEqual([]);
  });
});

describe('a walk of a schedule that was begun before a deployment', () => {
  it('enters nobody in what is no longer deployed (N5, T11)', async () => {
    const { database, evaluator, send, step, firings } = await start([OTHER, DAILY]);
    await send({ name: 'seen', kind: 'identify', patches: [{ type: 'contact', id: 'ada', traits: { name: 'Ada' } }] });
    await step(at('10:30'));
    await evaluator.stop();
    const before = await currentDeployed(database.pool, undefined);
    const schedules = openSchedules(database, openBarrier(database));
    await schedules.walk(before!);
    await redeploy(database, [OTHER]);
    await stepClock(database.pool, Date.parse(at('12:30')));
    await schedules.walk(before!);
    expect(await firings()).toEqual([]);
  });
});
