/** Events of one subject that come together, late ones among them, are one recomputation (E5). */
import { afterEach, describe, expect, it } from 'vitest';
import { runEvaluator } from '../../../evaluator/evaluator.ts';
import { isoInstant } from '../../../language/time/instants.ts';
import { stepClock } from '../../../store/postgres/clock.ts';
import { type Evaluation, type SentEvent, silent, startEvaluation } from '../../support/evaluation.ts';

let evaluation: Evaluation;
afterEach(() => evaluation.close());

const START = '2026-03-02T00:00:00.000Z';
const at = (hour: number) => isoInstant(Date.parse(START) + hour * 3_600_000);

const start = async (playbooks: { [name: string]: string }) => {
  const files = Object.entries(playbooks).map(([name, text]) => ({
    path: `${name}.yaml`,
    text: text.startsWith('subject: contact\ntraits') ? text : `playbook: ${name}\n${text}`,
  }));
  evaluation = await startEvaluation(START, files);
  return evaluation;
};

const rows = async (sql: string) => (await evaluation.database.pool.query(sql)).rows;
const told = () => rows("SELECT kind FROM journey_inputs WHERE kind = 'undone'");
const enrolled = () => rows('SELECT playbook FROM enrolments ORDER BY started_at');

const CART = 'trigger: { event: opened, unless: closed, within: 10h }\nagain: always\nsteps: [{ wait: 5d }]';
const event = (name: string, hour: number, more: Partial<SentEvent> = {}): SentEvent => ({
  name,
  at: at(hour),
  ...more,
});

/** Opened at one o'clock, fired at eleven, and the head is at eight in the evening. */
async function fired(playbooks: { [name: string]: string } = { cart: CART }) {
  const started = await start(playbooks);
  await started.step(at(1));
  await started.send(event('opened', 1));
  await started.step(at(20));
  await started.send(event('page', 20));
  await started.step(at(20.1));
  return started;
}

describe('late events in one batch (E5)', () => {
  it.each([
    ['one after the other', [[event('opened', 3)], [event('opened', 5)]]],
    ['together', [[event('opened', 3), event('opened', 5)]]],
    ['with one that says nothing', [[event('opened', 5), event('page', 13)]]],
    ['with one in order behind them', [[event('opened', 3), event('opened', 5), event('page', 20.05)]]],
  ])('the made firing stands for the one that is given: %s', async (_, requests) => {
    const { send, evaluator, firings } = await fired();
    for (const request of requests) {
      await send(...request);
      await evaluator.idle();
    }
    expect(await firings()).toMatchObject([{ at: at(11), moved: true }]);
    expect(await rows('SELECT stands_at FROM firings')).toEqual([{ stands_at: Date.parse(at(15)) }]);
    expect(await told()).toEqual([]);
    expect(await enrolled()).toHaveLength(1);
  });

  it('what the last of them takes back is taken back, once', async () => {
    const { send, evaluator, firings } = await fired();
    await send(event('opened', 5), event('closed', 13, { id: 'bought' }));
    await evaluator.idle();
    expect(await firings()).toMatchObject([{ at: at(11), moved: false }]);
    expect(await told()).toHaveLength(1);
  });

  it('what an event in order gives behind a late one is the moved firing, too', async () => {
    const { send, step, firings } = await start({ cart: CART });
    await step(at(1));
    await send(event('opened', 1));
    await step(at(12));
    await send(event('page', 12));
    await step(at(12.1));
    // The head is at noon: one is late, the other comes in order, and the watch ends only after both.
    await evaluation.evaluator.stop();
    await stepClock(evaluation.database.pool, Date.parse(at(20)));
    await send(event('opened', 5), event('page', 13));
    const again = runEvaluator({ database: evaluation.database, log: silent });
    await again.idle();
    await again.stop();
    expect(await firings()).toMatchObject([{ at: at(11), moved: true }]);
    expect(await told()).toEqual([]);
    expect(await enrolled()).toHaveLength(1);
  });

  it('each playbook and each key for itself, and records beside contacts', async () => {
    const keyed = `trigger: { event: opened, unless: closed, within: 10h, key: event.cart }\nagain: always\nsteps: [{ wait: 5d }]`;
    const { send, evaluator, step, firings } = await start({
      cart: keyed,
      ticket: keyed.replace('trigger:', 'subject: ticket\ntrigger:'),
    });
    const of = (cart: string, hour: number) =>
      event('opened', hour, { ids: { contactId: 'ada', ticketId: 't1' }, properties: { cart } });
    await step(at(1));
    await send(of('a', 1), of('b', 1));
    await step(at(20));
    await send(event('page', 20, { ids: { contactId: 'ada', ticketId: 't1' } }));
    await step(at(20.1));
    await send(of('a', 3), of('b', 4), of('a', 5), of('b', 6));
    await evaluator.idle();
    const moved = { at: at(11), moved: true };
    expect(await firings()).toMatchObject([moved, moved, moved, moved]);
    expect(await told()).toEqual([]);
    expect(await enrolled()).toHaveLength(4);
  });
});

