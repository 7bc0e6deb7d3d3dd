/** T2: counts fire at their rising edge. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isoInstant } from '../../../language/time/instants.ts';
import { day, type Happening, play, shortTime } from '../play.ts';

const THREE = `trigger: { event: called, at_least: 3, within: 1h }\nagain: always\nsteps: [{ record: n, value: trigger.count }]`;
const HELD = `
trigger: { event: called, at_least: 2, within: 1h, unless: [bought, { event: called, where: event.bought }], hold: 30m }
again: always
steps: [{ record: n, value: trigger.count }]`;

const calls = (...times: string[]): Happening[] => times.map((time) => [day(time), 'called']);

describe('a count fires at the rising edge (T2)', () => {
  it('at the n-th within the window, with exactly the n as evidence (T15) and their count (T17)', () => {
    const { firings, effects } = play(THREE, { events: calls('10:00', '10:10', '10:20') });
    expect(firings).toEqual(['03-02 10:20 by m1,m2,m3']);
    expect(effects).toEqual(['03-02 10:20 record n = 3']);
  });

  it('further events on the same height do not fire again', () => {
    expect(play(THREE, { events: calls('10:00', '10:10', '10:20', '10:30', '10:40') }).firings).toHaveLength(1);
  });

  it('it fires again when the count has fallen and come back to n', () => {
    const { firings } = play(THREE, { events: calls('10:00', '10:10', '10:20', '11:15', '11:16') });
    // At 11:15 only 10:20 lies in the window; at 11:16 two earlier ones do.
    expect(firings).toEqual(['03-02 10:20 by m1,m2,m3', '03-02 11:16 by m3,m4,m5']);
  });

  it('events of one millisecond count in the order of their arrival (E4)', () => {
    expect(play(THREE, { events: calls('10:00', '10:00', '10:00', '10:00') }).firings).toEqual([
      '03-02 10:00 by m1,m2,m3',
    ]);
  });

  it('says at each event whether exactly n - 1 earlier ones lie in the window', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 12 }), { maxLength: 12 }),
        fc.integer({ min: 1, max: 4 }),
        (steps, n) => {
          const times: number[] = [];
          for (const step of steps) times.push((times.at(-1) ?? Date.parse(day('10:00'))) + step * 600_000);
          const playbook = `trigger: { event: called, at_least: ${n}, within: 1h }\nagain: always\nsteps: [{ record: hit }]`;
          const events = times.map((at): Happening => [isoInstant(at), 'called']);
          const expected = times.flatMap((at, i) => {
            const earlier = times.slice(0, i).filter((other) => other > at - 3_600_000);
            return earlier.length === n - 1 ? [shortTime(at)] : [];
          });
          expect(play(playbook, { events }).firings.map((line) => line.split(' by')[0])).toEqual(expected);
        },
      ),
      { numRuns: 60 },
    );
  });
});

describe('with unless and hold the edge opens a watch (T2)', () => {
  it('which fires at the edge + hold', () => {
    expect(play(HELD, { events: calls('10:00', '10:10') }).firings).toEqual(['03-02 10:40 by m1,m2']);
  });

  it('which X closes, up to its very end', () => {
    const x = (time: string) => play(HELD, { events: [...calls('10:00', '10:10'), [day(time), 'bought']] }).firings;
    expect(x('10:40')).toEqual([]);
    expect(x('10:40:00.001')).toHaveLength(1);
  });

  it('one watch at a time: an edge while it is open changes nothing', () => {
    const { firings } = play(HELD.replace('within: 1h', 'within: 15m'), {
      events: calls('10:00', '10:10', '10:26', '10:27'),
    });
    expect(firings).toEqual(['03-02 10:40 by m1,m2']);
  });

  it('events before an X are never counted again', () => {
    const { firings } = play(HELD, {
      events: [...calls('10:00'), [day('10:05'), 'bought'], ...calls('10:10')],
    });
    expect(firings).toEqual([]);
    const { firings: after } = play(HELD, {
      events: [...calls('10:00', '10:02'), [day('10:05'), 'bought'], ...calls('10:10', '10:11')],
    });
    expect(after).toEqual(['03-02 10:41 by m4,m5']);
  });

  it('an event that is both X and counted is the first after itself', () => {
    const both: Happening = [day('10:05'), 'called', { bought: true }];
    expect(play(HELD, { events: [...calls('10:00'), both] }).firings).toEqual([]);
    expect(play(HELD, { events: [...calls('10:00'), both, ...calls('10:06')] }).firings).toEqual([
      '03-02 10:36 by m2,m3',
    ]);
  });
});

describe('counts by the calendar (T2)', () => {
  it("of a day or a week in the playbook's zone, edge by edge", () => {
    const count = (within: string) =>
      play(
        `trigger: { event: call, at_least: 2, within: ${within} }\ntime_zone: Europe/Berlin\nagain: always\nsteps: [{ record: x }]`,
        {
          // In Berlin 23:00 UTC is the next day's midnight; 8 March is a Sunday.
          events: [
            [day('22:30'), 'call'],
            [day('23:00'), 'call'],
            [day('22:59', 1), 'call'],
            [day('22:00', 6), 'call'],
            [day('23:00', 6), 'call'],
            [day('23:30', 6), 'call'],
          ],
        },
      ).firings;
    expect(count('calendar day')).toEqual(['03-03 22:59 by m2,m3', '03-08 23:30 by m5,m6']);
    expect(count('calendar week')).toEqual(['03-02 23:00 by m1,m2', '03-08 23:30 by m5,m6']);
  });
});
