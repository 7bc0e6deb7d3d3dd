/** N1 on PostgreSQL: a firing is deferred while a journey of its key lags, and is decided once that has come so far. */
import { afterEach, expect, it } from 'vitest';
import { type Evaluation, startEvaluation } from '../support/evaluation.ts';

const TEXT = `
playbook: carts
time_zone: UTC
trigger: { event: seen }
audience: contact.tier == "gold"
again: always
goal: { becomes: days_since(contact.on) > 2, within: 9d }
steps: [{ wait: 1h }]
`;

/** The evaluator looks for such firings at each poll. */
const SOON = { timeout: 10_000 };

let evaluation: Evaluation;
afterEach(() => evaluation.close());

const rows = async (sql: string) => (await evaluation.database.pool.query(sql)).rows;
const tier = (value: string, at: string) => ({
  ...{ name: 'tiered', at },
  patches: [{ type: 'contact' as const, id: 'ada', traits: { tier: value, on: '2026-03-02' } }],
});

/** Two firings of one key, half an hour apart: the first one's journey has not moved. */
async function lagging(): Promise<Evaluation> {
  evaluation = await startEvaluation('2026-03-02T09:00:00.000Z', [{ path: 'carts.yaml', text: TEXT }]);
  const { send, step } = evaluation;
  await send(tier('gold', '2026-03-02T09:00:00.000Z'));
  await step('2026-03-02T10:00:00.000Z');
  await send({ name: 'seen' });
  await step('2026-03-02T10:30:00.000Z');
  await send({ name: 'seen' });
  await step('2026-03-02T10:31:00.000Z');
  expect(await evaluation.firings()).toMatchObject([{ status: 'enrolled' }, { status: 'deferred', reason: null }]);
  return evaluation;
}

it('it enters once the journey has ended, by the audience of its own instant', async () => {
  const { send, step, firings } = await lagging();
  await send(tier('tin', '2026-03-02T10:31:00.000Z'));
  await step('2026-03-02T10:40:00.000Z');
  // The first one waits for nothing any more, and leaves the subject no threshold.
  await rows('DELETE FROM subscriptions');
  await send({ name: 'page' });
  await step('2026-03-02T10:41:00.000Z');
  expect(await rows('SELECT FROM deadlines')).toEqual([]);
  await rows("UPDATE enrolments SET outcome = 'completed', next_at = NULL");
  await step('2026-03-02T10:42:00.000Z');
  await expect
    .poll(firings, SOON)
    .toMatchObject([{ status: 'enrolled' }, { status: 'enrolled', at: '2026-03-02T10:30:00.000Z' }]);
  expect(await rows('SELECT outcome FROM enrolments ORDER BY started_at')).toEqual([
    { outcome: 'completed' },
    { outcome: null },
  ]);
  // What time alone turns for it is a deadline of the subject, too (Y4).
  await step('2026-03-05T00:00:00.001Z');
  expect(await rows("SELECT kind FROM journey_inputs WHERE kind = 'goal'")).toHaveLength(1);
});

it('it is refused where the journey waits beyond its instant', async () => {
  const { step, firings } = await lagging();
  await rows("UPDATE enrolments SET next_at = '2026-03-02T11:00:00Z'");
  await step('2026-03-02T10:41:00.000Z');
  await expect.poll(firings, SOON).toMatchObject([{ status: 'enrolled' }, { status: 'refused', reason: 'open' }]);
});
