/** T0: a backtest reports what took no part in its history. */
import { describe, expect, it } from 'vitest';
import { cuebook } from '../cli/run-command.ts';
import { backtest, call, fileOf, playbooks } from './support.ts';

const CART = `trigger: { event: cart.updated, unless: order.completed, within: 90m, key: event.cart_id }
steps: [{ record: left }]
`;

describe('what took no part is told (T0)', () => {
  it('events without a key, and values of the wrong type, by whose they were', async () => {
    const folder = await playbooks({
      cart: CART,
      rich: 'trigger: { event: cart.updated, where: event.value > 5 }\nsteps: [{ record: x }]',
    });
    const at = '2026-03-02T10:00:00Z';
    const calls = [{}, { cart_id: 'c1', value: 'much' }, { value: null }, { cart_id: 'c2', value: 7 }].map(
      (properties) => ({ event: 'cart.updated', userId: 'ada', timestamp: at, properties }),
    );
    const file = await fileOf(calls);
    const { summary } = await backtest(folder, [file]);
    expect(summary.no_part).toEqual([
      { kind: 'no_key', of: 'playbook', name: 'cart', count: 2 },
      {
        ...{ kind: 'wrong_type', of: 'playbook', name: 'rich', count: 2 },
        example: { expression: 'event.value > 5', values: { 'event.value': 'much' } },
      },
    ]);
    const { stdout } = await cuebook('backtest', folder, '--events', file);
    expect(stdout).toMatch(
      /Took no part\n.*\ncart +an event without a value for the key +2\nrich +a value of the wrong type +2 +event.value > 5, where event.value is "much"/,
    );
  });

  const seen = 'trigger: { event: seen }\n';
  const VALUES = 'subject: contact\ntraits:\n  spent: { sum: event.total, event: bought, over: 30d }\n';
  it.each([
    ['an audience', `${seen}audience: contact.points > 3\nsteps: [{ record: x }]`, 'contact.points > 3'],
    ['an `if`', `${seen}steps: [{ if: contact.points > 3, then: [{ record: x }] }]`, 'contact.points > 3'],
    ['the `if` of a step', `${seen}steps: [{ record: x, if: contact.points > 3 }]`, 'contact.points > 3'],
    [
      'a `choose`',
      `${seen}steps: [{ choose: [{ if: "contact.points > 3", then: [{ record: x }] }, { else: [] }] }]`,
      'contact.points > 3',
    ],
    [
      'the value of a record',
      `${seen}steps: [{ record: x, value: days_until(contact.ends) }]`,
      'days_until(contact.ends)',
    ],
    ['a date', 'trigger: { date: contact.ends, offset: -1d }\nsteps: [{ record: x }]', 'contact.ends'],
    ['a date that is a number', 'trigger: { date: contact.epoch }\nsteps: [{ record: x }]', 'contact.epoch'],
    ['a wait for a date', `${seen}steps: [{ wait: { until: contact.ends - 1d } }, { record: x }]`, 'contact.ends'],
    [
      'a drop',
      'trigger: { metric: { sum: event.total, event: bought }, over: 1d, drops: 50%, compared_with: 2d }\nsteps: [{ record: x }]',
      'event.total',
    ],
    [
      'a zone, of a wait',
      `${seen}steps: [{ wait: { until: "09:00", on_days: weekdays } }, { record: x }]`,
      'contact.time_zone',
      { time_zone: 'Tokyo time' },
    ],
    [
      'a zone, of days',
      `${seen}audience: days_since(contact.since) > 1\nsteps: [{ record: x }]`,
      'contact.time_zone',
      { time_zone: 9 },
    ],
    [
      'a zone, of quiet hours',
      `${seen}steps: [{ send: email, template: hello, class: marketing }]`,
      'contact.time_zone',
      { time_zone: 'Tokyo time', email: 'ada@example.com', consent: { marketing: true } },
    ],
  ])('in %s', async (_what, playbook, expression, traits: object = {}) => {
    const folder = await playbooks({
      odd: playbook,
      settings:
        'time_zone: UTC\nquiet_hours: "21:00-08:00"\nsender: { name: S, from: s@shop.example, postal_address: Weg 1 }\n',
      'templates/hello.txt': '---\nsubject: Hello\n---\nHello.',
    });
    const odd = {
      points: 'many',
      ends: '10.05.2026',
      epoch: 1_777_766_400,
      since: '2026-01-01',
    };
    const file = await fileOf([
      call(0, 'identify', 'ada', { type: 'identify', event: undefined, traits: { ...odd, ...traits } }),
      call(1, 'seen', 'ada'),
      call(2, 'bought', 'ada', { properties: { total: '10' } }),
    ]);
    const { summary } = await backtest(folder, [file]);
    const told = (summary.no_part ?? []) as { kind: string; name: string; example: { expression: string } }[];
    expect(told.map(({ kind, name, example }) => [kind, name, example.expression])).toEqual([
      ['wrong_type', 'odd', expression],
    ]);
  });

  it('in a sum', async () => {
    const folder = await playbooks({
      reads: `${seen}audience: contact.spent > 3\nsteps: [{ record: x }]`,
      'traits/contact.yaml': VALUES,
    });
    const file = await fileOf([call(1, 'bought', 'ada', { properties: { total: '10' } })]);
    const { summary } = await backtest(folder, [file]);
    const example = { expression: 'event.total', values: { 'event.total': '10' } };
    expect(summary.no_part).toEqual([{ kind: 'wrong_type', of: 'trait', name: 'spent', count: 1, example }]);
  });

  it('not what is absent', async () => {
    const folder = await playbooks({
      odd: `trigger: { date: contact.ends }\naudience: contact.points > 3\nsteps: [{ wait: { until: contact.ends } }]`,
      drop: 'trigger: { metric: { sum: event.total, event: seen }, over: 1d, drops: 50%, compared_with: 2d }\nsteps: [{ record: x }]',
    });
    const nothing = { ends: '', points: null, time_zone: null };
    const file = await fileOf([
      call(0, 'identify', 'ada', { type: 'identify', event: undefined, traits: nothing }),
      call(1, 'seen', 'ada', { properties: { total: null } }),
      call(2, 'seen', 'ada'),
    ]);
    expect((await backtest(folder, [file])).summary.no_part).toBeUndefined();
  });

  it('in a test, below its line', async () => {
    const folder = await playbooks({
      odd: `${seen}audience: contact.points > 3
steps: [{ record: x }]
tests:
  - it: lets nobody in
    contact: { id: ada, points: many }
    events: [{ at: 2026-03-02T10:00:00Z, event: seen }]
    expect: nothing
`,
    });
    const { stdout } = await cuebook('test', folder);
    expect(stdout).toContain(
      'odd: a value of the wrong type, 1 time: contact.points > 3, where contact.points is "many"',
    );
    const { stdout: lines } = await cuebook('test', folder, '--json');
    expect(JSON.parse(lines.split('\n')[0]!)).toMatchObject({ passed: true, no_part: [{ name: 'odd', count: 1 }] });
  });
});
