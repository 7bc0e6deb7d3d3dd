import { afterEach, describe, expect, it } from 'vitest';
import type { WorkspaceFile } from '../../../language/compile.ts';
import { isoInstant } from '../../../language/time/instants.ts';
import { type Evaluation, startEvaluation } from '../../support/evaluation.ts';
import { redeploy } from '../../support/redeploy.ts';

let evaluation: Evaluation;
afterEach(() => evaluation.close());

const file = (name: string, text: string): WorkspaceFile => ({
  path: `${name}.yaml`,
  text: `playbook: ${name}\n${text}`,
});
const OTHER = file('other', 'trigger: { event: nothing }\nsteps: [{ record: x }]');
const CART = file(
  'cart',
  'trigger: { event: cart.updated, unless: order.completed, within: 1h }\nagain: always\nsteps: [{ record: x }]',
);
const QUIET = 'trigger: { inactive: order.completed, for: 30d }\nsteps: [{ wait: 1d }]';

const start = async (files = [OTHER]) => {
  evaluation = await startEvaluation('2026-03-02T10:00:00.000Z', files);
  return evaluation;
};
const rows = async (sql: string) => (await evaluation.database.pool.query(sql)).rows;
const at = (time: string) => `2026-03-02T${time}:00.000Z`;

describe('at a first deployment the state is built from the stored events (T18)', () => {
  it('a watch that a stored event has opened fires after it', async () => {
    const { send, step, firings, database, evaluator } = await start();
    await send({ name: 'cart.updated' });
    await step(at('10:30'));
    await redeploy(database, [OTHER, CART]);
    await evaluator.idle();
    await step(at('11:30'));
    expect(await firings()).toMatchObject([{ playbook: 'cart', at: at('11:00'), status: 'enrolled' }]);
  });

  it('what would have fired before is counted, and a few are kept as decisions', async () => {
    const { send, step, firings, database, evaluator } = await start();
    await send({ name: 'cart.updated' }, { name: 'cart.updated', ids: { contactId: 'bob' } });
    await step(at('12:30'));
    await redeploy(database, [OTHER, CART]);
    await evaluator.idle();
    expect(await firings()).toEqual([]);
    expect(await rows("SELECT before_deploy AS n FROM deployments WHERE playbook = 'cart'")).toEqual([{ n: 2 }]);
    const kept = await rows('SELECT subject_id AS id, verdict FROM decisions ORDER BY subject_id');
    expect(kept).toEqual([
      { id: 'ada', verdict: 'before_deploy' },
      { id: 'bob', verdict: 'before_deploy' },
    ]);
  });

  it('of more than a hundred the latest hundred are kept', async () => {
    const { send, step, database, evaluator } = await start();
    const people = Array.from({ length: 130 }, (_, n) => `p${String(n).padStart(3, '0')}`);
    await step('2026-03-02T10:10:00.000Z');
    await send(
      ...people.map((contactId, n) => ({
        name: 'cart.updated',
        ids: { contactId },
        at: isoInstant(Date.parse(at('10:00')) + n * 1_000),
      })),
    );
    await step(at('12:30'));
    await redeploy(database, [OTHER, CART]);
    await evaluator.idle();
    expect(await rows("SELECT before_deploy AS n FROM deployments WHERE playbook = 'cart'")).toEqual([{ n: 130 }]);
    const kept = await rows("SELECT subject_id AS id FROM decisions WHERE verdict = 'before_deploy' ORDER BY at");
    expect(kept.map(({ id }) => id)).toEqual(people.slice(30));
  });

  it('an event that comes before its turn finds its subject rebuilt', async () => {
    const { send, step, firings, database, evaluator } = await start();
    await send({ name: 'cart.updated' });
    await step(at('10:30'));
    await evaluator.stop();
    await redeploy(database, [OTHER, CART]);
    await send({ id: 'bought', name: 'order.completed' });
    const { runEvaluator } = await import('../../../evaluator/evaluator.ts');
    const { silent } = await import('../../support/evaluation.ts');
    const again = runEvaluator({ database, log: silent });
    await again.idle();
    await step(at('11:30'));
    await again.idle();
    await again.stop();
    expect(await firings()).toEqual([]);
    expect(await rows('SELECT owner FROM trigger_states')).toEqual([]);
  });

  it('a trigger that changes is built anew, and one that stays keeps its state', async () => {
    const stays = file('stays', CART.text.split('\n').slice(1).join('\n'));
    const { send, step, firings, database, evaluator } = await start([CART, stays]);
    await send({ name: 'cart.updated' });
    await step(at('10:30'));
    const longer = { ...CART, text: CART.text.replace('within: 1h', 'within: 2h') };
    await redeploy(database, [longer, stays]);
    await evaluator.idle();
    await step(at('12:30'));
    expect(await firings()).toMatchObject([
      { playbook: 'stays', at: at('11:00') },
      { playbook: 'cart', at: at('12:00') },
    ]);
    expect(await rows("SELECT before_deploy AS n FROM deployments WHERE playbook = 'stays'")).toEqual([{ n: 0 }]);
  });
});

