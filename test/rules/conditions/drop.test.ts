/** T5: a metric that fell below a share of its own baseline. */
import { describe, expect, it } from 'vitest';
import { isoInstant } from '../../../language/time/instants.ts';
import type { EventSituation } from '../../../triggers/condition.ts';
import { conditionOf } from '../../../triggers/conditions.ts';
import { compiled, day, type Happening, play } from '../play.ts';

/** Berlin's days begin at 23:00 UTC, in summer at 22:00. */
const drop = (more = '', metric = 'sum: event.units, event: usage') => `
time_zone: Europe/Berlin
trigger: { metric: { ${metric} }, over: 1d, drops: 50%, compared_with: 2d${more} }
again: always
steps: [{ record: fell, value: '[trigger.current, trigger.baseline]' }]`;

/** One event at noon of each day, from Monday the 2nd on. */
const daily = (...units: (number | null)[]): Happening[] =>
  units.flatMap((n, i): Happening[] => (n === null ? [] : [[day('11:00', i), 'usage', { units: n }]]));

const until = { until: day('12:00', 20) };

describe('a drop looks at day boundaries (T5)', () => {
  it('first b + o days after the start of the day of the first metric event, then at each day', () => {
    // Day 4 begins at 23:00 UTC of the 4th: days 2 and 3 are the baseline of 4, its first three days are over.
    const { firings, effects } = play(drop(), { events: daily(10, 10, 5), ...until });
    expect(firings).toEqual(['03-04 23:00 by time']);
    expect(effects).toEqual(['03-04 23:00 record fell = [5,10]']);
  });

  it('not before, however deep the fall', () => {
    expect(play(drop(), { events: daily(10, 0, 10, 10, 10), until: day('12:00', 4) }).firings).toEqual([]);
  });

  it('current <= (1 - p) * baseline: exactly half is a drop by 50 %, a cent more is not', () => {
    expect(play(drop(), { events: daily(10, 10, 5), until: day('12:00', 3) }).firings).toHaveLength(1);
    expect(play(drop(), { events: daily(10, 10, 5.01), until: day('12:00', 3) }).firings).toHaveLength(0);
  });

  it('sums are exact decimals', () => {
    const tenths: Happening[] = [0.1, 0.2].map((units) => [day('11:00', 2), 'usage', { units }]);
    expect(play(drop(), { events: [...daily(0.6, 0.6), ...tenths], until: day('12:00', 3) }).effects).toEqual([
      '03-04 23:00 record fell = [0.3,0.6]',
    ]);
  });

  it('fires on false to true only', () => {
    const { firings } = play(drop(), { events: daily(100, 100, 40, 15, 100, 100, 20), ...until });
    // True on the 5th and the 6th: one firing. False when usage is back, true again after the 8th.
    expect(firings).toEqual(['03-04 23:00 by time', '03-08 23:00 by time']);
  });

  it('days without any event count as nothing', () => {
    expect(play(drop(), { events: daily(10, 10, null, null), ...until }).firings).toEqual(['03-04 23:00 by time']);
  });

  it('an event on which the expression is no number takes no part, and is no first event', () => {
    const wrong: Happening = [day('11:00', -1), 'usage', { units: 'many' }];
    expect(play(drop(), { events: [wrong, ...daily(10, 10, 5)], ...until }).firings).toEqual(['03-04 23:00 by time']);
  });

  it('an event at exactly the boundary belongs to the day that begins', () => {
    const late: Happening = [day('23:00', 2), 'usage', { units: 100 }];
    expect(play(drop(), { events: [...daily(10, 10, 5), late], until: day('12:00', 3) }).effects).toEqual([
      '03-04 23:00 record fell = [5,10]',
    ]);
  });

  it('without evidence trigger has only its own fields (T15)', () => {
    const { effects } = play(drop().replace('[trigger.current, trigger.baseline]', 'has(trigger.units)'), {
      events: daily(10, 10, 5),
      ...until,
    });
    expect(effects).toEqual(['03-04 23:00 record fell = false']);
  });
});

