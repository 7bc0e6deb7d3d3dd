/** T14: traits that are computed from the timeline. */
import { describe, expect, it } from 'vitest';
import { day, type Happening, play } from '../play.ts';

const TRAITS = `
subject: contact
traits:
  n_1h: { count: true, event: order, where: event.total > 0, over: 1h }
  n: { count: true, event: [order, refund], over: ever }
  spent_1h: { sum: event.total, event: order, over: 1h }
  spent: { sum: event.total, event: order, over: ever }
  most_1h: { max: event.total, event: order, over: 1h }
  most: { max: event.total, event: order, over: ever }
  latest: { last: event.sku, event: order, over: ever }
  earliest_1h: { first: event.sku, event: order, over: 1h }
`;
const extra = [{ path: 'traits/orders.yaml', text: TRAITS }];
const order = (time: string, properties: object = { total: 1 }): Happening => [day(time), 'order', properties as never];

/** What a trait is when an event `ask` comes. */
function read(expression: string, ...events: Happening[]): string[] {
  const playbook = `trigger: { event: ask }\nagain: always\nsteps: [{ record: v, value: '${expression}' }]`;
  return play(playbook, { events, extra }).effects.map((line) => line.split('record v')[1]!.replace(' = ', ''));
}
const ask = (time: string): Happening => [day(time), 'ask'];

describe('over no events (T14)', () => {
  it('count and sum are 0, the others are missing', () => {
    const of = (name: string) => read(`contact.${name}`, ask('10:00'));
    expect(['n', 'n_1h', 'spent', 'spent_1h'].map(of)).toEqual([['0'], ['0'], ['0'], ['0']]);
    expect(
      ['most', 'most_1h', 'latest', 'earliest_1h'].map((name) => read(`has(contact.${name})`, ask('10:00'))),
    ).toEqual([['false'], ['false'], ['false'], ['false']]);
  });
});

describe('what aggregates say (T14)', () => {
  const events = [
    order('10:00', { total: 0.1, sku: 'a' }),
    order('10:10', { total: 7, sku: 'b' }),
    order('10:20', { total: 0.2, sku: 'c' }),
  ];

  it('over ever', () => {
    expect(read('contact.n', ...events, [day('10:25'), 'refund'], ask('10:30'))).toEqual(['4']);
    expect(read('contact.spent', ...events, ask('12:00'))).toEqual(['7.3']);
    expect(read('contact.most', ...events, ask('12:00'))).toEqual(['7']);
    expect(read('contact.latest', ...events, ask('12:00'))).toEqual(['c']);
  });

  it('over a window, which an event leaves to the millisecond', () => {
    expect(read('contact.n_1h', ...events, ask('10:59:59.999'), ask('11:00'))).toEqual(['3', '2']);
    expect(read('contact.spent_1h', ...events, ask('10:59:59.999'), ask('11:00'), ask('11:10'))).toEqual([
      '7.3',
      '7.2',
      '0.2',
    ]);
    expect(read('contact.most_1h', ...events, ask('11:09:59.999'), ask('11:10'))).toEqual(['7', '0.2']);
    expect(read('contact.earliest_1h', ...events, ask('10:59:59.999'), ask('11:00'))).toEqual(['a', 'b']);
  });

  it('also before the deadline of that instant: an event at exactly the end does not see it any more (E4)', () => {
    const { firings } = play(
      `trigger: { event: ask, where: contact.n_1h == 2 }\nagain: always\nsteps: [{ record: x }]`,
      {
        events: [...events, ask('10:59:59.999'), ask('11:00')],
        extra,
      },
    );
    expect(firings).toEqual(['03-02 11:00 by m5']);
  });

  it('sums are exact decimals', () => {
    expect(read('contact.spent', order('10:00', { total: 0.1 }), order('10:01', { total: 0.2 }), ask('10:02'))).toEqual(
      ['0.3'],
    );
  });

  it('only what matches counts, and a value that is none takes no part', () => {
    expect(
      read('contact.n_1h', order('10:00', { total: 0 }), order('10:01', {}), order('10:02'), ask('10:03')),
    ).toEqual(['1']);
    expect(read('contact.spent', order('10:00', { total: 'x' }), order('10:01'), ask('10:03'))).toEqual(['1']);
  });
});

describe('where traits are read (T14)', () => {
  it('a trait that is read while an event is looked at includes that event', () => {
    const { firings } = play(`trigger: { event: order, where: contact.n == 2 }\nsteps: [{ record: x }]`, {
      events: [order('10:00'), order('10:10'), order('10:20')],
      extra,
    });
    expect(firings).toEqual(['03-02 10:10 by m2']);
  });

  it('a step reads it at its own instant', () => {
    const { effects } = play(
      `trigger: { event: order }\nsteps: [{ wait: 59m }, { record: v, value: contact.n_1h }, { wait: 1m }, { record: v, value: contact.n_1h }]`,
      { events: [order('10:00')], extra },
    );
    expect(effects).toEqual(['03-02 10:59 record v = 1', '03-02 11:00 record v = 0']);
  });

  it('what leaves a window is looked at: a wait for that goes on, an exit for that ends', () => {
    const wait = `trigger: { event: order }\nsteps: [{ wait_for: { becomes: contact.n_1h == 0 } }, { record: quiet }]`;
    expect(play(wait, { events: [order('10:00')], extra }).effects).toEqual(['03-02 11:00 record quiet']);
    const exit = `trigger: { event: order }\nexit_on: [{ becomes: contact.n_1h == 0 }]\nsteps: [{ wait: 5h }]`;
    expect(play(exit, { events: [order('10:00')], extra }).outcomes).toEqual(['03-02 11:00 exited: exit']);
  });

  it("an account's trait counts the events of its people (E8)", () => {
    const { effects } = play(`trigger: { event: ask }\nsteps: [{ record: v, value: account.logins }]`, {
      contact: { accountId: 'acme' },
      account: {},
      extra: [
        {
          path: 'traits/orders.yaml',
          text: 'subject: account\ntraits:\n  logins: { count: true, event: login, over: 1d }',
        },
      ],
      records: [{ type: 'contact', id: 'bob', traits: { accountId: 'acme' } }],
      events: [
        [day('10:00'), 'login', { userId: 'bob', accountId: null }],
        [day('10:01'), 'login', { accountId: null }],
        ask('10:02'),
      ],
    });
    expect(effects).toEqual(['03-02 10:02 record v = 2']);
  });
});