describe('what holds at the deployment (T18)', () => {
  const history = async () => {
    const { send, step } = await start();
    await send(
      { name: 'order.completed', ids: { contactId: 'quiet' } },
      { name: 'order.completed', ids: { contactId: 'buys' } },
    );
    await step('2026-04-20T10:00:00.000Z');
    await send({ name: 'order.completed', ids: { contactId: 'buys' } });
    await step('2026-04-21T10:00:00.000Z');
    return evaluation;
  };
  const fired = () => rows('SELECT subject_id AS id, at, status FROM firings ORDER BY subject_id');

  it('start_with: current fires once, at the deployment, for each subject for whom it holds', async () => {
    const { database, evaluator } = await history();
    await redeploy(database, [OTHER, file('back', `start_with: current\n${QUIET}`)]);
    await evaluator.idle();
    expect(await fired()).toEqual([{ id: 'quiet', at: Date.parse('2026-04-21T10:00:00.000Z'), status: 'enrolled' }]);
  });

  it('so does deploy --enrol-existing; without them it is left alone', async () => {
    const { database, evaluator } = await history();
    await redeploy(database, [OTHER, file('back', QUIET)]);
    await evaluator.idle();
    expect(await fired()).toEqual([]);
    await redeploy(database, [OTHER, file('back', QUIET), file('again', QUIET)], { enrolExisting: true });
    await evaluator.idle();
    expect(await rows('SELECT playbook, subject_id AS id FROM firings')).toEqual([{ playbook: 'again', id: 'quiet' }]);
  });

  it('no late event takes such a firing back', async () => {
    const { database, evaluator, send } = await history();
    await redeploy(database, [OTHER, file('back', `start_with: current\n${QUIET}`)]);
    await evaluator.idle();
    await send({ name: 'page', ids: { contactId: 'quiet' }, at: '2026-03-02T09:00:00.000Z' });
    await evaluator.idle();
    expect(await rows('SELECT undone_by FROM firings')).toEqual([{ undone_by: null }]);
  });

  it('a segment that holds fires for whoever is in it', async () => {
    const { send, step, database, evaluator } = await start();
    const identify = (contactId: string, tier: string) => ({
      name: 'identify',
      kind: 'identify' as const,
      ids: { contactId },
      patches: [{ type: 'contact' as const, id: contactId, traits: { tier } }],
    });
    await send(identify('ada', 'gold'), identify('bob', 'gold'), identify('cem', 'tin'));
    await step(at('10:10'));
    await send(identify('bob', 'tin'));
    await step(at('10:20'));
    const segments = {
      path: 'segments/own.yaml',
      text: 'subject: contact\nsegments: { golden: contact.tier == "gold" }',
    };
    const golden = file('golden', 'start_with: current\ntrigger: { enters: golden }\nsteps: [{ wait: 1d }]');
    await redeploy(database, [OTHER, golden, segments]);
    await evaluator.idle();
    expect(await rows('SELECT subject_id AS id, status FROM firings')).toEqual([{ id: 'ada', status: 'enrolled' }]);
  });
});

describe('a playbook that is no longer deployed', () => {
  it('loses its state and deadlines; its enrolments go on', async () => {
    const { send, step, database, evaluator, firings } = await start([CART, OTHER]);
    await send({ name: 'cart.updated' }, { name: 'cart.updated', ids: { contactId: 'bob' } });
    await step(at('10:30'));
    expect(await rows('SELECT FROM deadlines')).toHaveLength(2);
    await redeploy(database, [OTHER]);
    await evaluator.idle();
    expect(await rows('SELECT FROM trigger_states')).toHaveLength(0);
    expect(await rows('SELECT FROM deadlines')).toHaveLength(0);
    await step(at('11:30'));
    expect(await firings()).toEqual([]);
  });

  it('an open enrolment of it stays open', async () => {
    const { send, step, database, evaluator } = await start([
      file('seen', 'trigger: { event: seen }\nsteps: [{ wait: 1d }]'),
    ]);
    await send({ name: 'seen' });
    await step(at('10:30'));
    await redeploy(database, [OTHER]);
    await evaluator.idle();
    expect(await rows('SELECT outcome FROM enrolments')).toEqual([{ outcome: null }]);
  });
});
