/** T14: scores, formulas and tiers, wherever expressions stand. */
import { describe, expect, it } from 'vitest';
import { day, type Happening, play } from '../play.ts';
import { ask, readerOf } from './read-traits.ts';

describe('score (T14)', () => {
  const read = readerOf(`
  score:
    score:
      - { event: page, where: event.path == "/pricing", points: 20 }
      - { event: [page, { event: page, where: event.path == "/pricing" }], points: 1 }
      - { event: demo.requested, points: 40 }
      - { event: ticket.created, points: -10 }
      - { event: order, points: event.total / 10 }
    half_life: 14d
`);
  const demo: Happening = [day('10:00'), 'demo.requested'];

  it('is missing before its first event, and no event of another name counts', () => {
    expect(read('has(contact.score)', [day('09:00'), 'login'], ask('10:00'))).toEqual(['false']);
    expect(read('contact.score', demo, [day('10:00'), 'login'], ask('10:00'))).toEqual(['40']);
  });

  it('is worth half after each half-life, read at any instant', () => {
    expect(read('contact.score', demo, ask('10:00', 14), ask('10:00', 28), ask('10:00', 7))).toEqual([
      String(40 * 2 ** -0.5),
      '20',
      '10',
    ]);
  });

  it('adds the points of each event to what is left of the earlier ones', () => {
    const later: Happening = [day('10:00', 14), 'demo.requested'];
    expect(read('contact.score', demo, later, ask('10:00', 14), ask('10:00', 28))).toEqual(['60', '30']);
  });

  it('every row that matches counts, and each once an event; points may be negative or computed', () => {
    expect(read('contact.score', [day('10:00'), 'page', { path: '/pricing' }], ask('10:00'))).toEqual(['21']);
    expect(read('contact.score', [day('10:00'), 'page', { path: '/' }], ask('10:00'))).toEqual(['1']);
    expect(read('contact.score', [day('10:00'), 'ticket.created'], ask('10:00'))).toEqual(['-10']);
    expect(read('contact.score', [day('10:00'), 'order', { total: 55 }], ask('10:00'))).toEqual(['5.5']);
  });

  it('points that are no number take no part', () => {
    expect(read('has(contact.score)', [day('10:00'), 'order', { total: 'x' }], ask('10:00'))).toEqual(['false']);
  });

  it('a score that is read while an event is looked at includes that event', () => {
    const extra = [
      {
        path: 'traits/own.yaml',
        text: 'subject: contact\ntraits:\n  s: { score: [{ event: a, points: 1 }], half_life: 1d }',
      },
    ];
    const { firings } = play('trigger: { event: a, where: contact.s > 1 }\nsteps: [{ record: x }]', {
      events: [
        [day('10:00'), 'a'],
        [day('11:00'), 'a'],
      ],
      extra,
    });
    expect(firings).toEqual(['03-02 11:00 by m2']);
  });
});

