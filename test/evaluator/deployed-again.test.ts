/** Deployments that follow each other before their rebuilds are done (T18). */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { loadBatch as loadSteps } from '../../activities/batch/load.ts';
import { currentDeployed } from '../../evaluator/deployed-program.ts';
import { type Evaluator, runEvaluator } from '../../evaluator/evaluator.ts';
import { openSchedules } from '../../evaluator/schedules/walk-schedules.ts';
import type { WorkspaceFile } from '../../language/compile.ts';
import { stepClock } from '../../store/postgres/clock.ts';
import { openWatermark } from '../../store/postgres/watermark.ts';
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

it('of firings before a deployment the latest hundred are kept, also where all were at one instant (T18)', async () => {
  const { database, evaluator, send, step } = await start([OTHER]);
  const people = Array.from({ length: 130 }, (_, n) => ({ name: 'cart.updated', ids: { contactId: `p${n}` } }));
  await send(...people);
  await step(at('12:30'));
  await redeploy(database, [OTHER, CART]);
  await evaluator.idle();
  const { rows } = await database.pool.query(
    "SELECT count(*)::int AS n FROM decisions WHERE verdict = 'before_deploy'",
  );
  expect(rows).toEqual([{ n: 100 }]);
});

it('a deployment waits for steps that are being written: whose events nobody listens to is theirs to say', async () => {
  const { database } = await start([OTHER]);
  let isDeployed = false;
  let deploying: Promise<void> | undefined;
  await database.transaction(
    async (client) => {
      await loadSteps(client, [], []);
      deploying = redeploy(database, [OTHER, CART]).then(() => void (isDeployed = true));
      // Longer than a statement may take otherwise.
      for (let n = 0; n < 11; n++) {
        await sleep(500);
        await client.query('SELECT');
      }
      expect(isDeployed).toBe(false);
    },
    { timeoutMs: 10_000 },
  );
  await deploying;
  expect(isDeployed).toBe(true);
});

describe('a walk of a schedule that was begun before a deployment', () => {
  it('enters nobody in what is no longer deployed (N5, T11)', async () => {
    const { database, evaluator, send, step, firings } = await start([OTHER, DAILY]);
    await send({ name: 'seen', kind: 'identify', patches: [{ type: 'contact', id: 'ada', traits: { name: 'Ada' } }] });
    await step(at('10:30'));
    await evaluator.stop();
    const before = await currentDeployed(database.pool, undefined);
    const schedules = openSchedules(database, openWatermark(database));
    await schedules.walk(before!);
    await redeploy(database, [OTHER]);
    await stepClock(database.pool, Date.parse(at('12:30')));
    await schedules.walk(before!);
    expect(await firings()).toEqual([]);
  });
});
