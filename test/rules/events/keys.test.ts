/** T0: correlation keys. */
import { describe, expect, it } from 'vitest';
import { day, play } from '../play.ts';

const ABSENCE = `
trigger:
  event: cart.updated
  unless: order.completed
  within: 1h
  key: event.cart
again: always
steps: [{ record: left }]`;

describe('state is per (playbook, subject, key) (T0)', () => {
  it('a purchase of one cart leaves the others alone', () => {
    const { firings } = play(ABSENCE, {
      events: [
        [day('10:00'), 'cart.updated', { cart: 'c1' }],
        [day('10:10'), 'cart.updated', { cart: 'c2' }],
        [day('10:20'), 'order.completed', { cart: 'c1' }],
      ],
    });
    expect(firings).toEqual(['03-02 11:10 c2 by m2']);
  });

  it('subjects have nothing to do with each other', () => {
    const { firings } = play(ABSENCE, {
      events: [
        [day('10:00'), 'cart.updated', { cart: 'c1', userId: 'ada' }],
        [day('10:20'), 'order.completed', { cart: 'c1', userId: 'bob' }],
      ],
    });
    expect(firings).toEqual(['03-02 11:00 c1 by m1']);
  });

  it('a list stands for each of its values, and each once', () => {
    const { firings } = play(ABSENCE, {
      events: [
        [day('10:00'), 'cart.updated', { cart: ['c1', 'c2', 'c1'] }],
        [day('10:20'), 'order.completed', { cart: ['c2', 'c3'] }],
      ],
    });
    expect(firings).toEqual(['03-02 11:00 c1 by m1']);
  });

  it('a number is a key, too', () => {
    expect(play(ABSENCE, { events: [[day('10:00'), 'cart.updated', { cart: 7 }]] }).firings).toEqual([
      '03-02 11:00 7 by m1',
    ]);
  });

  it('each key counts on its own', () => {
    const { firings } = play(
      `trigger: { event: viewed, at_least: 2, within: 1h, key: event.sku }\nagain: always\nsteps: [{ record: hit }]`,
      {
        events: [
          [day('10:00'), 'viewed', { sku: 'a' }],
          [day('10:01'), 'viewed', { sku: 'b' }],
          [day('10:02'), 'viewed', { sku: 'a' }],
        ],
      },
    );
    expect(firings).toEqual(['03-02 10:02 a by m1,m3']);
  });
});

