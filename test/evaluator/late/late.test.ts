import { afterEach, describe, expect, it } from 'vitest';
import { isoInstant } from '../../../language/time/instants.ts';
import { type Evaluation, startEvaluation } from '../../support/evaluation.ts';

let evaluation: Evaluation;
afterEach(() => evaluation.close());

const start = async (playbooks: { [name: string]: string }, at = '2026-03-02T10:00:00.000Z') => {
  const files = Object.entries(playbooks).map(([name, text]) => ({
    path: `${name}.yaml`,
    text: `playbook: ${name}\n${text}`,
  }));
  evaluation = await startEvaluation(at, files);
  return evaluation;
};

const YESTERDAY = '2026-03-01T10:00:00.000Z';

const decisions = async () =>
  (await evaluation.database.pool.query('SELECT playbook, kind, verdict, looked FROM decisions ORDER BY id')).rows;

const CART = `
trigger: { event: cart.updated, unless: order.completed, within: 1h, key: event.cart_id }
again: always
steps:
  - wait: 1d
  - record: left
`;
const cart = (at: string, id?: string) => ({
  name: 'cart.updated',
  at,
  properties: { cart_id: 'c1' },
  ...(id && { id }),
});

describe('a firing that moved stays what stands for the new one (E5)', () => {
  it('through further late events, until the order no longer gives the one for which it stands', async () => {
    const { send, step, firings, database } = await start({ cart: CART });
    await send(cart('2026-03-02T10:00:00.000Z'));
    await step('2026-03-02T12:00:00.000Z');
    await send(cart('2026-03-02T10:20:00.000Z', 'moves'));
    await step('2026-03-02T12:01:00.000Z');
    await send({ name: 'page', at: '2026-03-02T10:25:00.000Z' });
    await step('2026-03-02T12:02:00.000Z');
    expect(await firings()).toMatchObject([{ at: '2026-03-02T11:00:00.000Z', undoneBy: 'moves', moved: true }]);
    await send({ id: 'bought', name: 'order.completed', at: '2026-03-02T11:10:00.000Z' });
    await step('2026-03-02T12:03:00.000Z');
    expect(await firings()).toMatchObject([{ undoneBy: 'bought', moved: false }]);
    expect((await database.pool.query('SELECT kind FROM journey_inputs')).rows).toEqual([{ kind: 'undone' }]);
  });
});

describe('entry of what is made late (E5, N1)', () => {
  it('its audience is asked as the traits stood at its own place', async () => {
    const { send, step, firings } = await start({ cart: `${CART}audience: contact.tier == "gold"\n` }, YESTERDAY);
    await step('2026-03-02T10:00:00.000Z');
    const tier = (value: string, at: string) => ({
      kind: 'identify' as const,
      name: 'identify',
      at,
      patches: [{ type: 'contact' as const, id: 'ada', traits: { tier: value } }],
    });
    await send(tier('gold', '2026-03-02T09:00:00.000Z'), tier('tin', '2026-03-02T09:55:00.000Z'));
    await step('2026-03-02T10:30:00.000Z');
    await send(cart('2026-03-02T08:30:00.000Z'));
    await step('2026-03-02T10:31:00.000Z');
    expect(await firings()).toMatchObject([{ at: '2026-03-02T09:30:00.000Z', status: 'enrolled' }]);
  });

  it('an enrolment that began after its instant refuses it', async () => {
    const seen = 'trigger: { event: seen }\nagain: after 1h\nsteps: [{ record: x }]';
    const { send, step, firings } = await start({ seen }, YESTERDAY);
    await step('2026-03-02T10:00:00.000Z');
    await send({ name: 'seen' });
    await step('2026-03-02T10:10:00.000Z');
    await evaluation.database.pool.query(
      "UPDATE enrolments SET outcome = 'completed', next_at = NULL WHERE outcome IS NULL",
    );
    await send({ name: 'seen', at: '2026-03-02T07:00:00.000Z' });
    await step('2026-03-02T10:11:00.000Z');
    expect(await firings()).toMatchObject([
      { at: '2026-03-02T07:00:00.000Z', status: 'refused', reason: 'again' },
      { at: '2026-03-02T10:00:00.000Z', status: 'enrolled' },
    ]);
  });

  it('older than too_late_after it enters nobody', async () => {
    const seen = 'trigger: { event: seen }\nsteps: [{ record: x }]';
    const { send, step, firings } = await start({ seen }, '2026-02-01T10:00:00.000Z');
    await step('2026-03-02T10:00:00.000Z');
    await send({ name: 'page' });
    await step('2026-03-02T10:10:00.000Z');
    await send({ name: 'seen', at: '2026-02-20T07:00:00.000Z' });
    await step('2026-03-02T10:11:00.000Z');
    expect(await firings()).toMatchObject([{ status: 'refused', reason: 'too_late_after' }]);
  });
});

