/** T8: date. */
import { describe, expect, it } from 'vitest';
import { day, type Happening, play } from '../play.ts';

const playbook = (trigger: string, more = 'time_zone: UTC\n') => `
trigger: { ${trigger} }
again: always
${more}steps: [{ record: due, value: "trigger.date + ' ' + trigger.offset" }]`;

const learn = (time: string, contact: object, days = 0): Happening => [
  day(time, days),
  'known',
  { traits: { contact } } as never,
];
const until = '2026-12-31T00:00:00Z';
const renewal = playbook('date: contact.renews, offset: -30d, at: "09:00"');

describe('a date fires at a moment of its own (T8)', () => {
  it('at the local time, so many calendar days away; trigger has the date and the offset (T17), no event is evidence (T15)', () => {
    const { firings, effects } = play(renewal, { events: [learn('10:00', { renews: '2026-06-30' })], until });
    expect(firings).toEqual(['05-31 09:00 by time']);
    expect(effects).toEqual(['05-31 09:00 record due = 2026-06-30 -30d']);
  });

  it('a moment that is learned late keeps its `at`, and nothing is done before it was learned (S0)', () => {
    const { firings, effects, outcomes } = play(playbook('date: contact.renews'), {
      events: [learn('10:00', { renews: day('09:00') })],
      until,
    });
    expect(firings).toEqual(['03-02 09:00 by time']);
    expect(effects).toEqual([expect.stringMatching(/^03-02 10:00 record due/)]);
    expect(outcomes).toEqual(['03-02 10:00 completed: steps']);
  });

  it('in the zone of the subject, then of the playbook, through a change of the clocks', () => {
    const fired = (contact: object, more: string) =>
      play(playbook('date: contact.renews, offset: 1w, at: "09:00"', more), {
        events: [learn('10:00', { renews: '2026-03-25', ...contact })],
        until,
      }).firings;
    // Berlin is an hour ahead of UTC on the 25th of March, and two on the 1st of April.
    expect(fired({}, 'time_zone: Europe/Berlin\n')).toEqual(['04-01 07:00 by time']);
    expect(fired({ time_zone: 'Asia/Tokyo' }, 'time_zone: Europe/Berlin\n')).toEqual(['04-01 00:00 by time']);
  });

  it('without a time of day: the start of a date, and an instant itself', () => {
    const fired = (value: string, offset = '') =>
      play(playbook(`date: contact.renews${offset}`, 'time_zone: Europe/Berlin\n'), {
        events: [learn('10:00', { renews: value })],
        until,
      }).firings;
    expect(fired('2026-03-20')).toEqual(['03-19 23:00 by time']);
    expect(fired('2026-03-20T10:30:00Z')).toEqual(['03-20 10:30 by time']);
    expect(fired('2026-03-20T10:30:00Z', ', offset: -36h')).toEqual(['03-18 22:30 by time']);
    // Calendar days: half past eleven stays half past eleven, on the other side of the change of the clocks.
    expect(fired('2026-03-28T10:30:00Z', ', offset: 2d')).toEqual(['03-30 09:30 by time']);
  });

  it('the date of an instant is the local one', () => {
    const { firings } = play(playbook('date: contact.renews, at: "09:00"', 'time_zone: Asia/Tokyo\n'), {
      events: [learn('10:00', { renews: '2026-03-20T20:00:00Z' })],
      until,
    });
    expect(firings).toEqual(['03-21 00:00 by time']);
  });

  it('what is no date fires nothing', () => {
    for (const renews of ['soon', 20260630, true, ['2026-06-30']]) {
      expect(play(renewal, { events: [learn('10:00', { renews })], until }).firings).toEqual([]);
    }
  });

  it('several moments of one date are arms, each with its own (T13)', () => {
    const text = `
trigger:
  any:
    - { date: contact.renews, offset: -30d, at: "09:00", as: early }
    - { date: contact.renews, offset: -7d, at: "09:00", as: late }
again: always
time_zone: UTC
steps: [{ record: due, value: trigger.arm }]`;
    const { effects } = play(text, { events: [learn('10:00', { renews: '2026-06-30' })], until });
    expect(effects).toEqual(['05-31 09:00 record due = early', '06-23 09:00 record due = late']);
  });

  it('its key may read the date: a journey for each renewal', () => {
    const text = playbook('date: contact.renews, key: trigger.date');
    const { firings } = play(text, { events: [learn('10:00', { renews: '2026-06-30' })], until });
    expect(firings).toEqual(['06-30 00:00 2026-06-30 by time']);
  });

  it('a computed date moves with its events', () => {
    const extra = [
      { path: 'traits/t.yaml', text: 'traits: { last_at: { last: event.at, event: order, over: ever } }\n' },
    ];
    const { firings } = play(playbook('date: contact.last_at, offset: 3d, at: "09:00"'), {
      events: [
        [day('10:00'), 'order'],
        [day('10:00', 2), 'order'],
      ],
      extra,
      until,
    });
    expect(firings).toEqual(['03-07 09:00 by time']);
  });
});