describe("what an event without a key's value does (T0)", () => {
  it('an opening one takes no part', () => {
    expect(play(ABSENCE, { events: [[day('10:00'), 'cart.updated']] }).firings).toEqual([]);
  });

  it('a counted one takes no part', () => {
    const { firings } = play(
      `trigger: { event: viewed, at_least: 2, within: 1h, key: event.sku }\nsteps: [{ record: hit }]`,
      { events: [day('10:00'), day('10:01'), day('10:02')].map((at) => [at, 'viewed']) },
    );
    expect(firings).toEqual([]);
  });

  it('an unless applies to every key of the subject', () => {
    const { firings } = play(ABSENCE, {
      events: [
        [day('10:00'), 'cart.updated', { cart: 'c1' }],
        [day('10:10'), 'cart.updated', { cart: 'c2' }],
        [day('10:20'), 'order.completed'],
      ],
    });
    expect(firings).toEqual([]);
  });

  it('an `of` applies to every key of the subject', () => {
    const { firings } = play(
      `trigger: { event: lead, fewer_than: 1, of: call, within: 1h, key: event.id }\nsteps: [{ record: hit }]`,
      {
        events: [
          [day('10:00'), 'lead', { id: 'a' }],
          [day('10:01'), 'lead', { id: 'b' }],
          [day('10:10'), 'call'],
        ],
      },
    );
    expect(firings).toEqual([]);
  });

  it('but not where the pattern has a key of its own', () => {
    const own = ABSENCE.replace('unless: order.completed', 'unless: { event: order.completed, key: event.of }');
    const events = (properties: object): Parameters<typeof play>[1]['events'] => [
      [day('10:00'), 'cart.updated', { cart: 'c1' }],
      [day('10:10'), 'cart.updated', { cart: 'c2' }],
      [day('10:20'), 'order.completed', properties as never],
    ];
    expect(play(own, { events: events({ cart: 'c1' }) }).firings).toEqual([
      '03-02 11:00 c1 by m1',
      '03-02 11:10 c2 by m2',
    ]);
    expect(play(own, { events: events({ of: 'c1' }) }).firings).toEqual(['03-02 11:10 c2 by m2']);
  });

  it('goals, exits, waits and since_start take it for every key, another key for none', () => {
    const playbook = (rest: string) => `trigger: { event: cart.updated, key: event.cart }\nagain: always\n${rest}`;
    const events = (properties: object): Parameters<typeof play>[1]['events'] => [
      [day('10:00'), 'cart.updated', { cart: 'c1' }],
      [day('10:30'), 'bought', properties as never],
    ];
    const wait = playbook('steps: [{ wait_for: bought, within: 1h, then: [{ record: yes }], else: [{ record: no }] }]');
    expect(play(wait, { events: events({}) }).effects).toEqual(['03-02 10:30 record yes']);
    expect(play(wait, { events: events({ cart: 'c1' }) }).effects).toEqual(['03-02 10:30 record yes']);
    expect(play(wait, { events: events({ cart: 'c2' }) }).effects).toEqual(['03-02 11:00 record no']);
    const goal = playbook('goal: { event: bought, within: 1h }\nsteps: [{ wait: 2h }]');
    expect(play(goal, { events: events({}) }).outcomes).toEqual(['03-02 10:30 converted: goal by m2']);
    expect(play(goal, { events: events({ cart: 'c2' }) }).outcomes).toEqual(['03-02 12:00 completed: steps']);
    const exit = playbook('exit_on: [bought]\nsteps: [{ wait: 2h }]');
    expect(play(exit, { events: events({}) }).outcomes).toEqual(['03-02 10:30 exited: exit by m2']);
    expect(play(exit, { events: events({ cart: 'c2' }) }).outcomes).toEqual(['03-02 12:00 completed: steps']);
    const count = playbook('steps: [{ wait: 1h }, { record: n, value: since_start("bought") }]');
    expect(play(count, { events: events({}) }).effects).toEqual(['03-02 11:00 record n = 1']);
    expect(play(count, { events: events({ cart: 'c2' }) }).effects).toEqual(['03-02 11:00 record n = 0']);
  });

  it('a record and a text of more than 512 bytes are no keys', () => {
    const { firings } = play('trigger: { event: seen, key: event.of }\nagain: always\nsteps: [{ record: x }]', {
      events: [
        [day('10:00'), 'seen', { of: { id: 'c1' } }],
        [day('10:01'), 'seen', { of: 'ä'.repeat(257) }],
        [day('10:02'), 'seen', { of: ['c2', 'ä'.repeat(257), { id: 'c3' }, null, 4, '4'] }],
        [day('10:03'), 'seen', { of: 'ä'.repeat(256) }],
      ],
    });
    expect(firings).toEqual(['03-02 10:02 4 by m3', '03-02 10:02 c2 by m3', `03-02 10:03 ${'ä'.repeat(256)} by m4`]);
  });

  it('where the trigger has no key, a key of a goal has nothing to be compared with', () => {
    const { outcomes } = play(
      `trigger: { event: seen }\ngoal: { event: bought, key: event.cart }\nsteps: [{ wait: 1h }]`,
      {
        events: [
          [day('10:00'), 'seen'],
          [day('10:30'), 'bought', { cart: 'c1' }],
        ],
      },
    );
    expect(outcomes).toEqual(['03-02 10:30 converted: goal by m2']);
  });
});
