/** E6 on PostgreSQL: a visitor becomes a contact, and both timelines are read as one from there. */
import { afterEach, describe, expect, it } from 'vitest';
import { type Evaluation, type SentEvent, startEvaluation } from '../support/evaluation.ts';
import { at, cart, count, enrolments, firings, identify, known, visitor } from './visitors.ts';

let evaluation: Evaluation;
afterEach(() => evaluation.close());

describe('a visitor who signs in', () => {
  it('takes the open watch along: it fires for the contact, at the instant at which it would have fired (E6)', async () => {
    evaluation = await startEvaluation(at('10:00'), [cart()]);
    const { send, step } = evaluation;
    await send(visitor('cart.updated', '10:00'));
    await step(at('10:30'));
    await send(identify('10:30'));
    await step(at('12:00'));
    expect(await firings(evaluation)).toEqual(['11:00 cart ada enrolled']);
  });

  it('counts with what was seen before: the third view fires, the merge alone does not', async () => {
    evaluation = await startEvaluation(at('10:00'), [count()]);
    const { send, step } = evaluation;
    await send(visitor('viewed', '10:00'), known('viewed', '10:00'));
    await step(at('10:05'));
    await send(visitor('viewed', '10:05', 'x'), identify('10:05'));
    await step(at('10:10'));
    expect(await firings(evaluation)).toEqual([]);
    await send(known('viewed', '10:10'));
    await step(at('10:20'));
    // Exactly two before it make an edge; the third of them was the visitor's, before the merge.
    expect(await firings(evaluation)).toEqual([]);
    await step(at('11:00', 4));
    await send(visitor('viewed', '11:00', 'x', 4), known('viewed', '11:00', 'ada', 4));
    await step(at('11:01', 4));
    await send({ ...visitor('viewed', '11:01', 'x', 4) });
    await step(at('11:02', 4));
    expect(await firings(evaluation)).toEqual(['11:01 views ada enrolled']);
  });

  it('enters what waited, from the merge on; the same firing, with the same id', async () => {
    evaluation = await startEvaluation(at('10:00'), [count()]);
    const { send, step } = evaluation;
    await step(at('10:10'));
    await send(visitor('viewed', '10:00'), visitor('viewed', '10:01'), visitor('viewed', '10:02'));
    await step(at('10:30'));
    expect(await firings(evaluation)).toEqual(['10:02 views anon:x anonymous']);
    expect(await enrolments(evaluation)).toEqual([]);
    await send(identify('10:30'));
    await step(at('10:40'));
    expect(await firings(evaluation)).toEqual(['10:02 views ada enrolled']);
    expect(await enrolments(evaluation)).toEqual(['10:30 views ada']);
  });

  it('leaves out what waited and what the goal has overtaken', async () => {
    evaluation = await startEvaluation(at('10:00'), [cart()]);
    const { send, step } = evaluation;
    await send(visitor('cart.updated', '10:00'));
    await step(at('11:30'));
    await send(known('order.completed', '11:30'));
    await step(at('12:00'));
    await send(identify('12:00'));
    await step(at('12:10'));
    expect(await firings(evaluation)).toEqual(['11:00 cart ada overtaken']);
    expect(await enrolments(evaluation)).toEqual([]);
  });
});

describe('what a visitor began', () => {
  it('goes on as the contact`s: the older of two of one key stays, the other is told `merged`, and so are both sides', async () => {
    evaluation = await startEvaluation(at('10:00'), [cart('anonymous: true\nholdout: 50%')]);
    const { send, step, database } = evaluation;
    // Of these two one is held out.
    const ids = { visitor: 'anon:v1', contact: 'ada' };
    await send(visitor('cart.updated', '10:00', 'v1'));
    await step(at('10:20'));
    await send(known('cart.updated', '10:20'));
    await step(at('11:30'));
    const { rows: before } = await database.pool.query(
      'SELECT subject_id AS id, ghost FROM enrolments ORDER BY started_at',
    );
    expect(before).toMatchObject([{ id: ids.visitor }, { id: ids.contact }]);
    await send(identify('11:30', {}, 'ada', 'v1'));
    await step(at('11:40'));
    expect(await enrolments(evaluation)).toEqual(['11:00 cart ada', '11:20 cart ada']);
    const { rows: told } = await database.pool.query(
      `SELECT to_char(started_at, 'HH24:MI') AS began, kind FROM journey_inputs i JOIN enrolments e ON e.id = i.enrolment_id`,
    );
    expect(told).toEqual([{ began: expect.stringContaining(':20'), kind: 'merged' }]);
    const { rows: sides } = await database.pool.query('SELECT subject_id AS id, ghost, mixed FROM holdout_sides');
    const mixed = before[0].ghost !== before[1].ghost;
    expect(sides).toEqual([{ id: 'ada', ghost: before[0].ghost, mixed }]);
    const { rows: rest } = await database.pool.query(
      `SELECT id FROM contacts WHERE id LIKE 'anon:%' UNION ALL SELECT subject_id FROM subscriptions WHERE subject_id LIKE 'anon:%'
       UNION ALL SELECT subject_id FROM trigger_states WHERE subject_id LIKE 'anon:%'
       UNION ALL SELECT subject_id FROM deadlines WHERE subject_id LIKE 'anon:%'`,
    );
    expect(rest).toEqual([]);
  });

  it('a goal that the visitor met before the merge is met', async () => {
    evaluation = await startEvaluation(at('10:00'), [cart()]);
    const { send, step, database } = evaluation;
    await send(known('cart.updated', '10:00'));
    await step(at('11:30'));
    await send(visitor('order.completed', '11:30'));
    await step(at('11:40'));
    await send(identify('11:40'));
    await step(at('11:50'));
    const { rows } = await database.pool.query('SELECT goal_event FROM enrolments');
    expect(rows).toEqual([{ goal_event: 'order.completed-11:30-x' }]);
  });
});