describe('a date that changes (T8)', () => {
  it('is waited for anew, and no longer for what it was', () => {
    const { firings } = play(renewal, {
      events: [learn('10:00', { renews: '2026-06-30' }), learn('10:00', { renews: '2026-07-31' }, 9)],
      until,
    });
    expect(firings).toEqual(['07-01 09:00 by time']);
  });

  it('is gone: nothing fires', () => {
    const { firings } = play(renewal, {
      events: [learn('10:00', { renews: '2026-06-30' }), learn('10:00', { renews: null }, 9)],
      until,
    });
    expect(firings).toEqual([]);
  });

  it('at the very instant, by an event, moves it (E4)', () => {
    const moved = (time: string) =>
      play(playbook('date: contact.renews, at: "09:00"'), {
        events: [learn('10:00', { renews: '2026-03-04' }), learn(time, { renews: '2026-03-09' }, 2)],
        until,
      }).firings;
    expect(moved('09:00')).toEqual(['03-09 09:00 by time']);
    expect(moved('09:00:00.001')).toEqual(['03-04 09:00 by time', '03-09 09:00 by time']);
    const behind = play(playbook('date: contact.renews, at: "09:00"'), {
      events: [
        learn('10:00', { renews: '2026-03-04' }),
        learn('09:00', { name: 'Ada' }, 2),
        learn('09:00', { renews: '2026-03-09' }, 2),
      ],
      until,
    });
    expect(behind.firings).toEqual(['03-09 09:00 by time']);
  });

  it('fires once for each of its values: set back to one that has fired, it is over', () => {
    const { firings } = play(playbook('date: contact.renews, offset: 1h'), {
      events: [
        learn('10:00', { renews: '2026-03-04' }),
        learn('01:10', { renews: '2026-03-06' }, 2),
        learn('01:20', { renews: '2026-03-04' }, 2),
        learn('01:30', { renews: '2026-03-06' }, 2),
      ],
      until,
    });
    expect(firings).toEqual(['03-04 01:00 by time', '03-06 01:00 by time']);
  });

  it('moves with the zone of the subject', () => {
    const { firings } = play(playbook('date: contact.renews, at: "09:00"'), {
      events: [learn('10:00', { renews: '2026-03-20' }), learn('10:00', { time_zone: 'Asia/Tokyo' }, 3)],
      until,
    });
    expect(firings).toEqual(['03-20 00:00 by time']);
  });
});

describe('a moment that is past when it is learned (T8)', () => {
  const learned = (time: string, days: number) =>
    play(playbook('date: contact.renews, at: "09:00"'), {
      events: [learn(time, { renews: '2026-03-04' }, days)],
      until,
    }).firings;

  it('fires with its own instant when it is at most 24 hours past', () => {
    expect(learned('09:00', 2)).toEqual(['03-04 09:00 by time']);
    expect(learned('12:00', 2)).toEqual(['03-04 09:00 by time']);
    expect(learned('09:00', 3)).toEqual(['03-04 09:00 by time']);
  });

  it('is skipped when it is further past', () => {
    expect(learned('09:00:00.001', 3)).toEqual([]);
    expect(learned('09:00', 30)).toEqual([]);
  });
});

