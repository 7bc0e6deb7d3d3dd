/** T0: windows, and tables of them. */
import { describe, expect, it } from 'vitest';
import { day, play } from '../play.ts';

const STALLED = `
subject: deal
trigger:
  event: deal.touched
  unless: deal.closed
  within: { by: deal.stage, qualification: 1h, proposal: 3h, default: 5h }
again: always
steps: [{ record: stalled }]`;

const stage = (name: string | null) => ({ traits: { deal: { stage: name } } });

describe('a window may be a table (T0)', () => {
  it('is read by the value that stands when the watch begins', () => {
    const stalls = (name: string) =>
      play(STALLED, { deal: { stage: name }, events: [[day('10:00'), 'deal.touched']] }).firings;
    expect(stalls('qualification')).toEqual(['03-02 11:00 by m1']);
    expect(stalls('proposal')).toEqual(['03-02 13:00 by m1']);
    expect(stalls('anything else')).toEqual(['03-02 15:00 by m1']);
  });

  it('is read again when the deadline moves, and only then', () => {
    const { firings } = play(STALLED, {
      deal: { stage: 'qualification' },
      events: [
        [day('10:00'), 'deal.touched'],
        [day('10:30'), 'stage.changed', stage('proposal')],
      ],
    });
    expect(firings).toEqual(['03-02 11:00 by m1']);
    const moved = play(STALLED, {
      deal: { stage: 'qualification' },
      events: [
        [day('10:00'), 'deal.touched'],
        [day('10:30'), 'deal.touched', stage('proposal')],
      ],
    });
    expect(moved.firings).toEqual(['03-02 13:30 by m2']);
  });

  it('without a fitting row and default no watch begins, and one that is open stays as it was', () => {
    const noDefault = STALLED.replace(', default: 5h', '');
    expect(play(noDefault, { deal: { stage: 'won' }, events: [[day('10:00'), 'deal.touched']] }).firings).toEqual([]);
    const { firings } = play(noDefault, {
      deal: { stage: 'qualification' },
      events: [
        [day('10:00'), 'deal.touched'],
        [day('10:30'), 'deal.touched', stage('won')],
      ],
    });
    expect(firings).toEqual(['03-02 11:00 by m1']);
  });

  it('a row that is missing at the deadline, or when an X comes, changes nothing', () => {
    const noDefault = STALLED.replace(', default: 5h', '');
    const begun: Parameters<typeof play>[1]['events'] = [
      [day('10:00'), 'deal.touched'],
      [day('10:30'), 'stage.changed', stage(null)],
    ];
    expect(play(noDefault, { deal: { stage: 'qualification' }, events: begun }).firings).toEqual(['03-02 11:00 by m1']);
    const closed = play(noDefault, {
      deal: { stage: 'qualification' },
      events: [...begun, [day('10:40'), 'deal.closed']],
    });
    expect(closed.firings).toEqual([]);
  });

  it('for counts, shortfalls and quiet spells, too', () => {
    const table = '{ by: deal.stage, short: 1h }';
    const events: Parameters<typeof play>[1]['events'] = [
      [day('10:00'), 'deal.touched'],
      [day('10:50'), 'deal.touched'],
    ];
    const firings = (trigger: string, name: string) =>
      play(`subject: deal\ntrigger: ${trigger}\nagain: always\nsteps: [{ record: hit }]`, {
        deal: { stage: name },
        events,
      }).firings;
    const count = `{ event: deal.touched, at_least: 2, within: ${table} }`;
    expect(firings(count, 'short')).toEqual(['03-02 10:50 by m1,m2']);
    expect(firings(count, 'long')).toEqual([]);
    const shortfall = `{ event: deal.touched, fewer_than: 1, of: call, within: ${table} }`;
    expect(firings(shortfall, 'short')).toEqual(['03-02 11:00 by m1']);
    expect(firings(shortfall, 'long')).toEqual([]);
    const quiet = `{ inactive: deal.touched, for: ${table} }`;
    expect(firings(quiet, 'short')).toEqual(['03-02 11:50 by m2']);
    expect(firings(quiet, 'long')).toEqual([]);
  });

  it('an X that ends a quiet spell ends it, though the next has no length', () => {
    const { firings } = play(
      `subject: deal\ntrigger: { inactive: deal.touched, for: { by: deal.stage, short: 1h } }\nsteps: [{ record: hit }]`,
      {
        deal: { stage: 'short' },
        events: [
          [day('10:00'), 'deal.touched'],
          [day('10:50'), 'deal.touched', stage('long')],
        ],
      },
    );
    expect(firings).toEqual([]);
  });
});

describe('windows are half-open, (t - w, t] (T0)', () => {
  const COUNT = `trigger: { event: seen, at_least: 2, within: 1h }\nagain: always\nsteps: [{ record: hit }]`;
  const SHORTFALL = `trigger: { event: lead, fewer_than: 1, of: call, within: 1h }\nsteps: [{ record: hit }]`;

  it('an event exactly w ago is outside, one a millisecond later inside', () => {
    const second = (at: string) =>
      play(COUNT, {
        events: [
          [day('10:00'), 'seen'],
          [at, 'seen'],
        ],
      }).firings;
    expect(second(day('11:00'))).toEqual([]);
    expect(second(day('10:59:59.999'))).toEqual(['03-02 10:59:59.999 by m1,m2']);
  });

  it('an event at exactly the end of a watch counts, one a millisecond later does not', () => {
    const call = (at: string) =>
      play(SHORTFALL, {
        events: [
          [day('10:00'), 'lead'],
          [at, 'call'],
        ],
      }).firings;
    expect(call(day('11:00'))).toEqual([]);
    expect(call(day('11:00:00.001'))).toEqual(['03-02 11:00 by m1']);
  });
});

describe('a window may be counted in business time (section 4)', () => {
  const FRIDAY = 4;

  it('a watch that opens on Friday runs on on Monday', () => {
    const { firings } = play(
      `trigger: { event: lead, unless: call, within: 2 business hours }\nsteps: [{ record: hit }]`,
      {
        events: [[day('15:00', FRIDAY), 'lead']], // 16:00 in Berlin, one hour before the end
      },
    );
    expect(firings).toEqual(['03-09 09:00 by m1']);
  });

  it('and so does a count', () => {
    const firings = (at: string) =>
      play(`trigger: { event: call, at_least: 2, within: 2 business hours }\nagain: always\nsteps: [{ record: hit }]`, {
        events: [
          [day('15:00', FRIDAY), 'call'],
          [at, 'call'],
        ],
      }).firings;
    expect(firings(day('08:59:59.999', 7))).toEqual(['03-09 08:59:59.999 by m1,m2']);
    expect(firings(day('09:00', 7))).toEqual([]);
  });
});