describe('an alias', () => {
  const alias = (time: string, previousId: string, contactId = 'ada'): SentEvent => ({
    name: 'alias',
    kind: 'alias',
    at: at(time),
    ids: { contactId },
    properties: { previousId },
  });

  it('makes two known contacts one, and a visitor known', async () => {
    evaluation = await startEvaluation(at('10:00'), [count()]);
    const { send, step } = evaluation;
    await send(known('viewed', '10:00', 'old'), visitor('viewed', '10:00'));
    await step(at('10:10'));
    await send(alias('10:10', 'old'), alias('10:10', 'x'));
    await step(at('10:20'));
    await send({ ...known('viewed', '10:20', 'old') });
    await step(at('10:30'));
    expect(await firings(evaluation)).toEqual(['10:20 views ada enrolled']);
  });
});

describe('an event that names only an id which is another`s by now (E6, E8)', () => {
  const byAccount = {
    path: 'seen.yaml',
    text: 'playbook: seen\nsubject: account\ntrigger: { event: viewed }\nagain: always\nsteps: [{ record: seen }]\n',
  };
  const byContact = {
    path: 'mine.yaml',
    text: 'playbook: mine\ntrigger: { event: viewed }\nagain: always\nsteps: [{ record: seen }]\n',
  };
  const member = (time: string, accountId: string, ids = {}): SentEvent => ({
    name: 'group',
    kind: 'group',
    at: at(time),
    ids: { contactId: 'ada', accountId, ...ids },
    patches: [{ type: 'contact', id: 'ada', traits: { accountId } }],
  });
  const pending = async () => {
    const { rows } = await evaluation.database.pool.query('SELECT count(*)::int AS n FROM pending_events');
    return rows[0].n;
  };

  it.each([
    ['a visitor`s', identify('10:01'), visitor('viewed', '10:05')],
    [
      'a contact`s old one',
      { name: 'alias', kind: 'alias', at: at('10:01'), ids: { contactId: 'ada' }, properties: { previousId: 'old' } },
      known('viewed', '10:05', 'old'),
    ],
  ] satisfies [string, SentEvent, SentEvent][])(
    'is consumed for the heir and its account: %s',
    async (_, claim, view) => {
      evaluation = await startEvaluation(at('10:00'), [byAccount, byContact]);
      const { send, step } = evaluation;
      await step(at('10:05'));
      await send(member('10:00', 'acme'), claim);
      await evaluation.evaluator.idle();
      await send(view);
      await step(at('10:10'));
      expect(await pending()).toBe(0);
      expect(await firings(evaluation)).toEqual(['10:05 mine ada enrolled', '10:05 seen acme enrolled']);
    },
  );

  it('in one batch with the claim, too', async () => {
    evaluation = await startEvaluation(at('10:00'), [byAccount, byContact]);
    const { send, step } = evaluation;
    await step(at('10:05'));
    await send(member('10:00', 'acme'), identify('10:01'), visitor('viewed', '10:05'));
    await step(at('10:10'));
    expect(await pending()).toBe(0);
    expect(await firings(evaluation)).toEqual(['10:05 mine ada enrolled', '10:05 seen acme enrolled']);
  });

  it('and lies before a second claim: it is of the account of whom the id was then', async () => {
    evaluation = await startEvaluation(at('09:00'), [byAccount, byContact]);
    const { send, step } = evaluation;
    await step(at('10:30'));
    const bea = {
      name: 'group',
      kind: 'group',
      at: at('10:00'),
      ids: { contactId: 'bea', accountId: 'other' },
    } as const;
    await send(
      member('10:00', 'acme'),
      { ...bea, patches: [{ type: 'contact', id: 'bea', traits: { accountId: 'other' } }] },
      identify('10:01'),
      identify('10:20', {}, 'bea'),
    );
    await evaluation.evaluator.idle();
    await send(visitor('viewed', '10:10'), visitor('viewed', '10:25'));
    await step(at('10:40'));
    expect(await pending()).toBe(0);
    expect(await firings(evaluation)).toEqual([
      '10:10 mine ada enrolled',
      '10:10 seen acme enrolled',
      '10:25 mine bea enrolled',
      '10:25 seen other enrolled',
    ]);
  });

  it('and lies before the merge: it is of the account that the visitor`s own record named then', async () => {
    evaluation = await startEvaluation(at('09:00'), [byAccount, byContact]);
    const { send, step } = evaluation;
    await step(at('10:30'));
    const mine = {
      name: 'group',
      kind: 'group',
      at: at('09:50'),
      ids: { anonymousId: 'x', accountId: 'first' },
    } as const;
    await send(
      { ...mine, patches: [{ type: 'contact', id: 'anon:x', traits: { accountId: 'first' } }] },
      identify('10:01'),
      member('10:02', 'acme'),
    );
    await evaluation.evaluator.idle();
    await send(visitor('viewed', '09:55'));
    await step(at('10:40'));
    expect(await pending()).toBe(0);
    expect(await firings(evaluation)).toEqual(['09:55 mine ada enrolled', '09:55 seen first enrolled']);
  });
});