describe('given dates (V3)', () => {
  it('are scheduled, from the start on', () => {
    const given = (renews: string) =>
      play(playbook('date: contact.renews, at: "09:00"'), {
        contact: { id: 'ada', renews },
        events: [[day('10:00', 1), 'seen']],
        until,
      }).firings;
    // The test starts a day before its first event, on the 2nd at 10:00.
    expect(given('2026-03-20')).toEqual(['03-20 09:00 by time']);
    expect(given('2026-03-03')).toEqual(['03-03 09:00 by time']);
    expect(given('2026-03-02')).toEqual([]);
    // Not even where another zone moves it to less than a day before the look.
    const { firings } = play(playbook('date: contact.renews, at: "09:00"'), {
      contact: { id: 'ada', renews: '2026-03-03' },
      events: [learn('10:00', { time_zone: 'America/New_York' }, 2)],
      until,
    });
    expect(firings).toEqual([]);
  });

  it('do not keep a test open that says no end', () => {
    const { firings } = play(renewal, {
      contact: { id: 'ada', renews: '2026-06-30' },
      events: [[day('10:00'), 'seen']],
    });
    expect(firings).toEqual([]);
  });

  it('of an account, in a playbook of its contacts', () => {
    const { firings } = play(playbook('date: account.renews, at: "09:00"'), {
      contact: { id: 'ada', accountId: 'acme' },
      account: { id: 'acme', renews: '2026-03-20' },
      events: [[day('10:00'), 'seen']],
      until,
    });
    expect(firings).toEqual(['03-20 09:00 by time']);
  });
});

describe('a date that comes back (T8)', () => {
  const birthday = (more = '') => `trigger: { date: contact.born, every: year, at: "09:00"${more} }
again: always
time_zone: UTC
steps: [{ record: grown, value: trigger.count }]`;

  it('fires each time, from the date itself on, and says how often it has come back', () => {
    const { effects } = play(birthday(), {
      events: [learn('10:00', { born: '2000-02-29' })],
      until: '2028-12-31T00:00:00Z',
    });
    expect(effects).toEqual(['02-28 09:00 record grown = 27', '02-29 09:00 record grown = 28']);
  });

  it('a date that is moved comes back as it is then; what has come does not come again', () => {
    const { firings } = play(birthday(', offset: -1 month'), {
      events: [
        learn('10:00', { born: '2000-05-31' }),
        learn('10:00', { born: '2000-05-20' }, 20),
        learn('10:00', { born: '2000-05-31' }, 70),
      ],
      until,
    });
    expect(firings).toEqual(['04-20 09:00 by time']);
  });

  it('business days are counted by the calendar, and one has to be set', () => {
    const { firings } = play(
      `calendar: office-eu
trigger: { date: contact.renews, offset: -3 business days, at: "09:00" }
time_zone: UTC
steps: [{ record: x }]`,
      { events: [learn('10:00', { renews: '2026-04-07' })], until },
    );
    expect(firings).toEqual(['03-31 09:00 by time']);
  });

  it('a wait is until it comes back next, and a schedule until a day of the month', () => {
    const { effects } = play(
      `trigger: { event: known }
calendar: office-eu
time_zone: UTC
steps:
  - wait: { until: contact.born - 1 month, every: year, at: "09:00" }
    within: 400d
  - record: "soon"
  - wait: { until: contact.born - 2 business days, every: year, at: "09:00" }
    within: 400d
  - record: "very_soon"`,
      { events: [learn('10:00', { born: '1999-05-04' })] },
    );
    expect(effects).toEqual(['04-04 09:00 record soon', '04-30 09:00 record very_soon']);
  });
});