describe('a walk that begins at a checkpoint (E5)', () => {
  /** With so many events that a checkpoint lies between the firing and the head. */
  async function withCheckpoint() {
    const started = await start({ cart: CART });
    await started.step(at(1));
    await started.send(event('opened', 1));
    await started.step(at(12));
    await started.send(...Array.from({ length: 300 }, (_, n) => event('page', 2 + n / 30)));
    await started.step(at(20));
    await started.send(event('page', 20));
    await started.step(at(20.1));
    expect(await rows('SELECT at FROM checkpoints')).toHaveLength(1);
    return started;
  }

  it('knows what an earlier walk has moved', async () => {
    const { send, evaluator, firings } = await withCheckpoint();
    await send(event('opened', 5), event('page', 13));
    await evaluator.idle();
    expect(await firings()).toMatchObject([{ at: at(11), moved: true }]);
    expect(await enrolled()).toHaveLength(1);
  });

  it('and takes it back where it is no longer given', async () => {
    const { send, evaluator, firings } = await withCheckpoint();
    await send(event('opened', 5), event('closed', 13, { id: 'bought' }));
    await evaluator.idle();
    expect(await firings()).toMatchObject([{ at: at(11), moved: false }]);
    expect(await told()).toHaveLength(1);
  });
});

describe('a late event beside a merge (E5, E6)', () => {
  const identify = (hour: number, anonymousId: string): SentEvent => ({
    name: 'identify',
    kind: 'identify',
    at: at(hour),
    ids: { contactId: 'ada', anonymousId },
  });

  it('what an event of before two merges makes is not taken back by the second of one batch', async () => {
    const { send, step, firings } = await start({ cart: CART.replace('10h', '1h') });
    await step(at(4));
    await send(identify(3, 'v'));
    await step(at(6));
    await send(event('opened', 0.5), identify(3, 'w'));
    await step(at(7));
    expect(await firings()).toMatchObject([{ at: at(1.5), undoneBy: null, status: 'enrolled' }]);
  });

  it('late events that the merge walks with it are one comparison with it', async () => {
    const { send, evaluator, firings } = await fired();
    await send(event('opened', 3), event('opened', 5), identify(19, 'v'));
    await evaluator.idle();
    expect(await firings()).toMatchObject([{ at: at(11), moved: true }]);
    expect(await told()).toEqual([]);
    expect(await enrolled()).toHaveLength(1);
  });
});

describe('evidence follows (T15)', () => {
  const evidence = () => rows('SELECT evidence, trigger FROM firings ORDER BY at');

  it('of a sequence: each element is the latest possible one', async () => {
    const { send, evaluator, step } = await start({
      order: 'trigger: { sequence: [seen, chosen, paid], within: 12h }\nagain: always\nsteps: [{ wait: 5d }]',
    });
    await step(at(6));
    const one = (name: string, hour: number) => event(name, hour, { id: `${name}${hour}` });
    await send(one('seen', 1), one('chosen', 2), one('paid', 6));
    await evaluator.idle();
    await send(one('seen', 3), one('chosen', 4));
    await evaluator.idle();
    expect(await evidence()).toMatchObject([{ evidence: ['seen3', 'chosen4', 'paid6'] }]);
  });

  it('of a count with hold, whose enrolment keeps what it began with', async () => {
    const { send, evaluator, step, firings } = await start({
      often:
        'trigger: { event: seen, at_least: 2, within: 6h, unless: paid, hold: 1h }\nagain: always\nsteps: [{ wait: 5d }]',
    });
    await step(at(5));
    const seen = (hour: number) => event('seen', hour, { id: `seen${hour}` });
    await send(event('paid', 1.5), seen(2), seen(4));
    await step(at(8));
    expect(await evidence()).toMatchObject([{ evidence: ['seen2', 'seen4'] }]);
    await send(event('paid', 2.5), seen(3));
    await evaluator.idle();
    expect(await firings()).toMatchObject([{ at: at(5), undoneBy: null }]);
    expect(await evidence()).toMatchObject([{ evidence: ['seen3', 'seen4'] }]);
  });
});

describe('what a late event does not concern stays (E5)', () => {
  it('a firing that was moved before it is not given again by an event long after it', async () => {
    const { send, evaluator, step, firings } = await start({ cart: `anonymous: true\n${CART}` });
    await step(at(1));
    const visitor = { anonymousId: 'v' };
    await send(event('opened', 2));
    await step(at(13));
    await send(event('page', 13));
    await evaluator.idle();
    await send(event('opened', 1.5), event('closed', 1.7, { ids: visitor }));
    await step(at(30));
    await send({ name: 'identify', kind: 'identify', at: at(28), ids: { contactId: 'ada', ...visitor } });
    await step(at(50));
    await send(event('page', 50));
    await evaluator.idle();
    const before = await firings();
    await send(event('page', 45));
    await evaluator.idle();
    expect(await firings()).toEqual(before);
  });
});