describe('what is compared (T5)', () => {
  it('a baseline of b days is scaled to o days, a maximum is not', () => {
    expect(play(drop(), { events: daily(20, 10, 4), until: day('12:00', 3) }).effects).toEqual([
      '03-04 23:00 record fell = [4,15]',
    ]);
    const twoDays = drop('', 'max: event.units, event: usage').replace('over: 1d', 'over: 2d');
    expect(
      play(twoDays.replace('compared_with: 2d', 'compared_with: 3d'), { events: daily(20, 10, 10, 4, 3), ...until })
        .effects,
    ).toEqual(['03-06 23:00 record fell = [4,20]']);
  });

  it('a count counts events that match', () => {
    const count = drop('', 'count: true, event: usage, where: event.units > 0');
    const twice = daily(1, 1).flatMap((event) => [event, event]);
    expect(
      play(count, { events: [...twice, ...daily(null, null, 1), ...daily(null, null, 0)], ...until }).effects,
    ).toEqual(['03-04 23:00 record fell = [1,2]']);
  });

  it('only_if_baseline leaves small ones alone, exactly m is enough', () => {
    const least = (m: number) =>
      play(drop(`, only_if_baseline: ${m}`), { events: daily(10, 10, 5), until: day('12:00', 3) }).firings.length;
    expect([least(10), least(10.01)]).toEqual([1, 0]);
  });

  it('settle looks that much later, and says so', () => {
    expect(play(drop(', settle: 6h'), { events: daily(10, 10, 5), ...until }).firings).toEqual(['03-05 05:00 by time']);
  });

  it('sustained asks for k true boundaries in a row, and fires once at the k-th', () => {
    const sustained = drop(', sustained: 2d');
    expect(play(sustained, { events: daily(10, 10, 5, 2, 1), ...until }).firings).toEqual(['03-05 23:00 by time']);
    expect(play(sustained, { events: daily(10, 10, 5, 10, 10, 10, 5), until: day('12:00', 7) }).firings).toEqual([]);
  });
});

describe('days are those of the zone (T5)', () => {
  it('across the change to summer time', () => {
    const from = 24; // the 26th of March; clocks change on the 29th
    const events: Happening[] = [10, 10, 10, 2].map((units, i) => [day('11:00', from + i), 'usage', { units }]);
    expect(play(drop(), { events, until: day('12:00', from + 4) }).firings).toEqual(['03-29 22:00 by time']);
  });
});

describe('after a long silence (T5, T16)', () => {
  it('a fall is told once, and the next rise and fall again', () => {
    const events = [
      ...daily(10, 10, 1),
      ...daily(10, 10, 1).map(([at, ...rest]): Happening => [at.replace('-03-', '-06-'), ...rest]),
    ];
    const { firings } = play(drop(), { events, until: '2026-07-01T00:00:00Z' });
    expect(firings).toEqual(['03-04 23:00 by time', '06-04 22:00 by time']);
  });

  it('with a baseline of nothing allowed, nothing is no fall from nothing twice', () => {
    const { firings } = play(drop(', only_if_baseline: 0'), { events: daily(10), until: day('12:00', 60) });
    expect(firings).toEqual(['03-04 23:00 by time']);
  });

  it('what falls still has all its boundaries looked at, when no day with an event is left', () => {
    const { firings } = play(drop(', only_if_baseline: 0, sustained: 2d'), {
      events: daily(10),
      until: day('12:00', 60),
    });
    expect(firings).toEqual(['03-05 23:00 by time']);
  });

  it('an event waits for no boundary that lies behind it', () => {
    const arm = compiled(drop()).versions[0]!.playbook.trigger.arms[0]!;
    const { onEvent } = conditionOf('drop');
    const at = Date.parse(day('11:00', 90));
    const situation = { at, zone: 'Europe/Berlin', event: { at }, value: () => 1 } as unknown as EventSituation;
    const step = onEvent!(arm, { days: {}, boundary: '2026-03-20', run: 0 } as never, situation);
    expect(isoInstant(step.dueAt!)).toBe('2026-05-31T22:00:00.000Z');
  });

  it('a maximum below zero is one', () => {
    const max = drop(', only_if_baseline: 0', 'max: event.units, event: usage');
    expect(play(max, { events: daily(4, 4, -3), until: day('12:00', 3) }).effects).toEqual([
      '03-04 23:00 record fell = [-3,4]',
    ]);
  });
});