describe('formula (T14)', () => {
  const read = readerOf(`
  days_to_next: { formula: contact.gap - days_since(contact.last_order) }
  gap: { average_gap: true, event: order, over: ever }
  last_order: { last: event.at, event: order, over: ever }
  total: { formula: contact.base + contact.orders * 10 }
  orders: { count: true, event: order, over: 1d }
  twice: { formula: contact.total * 2 }
  per_seat: { formula: contact.orders / account.seats }
  broken: { formula: contact.orders / 0 }
`);
  const orders: Happening[] = [
    [day('10:00'), 'order'],
    [day('10:00', 4), 'order'],
  ];

  it('is what its expression gives where it is read; a missing part makes it missing', () => {
    expect(read('contact.days_to_next', ...orders, ask('12:00', 4), ask('12:00', 5), ask('22:59', 6))).toEqual([
      '4',
      '3',
      '2',
    ]);
    expect(read('has(contact.days_to_next)', orders[0]!, ask('12:00'))).toEqual(['false']);
    expect(read('has(contact.broken)', ask('12:00'))).toEqual(['false']);
  });

  it("counts days in the subject's zone, then in that of the settings", () => {
    const traits = '  age: { formula: days_since(contact.born) }';
    const born = '2026-03-01';
    // 23:30 UTC on the 2nd is the 3rd in Berlin, and still the 2nd in New York.
    expect(readerOf(traits, { contact: { born } })('contact.age', ask('23:30'))).toEqual(['2']);
    const there = readerOf(traits, { contact: { born, time_zone: 'America/New_York' } });
    expect(there('contact.age', ask('23:30'))).toEqual(['1']);
  });

  it('reads base and computed traits, and other formulas', () => {
    const named: Happening = [day('11:00'), 'named', { traits: { contact: { base: 5 } } }];
    const late: Happening[] = [[day('10:30'), 'order']];
    expect(read('contact.twice', orders[0]!, ...late, named, ask('12:00'))).toEqual(['50']);
    expect(read('contact.twice', orders[0]!, ...late, named, ask('10:00', 1), ask('10:30', 1))).toEqual(['30', '10']);
  });

  it("a relation's traits may stand in it, and in a relation it may be read", () => {
    const account = 'subject: account\ntraits:\n  seats: { last: event.seats, event: bought, over: ever }';
    const traits =
      '  orders: { count: true, event: order, over: 1d }\n  per_seat: { formula: contact.orders / account.seats }';
    const there = readerOf(traits, {
      contact: { accountId: 'acme' },
      account: {},
      extra: [{ path: 'traits/account.yaml', text: account }],
    });
    const bought: Happening = [day('09:00'), 'bought', { seats: 4, userId: null }];
    expect(there('contact.per_seat', bought, orders[0]!, ask('12:00'))).toEqual(['0.25']);
    const reverse = readerOf(
      '  heavy: { tiers: [{ if: account.seats > 3, is: "yes" }, { else: "no" }] }\n  seats: { last: event.seats, event: bought, over: ever }',
      { contact: { accountId: 'acme' }, account: {} },
      'account',
    );
    expect(reverse('account.heavy', ask('08:00'), bought, ask('12:00'))).toEqual(['no', 'yes']);
  });

  it('what it depends on is looked at: a wait for it goes on', () => {
    const extra = [
      {
        path: 'traits/own.yaml',
        text: 'subject: contact\ntraits:\n  n: { count: true, event: order, over: 1h }\n  quiet: { formula: contact.n == 0 }',
      },
    ];
    const wait = 'trigger: { event: order }\nsteps: [{ wait_for: { becomes: contact.quiet } }, { record: quiet }]';
    expect(play(wait, { events: [orders[0]!], extra }).effects).toEqual(['03-02 11:00 record quiet']);
  });
});

describe('tiers (T14)', () => {
  const read = readerOf(`
  orders: { count: true, event: order, over: ever }
  stage:
    tiers:
      - { if: contact.orders >= 3, is: regular }
      - { if: contact.orders >= 1, is: customer }
      - { if: contact.email.endsWith("@shop.example"), is: colleague }
      - { else: visitor }
  discount: { tiers: [{ if: contact.orders >= 2, is: 20 }] }
  is_regular: { formula: contact.stage == "regular" }
`);
  const order = (time: string): Happening => [day(time), 'order'];

  it('the first row that holds gives the value, else what `else` says', () => {
    const orders = ['10:00', '11:00', '12:00'].map(order);
    const asks = ['09:00', '10:00', '11:00', '12:00'].map((time) => ask(time));
    expect(read('contact.stage', ...orders, ...asks)).toEqual(['visitor', 'customer', 'customer', 'regular']);
    expect(read('contact.is_regular', ...orders, ...asks)).toEqual(['false', 'false', 'false', 'true']);
  });

  it('a row whose field is missing does not hold; without `else` the trait is missing', () => {
    expect(read('has(contact.discount)', order('10:00'), ask('11:00'))).toEqual(['false']);
    expect(read('contact.discount', order('10:00'), order('10:30'), ask('11:00'))).toEqual(['20']);
  });

  it('stand in texts, in an audience and in a key as other traits do', () => {
    const extra = [
      {
        path: 'traits/own.yaml',
        text: 'subject: contact\ntraits:\n  n: { count: true, event: a, over: ever }\n  t: { tiers: [{ if: contact.n > 1, is: many }, { else: few }] }',
      },
    ];
    const playbook = `trigger: { event: a, key: contact.t }\naudience: contact.t == "many"\nagain: always
steps: [{ notify: kim, text: "{{ contact.t }}" }]`;
    const { entries, effects } = play(playbook, {
      events: [
        [day('10:00'), 'a'],
        [day('11:00'), 'a'],
      ],
      extra,
    });
    expect(entries).toEqual(['03-02 10:00 few audience', '03-02 11:00 many entered']);
    expect(effects).toEqual(['03-02 11:00 notify kim text: many']);
  });
});
