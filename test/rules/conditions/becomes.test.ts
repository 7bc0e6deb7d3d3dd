/** T9: becomes, turned by events; what time turns is in turns.test.ts. */
import { describe, expect, it } from 'vitest';
import { day, type Happening, play } from '../play.ts';
import { known, playbook, seen } from './turning.ts';

describe('becomes fires when an event turns it true (T9)', () => {
  const hot = playbook('becomes: contact.points >= 80');

  it('at the event, which is the evidence, and once until it has been false', () => {
    const { firings, effects } = play(hot, {
      events: [
        known('10:00', { points: 70 }),
        known('10:10', { points: 80 }, 0, { n: 7 }),
        known('10:20', { points: 90 }),
        known('10:30', { points: 10 }),
        known('10:40', { points: 80 }),
      ],
    });
    expect(firings).toEqual(['03-02 10:10 by m2', '03-02 10:40 by m5']);
    expect(effects).toEqual(['03-02 10:10 record turned = 7', '03-02 10:40 record turned']);
  });

  it('a record that arrives true has turned then', () => {
    expect(play(hot, { events: [known('10:00', { points: 99 })] }).firings).toEqual(['03-02 10:00 by m1']);
  });

  it('what holds for a record of which nothing is known turns at its first event', () => {
    const nameless = playbook('becomes: "!has(contact.name)"');
    expect(play(nameless, { events: [seen('10:00'), seen('11:00')] }).firings).toEqual(['03-02 10:00 by m1']);
    expect(play(nameless, { events: [known('10:00', { name: 'Ada' })] }).firings).toEqual([]);
  });

  it('given traits turn nothing, and may turn back and forth afterwards (V3)', () => {
    const { firings } = play(hot, {
      contact: { id: 'ada', points: 90 },
      events: [seen('10:00'), known('10:10', { points: 1 }), known('10:20', { points: 80 })],
    });
    expect(firings).toEqual(['03-02 10:20 by m3']);
  });

  it('a missing trait is not true, and neither is its opposite (T0)', () => {
    const lost = playbook('becomes: contact.stage != "lost"');
    const { firings } = play(lost, {
      events: [known('10:00', { points: 1 }), known('10:10', { stage: 'new' }), known('10:20', { stage: null })],
    });
    expect(firings).toEqual(['03-02 10:10 by m2']);
  });

  it('its key is that of the records at the firing, empty where they have none', () => {
    const keyed = playbook('becomes: contact.points >= 80, key: contact.region');
    const fired = (contact: object) => play(keyed, { events: [known('10:00', { points: 80, ...contact })] }).firings;
    expect(fired({ region: 'north' })).toEqual(['03-02 10:00 north by m1']);
    expect(fired({})).toEqual(['03-02 10:00 by m1']);
    expect(fired({ region: ['a', 'b'] })).toEqual(['03-02 10:00 a by m1', '03-02 10:00 b by m1']);
  });

  it('a computed trait turns it at its event, and when an event leaves its window', () => {
    const extra = [{ path: 'traits/t.yaml', text: 'traits: { n_1h: { count: true, event: order, over: 1h } }\n' }];
    const orders: Happening[] = [
      [day('10:00'), 'order'],
      [day('10:30'), 'order'],
    ];
    expect(play(playbook('becomes: contact.n_1h >= 2'), { events: orders, extra }).firings).toEqual([
      '03-02 10:30 by m2',
    ]);
    const quiet = play(playbook('becomes: contact.n_1h == 0'), { events: orders, extra, until: day('12:00') });
    expect(quiet.firings).toEqual(['03-02 11:30 by time']);
  });

  it('an account is read, and looked at after the events of the contact', () => {
    const big = playbook('becomes: account.size > 100');
    const { firings } = play(big, {
      contact: { id: 'ada', accountId: 'acme' },
      account: { id: 'acme', size: 1 },
      events: [
        [day('10:00'), 'grown', { userId: null, traits: { account: { size: 200 } } } as never],
        [day('10:10'), 'seen', { accountId: null } as never],
      ],
    });
    expect(firings).toEqual(['03-02 10:10 by m2']);
  });
});

describe('becomes with `for` (T9)', () => {
  const held = playbook('becomes: contact.points >= 80, for: 1h');

  it('fires at the end of the time when it stayed true; the evidence is what turned it (T15)', () => {
    const { firings, effects } = play(held, {
      events: [known('10:00', { points: 80 }, 0, { n: 7 }), known('10:30', { points: 90 })],
    });
    expect(firings).toEqual(['03-02 11:00 by m1']);
    expect(effects).toEqual(['03-02 11:00 record turned = 7']);
  });

  it('not when it was false meanwhile, not even for a moment', () => {
    const { firings } = play(held, {
      events: [known('10:00', { points: 80 }), known('10:30', { points: 1 }), known('10:30', { points: 80 })],
    });
    expect(firings).toEqual(['03-02 11:30 by m3']);
  });

  it('an event at exactly the end still closes it, one a millisecond later does not (E4)', () => {
    const closed = (time: string) =>
      play(held, { events: [known('10:00', { points: 80 }), known(time, { points: 1 })] }).firings;
    expect(closed('11:00')).toEqual([]);
    expect(closed('11:00:00.001')).toEqual(['03-02 11:00 by m1']);
  });

  it('at exactly the end every event of that instant is looked at first (E4)', () => {
    const { firings } = play(held, {
      events: [known('10:00', { points: 80 }), known('11:00', { points: 90 }), known('11:00', { points: 1 })],
    });
    expect(firings).toEqual([]);
  });

  it('fires once as long as it stays true', () => {
    const { firings } = play(held, { events: [known('10:00', { points: 80 }), seen('15:00', 1)] });
    expect(firings).toEqual(['03-02 11:00 by m1']);
  });

  it('what was given waits for nothing (V3)', () => {
    const { firings } = play(held, { contact: { id: 'ada', points: 80 }, events: [seen('15:00')] });
    expect(firings).toEqual([]);
  });
});
