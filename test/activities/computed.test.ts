/** T0, T14: a step reads computed traits as they stood at its own place, however far the timeline has gone since. */
import { afterEach, expect, it } from 'vitest';
import { DAY, HOUR, MINUTE, START, type Stage, startStage } from './stage.ts';

let stage: Stage;
afterEach(() => stage.close());

const TRAITS = `subject: contact
traits:
  orders: { count: true, event: order, over: ever }
  spent_1d: { sum: event.total, event: order, over: 1d }
  last_two: { sum: event.total, event: order, over: last 2 }
  this_month: { count: true, event: order, over: calendar month }
  score: { score: [{ event: order, points: contact.weight }], half_life: 1d }
  opened: { count: true, event: opened, of: sent, by: event.m, over: last 2 }
  stage: { tiers: [{ if: contact.orders >= 3 && contact.score > 4, is: hot }, { else: cold }] }
`;
const ACCOUNT = 'subject: account\ntraits:\n  seats: { last: event.seats, event: bought, over: ever }\n';
const SHOWN = ['orders', 'spent_1d', 'last_two', 'this_month', 'score', 'opened', 'stage'];

it('a step in the past sees nothing that came behind it', async () => {
  const title = [...SHOWN.map((name) => `contact.${name}`), 'account.seats'].map((path) => `{{ ${path} }}`).join(' ');
  const files = [
    { path: 'traits/own.yaml', text: TRAITS },
    { path: 'traits/account.yaml', text: ACCOUNT },
    {
      path: 'p.yaml',
      text: `playbook: p\ntrigger: { event: a }\nsteps:\n  - task: "${title}"\n    assign: kim\n    due: 1d\n`,
    },
  ];
  stage = await startStage(files, { settings: { globalHoldoutPercent: 0 } });
  const { ask, enrol, event, record, rows, step } = stage;
  await record('contact', 'ada', { name: 'Ada', weight: 4, accountId: 'acme' });
  await record('account', 'acme', { name: 'Acme' });
  const bought = (at: number, seats: number) =>
    event('bought', { at, ids: { accountId: 'acme' }, properties: { seats } });
  const order = (at: number, total: number) => event('order', { at, properties: { total } });
  await step(START + 10 * MINUTE);
  await bought(START - 2 * DAY, 7);
  // START is Monday the 2nd of March, 10:00 UTC: two days before, it was February.
  await order(START - 2 * DAY, 1);
  await order(START - DAY, 2);
  await order(START - HOUR, 4);
  for (const m of ['x', 'y', 'z']) await event('sent', { at: START - HOUR, properties: { m } });
  await event('opened', { at: START - HOUR, properties: { m: 'x' } });
  await event('opened', { at: START - HOUR, properties: { m: 'z' } });
  const id = await enrol('p');
  // All of this came behind the step.
  await order(START + 5 * MINUTE, 100);
  await event('opened', { at: START + 5 * MINUTE, properties: { m: 'y' } });
  await bought(START + 5 * MINUTE, 9);
  expect(await ask(id, { name: 'do', path: 'steps.0' })).toMatchObject({ go: 'next' });
  // The first order came before the weight was written: its row had no points.
  const score = 4 * (2 ** -1 + 2 ** (-1 / 24));
  const [task] = await rows<{ title: string }>('SELECT title FROM tasks');
  const [orders, spent, lastTwo, month, shown, opened, tier, seats] = task!.title.split(' ');
  expect([orders, spent, lastTwo, month, opened, tier, seats]).toEqual(['3', '4', '6', '2', '1', 'hot', '7']);
  expect(Number(shown)).toBeCloseTo(score, 6);
});
