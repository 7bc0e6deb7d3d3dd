/** What time alone turns: of triggers (T9, T14), and of what open enrolments wait for (Y4). */
import { describe, expect, it } from 'vitest';
import { day, type Happening, play } from '../play.ts';
import { known, playbook, seen } from './turning.ts';

describe('time alone turns it (T14)', () => {
  const quiet = playbook('becomes: days_since(contact.last_seen) > 2');

  it('days change at midnight in the zone of the subject, then of the playbook', () => {
    const fired = (contact: object, more = '') =>
      play(playbook('becomes: days_since(contact.last_seen) > 2', more), {
        events: [known('10:00', { last_seen: '2026-03-02', ...contact })],
        until: day('00:00', 10),
      }).firings;
    expect(fired({}, 'time_zone: UTC\n')).toEqual(['03-05 00:00 by time']);
    expect(fired({}, 'time_zone: Asia/Tokyo\n')).toEqual(['03-04 15:00 by time']);
    expect(fired({ time_zone: 'America/New_York' }, 'time_zone: Asia/Tokyo\n')).toEqual(['03-05 05:00 by time']);
  });

  it('a later date moves the turn, and turns it back', () => {
    const { firings } = play(quiet, {
      settings: { timeZone: 'UTC' },
      events: [
        known('10:00', { last_seen: '2026-03-02', time_zone: 'UTC' }),
        known('10:00', { last_seen: '2026-03-04' }, 2),
        known('10:00', { last_seen: '2026-03-09' }, 7),
      ],
      until: day('00:00', 20),
    });
    expect(firings).toEqual(['03-07 00:00 by time', '03-12 00:00 by time']);
  });

  it('a subject that moves to another zone has its midnights there', () => {
    const { firings } = play(quiet, {
      events: [
        known('10:00', { last_seen: '2026-03-02', time_zone: 'UTC' }),
        known('12:00', { time_zone: 'Asia/Tokyo' }, 1),
      ],
      until: day('00:00', 20),
    });
    expect(firings).toEqual(['03-04 15:00 by time']);
  });

  it('a comparison of equality turns twice', () => {
    const anniversary = playbook('becomes: days_until(contact.renews) == 2, for: 1d');
    const { firings } = play(anniversary, {
      events: [known('10:00', { renews: '2026-03-09', time_zone: 'UTC' })],
      until: day('00:00', 20),
    });
    // It holds for the 7th, and no longer at the very end of that day.
    expect(firings).toEqual([]);
    const shorter = playbook('becomes: days_until(contact.renews) == 2, for: 23h');
    expect(
      play(shorter, { events: [known('10:00', { renews: '2026-03-09', time_zone: 'UTC' })], until: day('00:00', 20) })
        .firings,
    ).toEqual(['03-07 23:00 by time']);
  });

  it('a midnight that a zone leaps over is the first instant after it', () => {
    // In Santiago the clocks go from 24:00 to 01:00 on the night to the 6th of September 2026.
    const { firings } = play(quiet, {
      events: [
        [
          '2026-09-03T15:00:00Z',
          'known',
          { traits: { contact: { last_seen: '2026-09-03', time_zone: 'America/Santiago' } } } as never,
        ],
      ],
      until: '2026-09-20T00:00:00Z',
    });
    expect(firings).toEqual(['09-06 04:00 by time']);
  });

  it('beside now an instant is that instant, however it is written, and a date its first one', () => {
    const over = playbook('becomes: now >= contact.trial_end');
    const at = (trial_end: string, more: object = {}) =>
      play(over, {
        events: [known('10:00', { trial_end, time_zone: 'Europe/Berlin', ...more })],
        until: day('00:00', 20),
      }).firings;
    expect(at('2026-03-04T09:30:00.000Z')).toEqual(['03-04 09:30 by time']);
    expect(at('2026-03-04T09:30:00Z')).toEqual(['03-04 09:30 by time']);
    expect(at('2026-03-04T10:30+01:00')).toEqual(['03-04 09:30 by time']);
    expect(at('2026-03-04T10:30')).toEqual(['03-04 09:30 by time']);
    expect(at('2026-03-04')).toEqual(['03-03 23:00 by time']);
    expect(at('2026-03-02T10:59:00+01:00')).toEqual(['03-02 10:00 by m1']);
    expect(at('soon')).toEqual([]);
  });

  it('now turns to the millisecond', () => {
    const over = playbook('becomes: now > contact.trial_end');
    const { firings } = play(over, {
      events: [known('10:00', { trial_end: '2026-03-04T09:30:00.000Z' })],
      until: day('00:00', 20),
    });
    expect(firings).toEqual(['03-04 09:30:00.001 by time']);
  });

  it('an event at the instant of the turn comes first, and is the evidence (E4)', () => {
    const { firings } = play(quiet, {
      events: [known('10:00', { last_seen: '2026-03-02', time_zone: 'UTC' }), seen('00:00', 3)],
      until: day('00:00', 20),
    });
    expect(firings).toEqual(['03-05 00:00 by m2']);
  });

  it('a date that was given turns when its time comes (V3)', () => {
    const { firings } = play(quiet, {
      contact: { id: 'ada', last_seen: '2026-03-01', time_zone: 'UTC' },
      events: [seen('10:00')],
      until: day('00:00', 20),
    });
    expect(firings).toEqual(['03-04 00:00 by time']);
  });

  it('a turn to come does not keep a test open (V3)', () => {
    const { firings } = play(quiet, { events: [known('10:00', { last_seen: '2026-03-02' })] });
    expect(firings).toEqual([]);
  });

  it('elements of a list are looked at each midnight', () => {
    const ending = playbook('becomes: "contact.plans.exists(p, days_until(p.ends) <= 2)"');
    const { firings } = play(ending, {
      events: [known('10:00', { plans: [{ ends: '2026-04-01' }, { ends: '2026-03-09' }, {}], time_zone: 'UTC' })],
      until: day('00:00', 20),
    });
    expect(firings).toEqual(['03-07 00:00 by time']);
  });
});

