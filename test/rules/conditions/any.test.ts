/** T13 and T15: several triggers of one playbook, and their evidence. */
import { describe, expect, it } from 'vitest';
import { isoInstant } from '../../../language/time/instants.ts';
import { day, play } from '../play.ts';

describe('any fires when one fires (T13)', () => {
  const ANY = `
trigger:
  any:
    - { event: viewed, at_least: 2, within: 1h, as: keen }
    - { event: viewed, where: event.price > 100, as: dear }
    - { event: cart, unless: order, within: 1h, as: left, key: event.cart }
again: always
steps: [{ record: arm, value: trigger.arm }]`;

  it('and says which, as trigger.arm', () => {
    const { effects } = play(ANY, {
      events: [
        [day('10:00'), 'viewed', { price: 200 }],
        [day('12:00'), 'cart', { cart: 'c1' }],
      ],
    });
    expect(effects).toEqual(['03-02 10:00 record arm = dear', '03-02 13:00 record arm = left']);
  });

  it('arms with one key, at and last evidence are one firing, of the first in the file', () => {
    const { firings, effects } = play(ANY, {
      events: [
        [day('10:00'), 'viewed', { price: 1 }],
        [day('10:10'), 'viewed', { price: 200 }],
      ],
    });
    expect(firings).toEqual(['03-02 10:10 by m1,m2']);
    expect(effects).toEqual(['03-02 10:10 record arm = keen']);
  });

  it('an arm has its own key, else the one that all share', () => {
    const { firings } = play(
      `trigger: { any: [{ event: a }, { event: b, key: event.own }], key: event.shared }\nagain: always\nsteps: [{ record: x }]`,
      {
        events: [
          [day('10:00'), 'a', { own: 'o', shared: 's' }],
          [day('10:01'), 'b', { own: 'o', shared: 's' }],
        ],
      },
    );
    expect(firings).toEqual(['03-02 10:00 s by m1', '03-02 10:01 o by m2']);
  });

  it('a key may be that of the arm (T17)', () => {
    const { firings } = play(
      `trigger: { any: [{ event: a, as: early }, { event: b, unless: c, within: 1h, as: late }], key: trigger.arm }\nagain: always\nsteps: [{ record: x }]`,
      {
        events: [
          [day('10:00'), 'a'],
          [day('10:01'), 'b'],
        ],
      },
    );
    expect(firings).toEqual(['03-02 10:00 early by m1', '03-02 11:01 late by m2']);
  });

  it('arms of different keys in one instant are firings of their own', () => {
    const { firings } = play(
      `trigger: { any: [{ event: a, key: event.one }, { event: a, key: event.two }] }\nagain: always\nsteps: [{ record: x }]`,
      { events: [[day('10:00'), 'a', { one: '1', two: '2' }]] },
    );
    expect(firings).toEqual(['03-02 10:00 1 by m1', '03-02 10:00 2 by m1']);
  });

  it('deadlines of one instant with the same evidence are one firing, too', () => {
    const { firings } = play(
      `trigger: { any: [{ event: a, unless: b, within: 1h }, { event: a, fewer_than: 1, of: b, within: 1h }] }\nsteps: [{ record: x }]`,
      { events: [[day('10:00'), 'a']] },
    );
    expect(firings).toEqual(['03-02 11:00 by m1']);
  });

  it('and those of other evidence are not', () => {
    const { firings } = play(
      `trigger: { any: [{ event: a, unless: x, within: 1h }, { event: b, unless: x, within: 1h }] }\nagain: always\nsteps: [{ record: x }]`,
      {
        events: [
          [day('10:00'), 'a'],
          [day('10:00'), 'b'],
        ],
      },
    );
    expect(firings).toEqual(['03-02 11:00 by m1', '03-02 11:00 by m2']);
  });
});

describe('evidence (T15)', () => {
  it('is at most the latest hundred', () => {
    const events = Array.from({ length: 150 }, (_, i): [string, string] => [
      isoInstant(Date.parse(day('10:00')) + i * 1000),
      'seen',
    ]);
    const { lines } = play(`trigger: { event: seen, at_least: 150, within: 1h }\nsteps: [{ record: x }]`, { events });
    const [firing] = lines.filter((line) => line.type === 'firing');
    expect(firing!.evidence).toHaveLength(100);
    expect([firing!.evidence[0], firing!.evidence.at(-1)]).toEqual(['m51', 'm150']);
  });
});