describe('what was derived from what is taken back (E9)', () => {
  it('the start of a taken-back enrolment is on no timeline, and what it had fired is taken back too', async () => {
    const { send, step, firings, database } = await start({
      cart: CART,
      after: 'trigger: { event: enrolment.started, where: event.playbook == "cart" }\nsteps: [{ record: x }]',
    });
    await send(cart('2026-03-02T10:00:00.000Z'));
    await step('2026-03-02T11:30:00.000Z');
    expect(await firings()).toMatchObject([{ playbook: 'cart' }, { playbook: 'after', undoneBy: null }]);
    await send({ id: 'bought', name: 'order.completed', at: '2026-03-02T10:30:00.000Z' });
    await step('2026-03-02T11:31:00.000Z');
    expect(await firings()).toMatchObject([
      { playbook: 'cart', undoneBy: 'bought' },
      { playbook: 'after', undoneBy: 'bought' },
    ]);
    const { rows } = await database.pool.query("SELECT undone_by FROM events WHERE name = 'enrolment.started'");
    expect(rows.map((row) => row.undone_by)).toContain('bought');
  });

  it('a breach that a late answer takes back is no event any more, and the instance keeps its number (T10)', async () => {
    const { send, step, firings, database } = await start({
      slow: 'subject: ticket\ntrigger: { sla: standard.first_response, mark: breach }\nsteps: [{ record: x }]',
      told: 'subject: ticket\ntrigger: { event: sla.breached }\nsteps: [{ record: x }]',
    });
    const ids = { ticketId: 't1' };
    const patches = [{ type: 'ticket' as const, id: 't1', traits: { priority: 'urgent' } }];
    await send({ name: 'ticket.created', ids, patches });
    await step('2026-03-02T16:00:00.000Z');
    expect(await firings()).toMatchObject([
      { playbook: 'slow', key: 'standard.first_response#1' },
      { playbook: 'told' },
    ]);
    const replied = { by: 'agent', public: true };
    await send({ id: 'answer', name: 'ticket.replied', ids, at: '2026-03-02T10:05:00.000Z', properties: replied });
    await step('2026-03-02T16:01:00.000Z');
    expect(await firings()).toMatchObject([
      { playbook: 'slow', undoneBy: 'answer' },
      { playbook: 'told', undoneBy: 'answer' },
    ]);
    const { rows } = await database.pool.query(
      `SELECT name, undone_by FROM events
        WHERE name LIKE 'sla.%' AND properties->>'clock' = 'first_response' ORDER BY arrival`,
    );
    expect(rows).toEqual([
      { name: 'sla.started', undone_by: null },
      { name: 'sla.breached', undone_by: 'answer' },
      { name: 'sla.stopped', undone_by: null },
    ]);
  });
});

describe('a firing that waits for its audience (if_refused, N1)', () => {
  const VIP = `
trigger: { event: seen }
audience: contact.tier == "gold"
if_refused: wait up to 2d
goal: { event: order.completed }
steps: [{ wait: 1d }]
`;
  const gold = (at?: string) => ({
    kind: 'identify' as const,
    name: 'identify',
    ...(at && { at }),
    patches: [{ type: 'contact' as const, id: 'ada', traits: { tier: 'gold' } }],
  });

  it('enters when the trait changes, and its enrolment starts then', async () => {
    const { send, step, firings, database } = await start({ vip: VIP });
    await send({ name: 'seen' });
    await step('2026-03-02T11:00:00.000Z');
    expect(await firings()).toMatchObject([{ status: 'deferred', reason: 'audience' }]);
    await send(gold());
    await step('2026-03-02T11:01:00.000Z');
    expect(await firings()).toMatchObject([{ at: '2026-03-02T10:00:00.000Z', status: 'enrolled', reason: null }]);
    const { rows } = await database.pool.query('SELECT started_at AS at FROM enrolments');
    expect(rows.map(({ at }) => isoInstant(at))).toEqual(['2026-03-02T11:00:00.000Z']);
  });

  it('a goal that came first refuses it as overtaken', async () => {
    const { send, step, firings } = await start({ vip: VIP });
    await send({ name: 'seen' });
    await step('2026-03-02T11:00:00.000Z');
    await send({ name: 'order.completed' });
    await step('2026-03-02T11:30:00.000Z');
    await send(gold());
    await step('2026-03-02T11:31:00.000Z');
    expect(await firings()).toMatchObject([{ status: 'refused', reason: 'overtaken' }]);
  });

  it('when nobody lets it in it is refused after its time', async () => {
    const { send, step, firings } = await start({ vip: VIP });
    await send({ name: 'seen' });
    await step('2026-03-04T09:59:00.000Z');
    expect(await firings()).toMatchObject([{ status: 'deferred' }]);
    await step('2026-03-04T10:01:00.000Z');
    await expect.poll(firings).toMatchObject([{ status: 'refused', reason: 'audience' }]);
  });

  it('a late event that takes the firing back refuses it as overtaken', async () => {
    const { send, step, firings } = await start({
      vip: VIP.replace('{ event: seen }', '{ event: seen, unless: left, within: 1h }'),
    });
    await send({ name: 'seen' });
    await step('2026-03-02T12:00:00.000Z');
    await send({ name: 'left', at: '2026-03-02T10:30:00.000Z' });
    await step('2026-03-02T12:10:00.000Z');
    await send(gold());
    await step('2026-03-02T12:11:00.000Z');
    expect(await firings()).toMatchObject([{ status: 'refused', reason: 'overtaken' }]);
    expect((await decisions()).map(({ verdict }) => verdict)).not.toContain('enrolled');
  });
});