describe('traits that time moves', () => {
  const extra = [
    {
      path: 'traits/t.yaml',
      text: `
traits:
  last_order_at: { last: event.at, event: order, over: ever }
  orders: { count: true, event: order, over: ever }
  next_in: { formula: contact.gap - days_since(contact.last_order_at) }
  recency:
    tiers:
      - { if: days_since(contact.last_order_at) <= 2, is: 3 }
      - { if: days_since(contact.last_order_at) <= 5, is: 2 }
      - { else: 1 }
  heat: { score: [{ event: order, points: 40 }, { event: visit, points: 10 }], half_life: 1d }
`,
    },
  ];
  const order = (time: string, days = 0, more: object = {}): Happening => [day(time, days), 'order', more as never];
  const fired = (condition: string, events: Happening[], contact = {}) =>
    play(playbook(`becomes: "${condition}"`), {
      contact: { id: 'ada', time_zone: 'UTC', ...contact },
      events,
      extra,
      until: day('00:00', 20),
    }).firings;

  it('a formula turns where its days do', () => {
    expect(fired('contact.next_in <= 3', [order('10:00')], { gap: 7 })).toEqual(['03-06 00:00 by time']);
    expect(fired('contact.next_in <= 3', [order('10:00'), order('10:00', 2)], { gap: 7 })).toEqual([
      '03-08 00:00 by time',
    ]);
  });

  it('tiers turn where their conditions do', () => {
    expect(fired('contact.recency == 2', [order('10:00')])).toEqual(['03-05 00:00 by time']);
    expect(fired('contact.recency in [1]', [order('10:00')])).toEqual(['03-08 00:00 by time']);
  });

  it('a score rises at an event, and falls at full hours UTC', () => {
    const { length } = fired('contact.heat >= 80', [order('10:00'), order('11:00'), order('11:30')]);
    expect(length).toBe(1);
    expect(fired('contact.heat >= 80', [order('10:00'), order('11:00'), order('11:30')])).toEqual([
      '03-02 11:30 by m3',
    ]);
    // 40 points are worth 20 after a day: at 10:00 it is not yet below 20, at 11:00 it is.
    expect(fired('contact.heat < 20', [order('10:00')])).toEqual(['03-03 11:00 by time']);
    expect(fired('contact.heat <= 20', [order('10:00')])).toEqual(['03-03 10:00 by time']);
    expect(fired('contact.heat < 20', [order('10:17:30')])).toEqual(['03-03 11:00 by time']);
  });

  it('a score that has fallen within the hour is seen at the next event', () => {
    expect(fired('contact.heat < 20', [order('10:17:30'), [day('10:20', 1), 'seen']])).toEqual(['03-03 10:20 by m2']);
  });
});

describe('what open enrolments wait for is turned by time, too (Y4)', () => {
  const events = [known('10:00', { last_seen: '2026-03-02', time_zone: 'UTC' }), seen('10:30')];
  const outcomes = (text: string) => play(`trigger: { event: seen }\n${text}`, { events }).outcomes;
  const quiet = '{ becomes: days_since(contact.last_seen) > 2 }';

  it('a wait goes on at the turn, and not later', () => {
    const waits = (more: string, happenings: Happening[] = []) =>
      play(`trigger: { event: seen }\nsteps: [{ wait_for: ${quiet}${more}, then: [{ record: quiet }] }]`, {
        events: [...events, ...happenings],
      }).story;
    expect(waits('')).toEqual(['03-05 00:00 record quiet', '03-05 00:00 completed: steps']);
    expect(waits(', within: 10d')).toEqual(['03-05 00:00 record quiet', '03-05 00:00 completed: steps']);
    expect(waits(', within: 1d')).toEqual(['03-03 10:30 completed: steps']);
    // What is learned meanwhile moves the turn, there and back.
    expect(waits('', [known('10:00', { last_seen: '2026-03-01' }, 1)])).toEqual([
      '03-04 00:00 record quiet',
      '03-04 00:00 completed: steps',
    ]);
    expect(waits('', [known('10:00', { last_seen: '2026-03-04' }, 2)])).toEqual([
      '03-07 00:00 record quiet',
      '03-07 00:00 completed: steps',
    ]);
  });

  it('an exit ends the enrolment at the turn', () => {
    expect(outcomes(`exit_on: [${quiet}]\nsteps: [{ wait: 10d }]`)).toEqual(['03-05 00:00 exited: exit']);
    expect(outcomes(`exit_on: [${quiet}]\nsteps: [{ wait: 1d }]`)).toEqual(['03-03 10:30 completed: steps']);
  });

  it('a goal is met at the turn, without evidence, and only within its time', () => {
    const goal = (within: string) =>
      outcomes(`goal: { becomes: days_since(contact.last_seen) > 2, within: ${within} }\nsteps: [{ wait: 1d }]`);
    expect(goal('3d')).toEqual(['03-03 10:30 completed: steps', '03-05 00:00 converted: goal, after the end']);
    expect(goal('2d')).toEqual(['03-03 10:30 completed: steps']);
  });
});
