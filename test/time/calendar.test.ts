import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Calendar, Instant } from '../../language/model.ts';
import {
  addBusinessDays,
  addMeasures,
  addOpenMs,
  addSpan,
  businessDaysBetween,
  daysOf,
  dueFrom,
  elapsedOf,
  measureBetween,
  openMsBetween,
  TimeError,
} from '../../language/time/calendar.ts';
import { isoInstant } from '../../language/time/zones.ts';
import { at, calendarOf, OFFICE, ROUND_THE_CLOCK, SUPPORT } from './calendars.ts';
import { MinuteOracle } from './minute-oracle.ts';

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;
const iso = (instant: Instant | undefined) => (instant === undefined ? undefined : isoInstant(instant));

describe('a deadline walks open intervals forward (L1, L4)', () => {
  it('goes over the break, the night and the weekend', () => {
    expect(iso(addOpenMs(SUPPORT, at('2026-03-02T08:00Z'), 4 * HOUR_MS))).toBe('2026-03-02T13:00:00.000Z');
    expect(iso(addOpenMs(SUPPORT, at('2026-03-02T16:30Z'), HOUR_MS))).toBe('2026-03-03T08:30:00.000Z');
    expect(iso(addOpenMs(SUPPORT, at('2026-03-06T13:30Z'), HOUR_MS))).toBe('2026-03-09T08:30:00.000Z');
  });

  it('time that runs out with an interval ends there, not at the next opening (L4)', () => {
    expect(iso(addOpenMs(SUPPORT, at('2026-03-02T08:00Z'), 3.5 * HOUR_MS))).toBe('2026-03-02T11:30:00.000Z');
    expect(iso(addOpenMs(SUPPORT, at('2026-03-06T08:00Z'), 6 * HOUR_MS))).toBe('2026-03-06T14:00:00.000Z');
    expect(iso(addOpenMs(SUPPORT, at('2026-03-06T08:00Z'), 6 * HOUR_MS + 1))).toBe('2026-03-09T08:00:00.001Z');
  });

  it('outside of open hours time begins with the next opening', () => {
    expect(iso(addOpenMs(OFFICE, at('2026-03-07T12:00Z'), 1))).toBe('2026-03-09T08:00:00.001Z');
    expect(openMsBetween(OFFICE, at('2026-03-06T16:00Z'), at('2026-03-09T08:00Z'))).toBe(0);
  });

  it('leaves holidays out and keeps short ones', () => {
    expect(iso(addOpenMs(OFFICE, at('2026-04-02T14:00Z'), 2 * HOUR_MS))).toBe('2026-04-07T08:00:00.000Z');
    expect(openMsBetween(SUPPORT, at('2026-12-24T00:00Z'), at('2026-12-26T00:00Z'))).toBe(3 * HOUR_MS);
  });

  it('no time at all has passed at once, wherever one stands', () => {
    const night = at('2026-03-07T12:00Z');
    expect(addOpenMs(OFFICE, night, 0)).toBe(night);
  });

  it('a day on which clocks leap is an hour shorter, one on which they turn back an hour longer', () => {
    expect(openMsBetween(ROUND_THE_CLOCK, at('2026-03-28T23:00Z'), at('2026-03-29T22:00Z'))).toBe(23 * HOUR_MS);
    expect(openMsBetween(ROUND_THE_CLOCK, at('2026-10-24T22:00Z'), at('2026-10-25T23:00Z'))).toBe(25 * HOUR_MS);
  });

  it('an hour of the day before that comes again after midnight is counted once', () => {
    // St. John's turned back from 00:01 on Sunday to 23:01 on Saturday, at 02:31Z; 23:30 came twice.
    const calendar = calendarOf({
      calendar: 'c',
      time_zone: 'America/St_Johns',
      hours: { 'mon-sun': ['00:00-24:00'] },
    });
    const [noon, again] = [at('2010-11-06T14:30Z'), at('2010-11-07T03:00Z')];
    expect(openMsBetween(calendar, noon, again)).toBe(again - noon);
    expect(addOpenMs(calendar, noon, again - noon)).toBe(again);
    expect(addOpenMs(calendar, again, HOUR_MS)).toBe(again + HOUR_MS);
  });

  it('an interval that a gap swallows is gone, and one that begins in a gap begins behind it', () => {
    const nights = calendarOf({
      calendar: 'nights',
      time_zone: 'Europe/Berlin',
      hours: { 'mon-sun': ['02:10-02:50', '02:55-04:00'] },
    });
    expect(openMsBetween(nights, at('2026-03-28T23:00Z'), at('2026-03-29T22:00Z'))).toBe(HOUR_MS);
    // Turned back: 02:55 is the first, so the hour that comes twice counts twice.
    expect(openMsBetween(nights, at('2026-10-24T22:00Z'), at('2026-10-25T23:00Z'))).toBe(165 * MINUTE_MS);
  });

  it('a calendar that is not open for so long within ten years has no such instant', () => {
    const rare = calendarOf({ calendar: 'rare', time_zone: 'UTC', hours: { mon: ['09:00-09:01'] } });
    expect(addOpenMs(rare, at('2026-03-02T08:00Z'), 1_000 * MINUTE_MS)).toBeUndefined();
    expect(addBusinessDays(rare, at('2026-03-02T08:00Z'), 600)).toBeUndefined();
    expect(() => addSpan({ kind: 'business-days', days: 600 }, at('2026-03-02T08:00Z'), rare)).toThrow(
      new TimeError(
        'calendar rare has no 600 business days within ten years of 2026-03-02T08:00:00.000Z: give it more open hours',
      ),
    );
  });

  it('business time without a calendar says what is missing', () => {
    expect(() => addSpan({ kind: 'business-hours', hours: 2 }, 0)).toThrow(
      '2 business hours cannot be counted without a calendar: name one in the settings',
    );
  });
});

describe('business days are shares of each day’s open hours (L1)', () => {
  it('half of a short Friday is half a day', () => {
    // 09:00 to 12:00 of a Friday open to 15:00.
    const half = businessDaysBetween(SUPPORT, at('2026-03-06T08:00Z'), at('2026-03-06T11:00Z'));
    expect(daysOf(half)).toBe(0.5);
    expect(iso(addBusinessDays(SUPPORT, at('2026-03-06T08:00Z'), 0.5))).toBe('2026-03-06T11:00:00.000Z');
  });

  it('what is left of a day is completed by the same share of another', () => {
    // Thursday 13:30 to 18:00 is 9/16; the other 7/16 of a Friday of six hours are 2 h 37 min 30 s.
    expect(iso(addBusinessDays(SUPPORT, at('2026-03-05T12:30Z'), 1))).toBe('2026-03-06T10:37:30.000Z');
  });

  it('a whole day from an opening ends with the day (L4)', () => {
    expect(iso(addBusinessDays(OFFICE, at('2026-03-02T08:00Z'), 1))).toBe('2026-03-02T16:00:00.000Z');
    expect(iso(addBusinessDays(OFFICE, at('2026-03-02T08:00Z'), 5))).toBe('2026-03-06T16:00:00.000Z');
  });

  it('a fractional instant is rounded up to the next millisecond', () => {
    const odd = calendarOf({
      calendar: 'odd',
      time_zone: 'UTC',
      hours: { mon: ['09:00-16:01'], tue: ['09:00-16:00'] },
    });
    const monday = at('2026-03-02T09:00Z');
    // 0.001 of Monday's 421 minutes is 25 260 ms exactly.
    expect(addBusinessDays(odd, monday, 0.001)! - monday).toBe(25_260);
    const lastMs = at('2026-03-02T16:01Z') - 1;
    // 1 ms of Monday is 1/25 260 000; the rest of 0.001 is 25 199.002… ms of Tuesday.
    expect(addBusinessDays(odd, lastMs, 0.001)! - at('2026-03-03T09:00Z')).toBe(25_200);
  });

  it('days of 23 and 25 hours are one day each', () => {
    expect(iso(addBusinessDays(ROUND_THE_CLOCK, at('2026-03-28T23:00Z'), 1))).toBe('2026-03-29T22:00:00.000Z');
    expect(iso(addBusinessDays(ROUND_THE_CLOCK, at('2026-10-24T22:00Z'), 1))).toBe('2026-10-25T23:00:00.000Z');
    // Saturday 13:00: eleven of 24 hours are left, the other 13/24 are of a Sunday of 23 hours.
    expect(iso(addBusinessDays(ROUND_THE_CLOCK, at('2026-03-28T12:00Z'), 1))).toBe('2026-03-29T11:27:30.000Z');
  });

  it('parts of a span add up exactly to the whole, wherever it is cut', () => {
    const start = at('2026-02-23T00:00Z');
    const minute = fc.integer({ min: 0, max: 60 * 24 * 60 });
    fc.assert(
      fc.property(minute, minute, minute, fc.integer({ min: 1, max: 20_000 }), (a, b, c, thousandths) => {
        const [from, cut, to] = [a, b, c].sort((x, y) => x - y).map((m) => start + m * MINUTE_MS) as [
          number,
          number,
          number,
        ];
        const whole = measureBetween(from, to, SUPPORT);
        expect(addMeasures(measureBetween(from, cut, SUPPORT), measureBetween(cut, to, SUPPORT))).toEqual(whole);
        // A deadline found in one walk and one found after a halt on the way are the same instant.
        const span = { kind: 'business-days' as const, days: thousandths / 1000 };
        const atOnce = dueFrom(from, { span }, SUPPORT)!;
        if (atOnce > cut)
          expect(dueFrom(cut, { span, passed: measureBetween(from, cut, SUPPORT) }, SUPPORT)).toBe(atOnce);
      }),
    );
  });
});

describe('units of a length of time', () => {
  it('two days are 48 hours, also over a change of clocks (section 4)', () => {
    expect(iso(addSpan({ kind: 'exact', ms: 48 * HOUR_MS }, at('2026-03-28T10:00Z')))).toBe('2026-03-30T10:00:00.000Z');
  });

  it('elapsed is told in the unit that is asked for', () => {
    const [from, to] = [at('2026-03-02T08:00Z'), at('2026-03-03T08:00Z')];
    expect(elapsedOf('exact', from, to)).toBe(24 * HOUR_MS);
    expect(elapsedOf('business-hours', from, to, SUPPORT)).toBe(8 * HOUR_MS);
    expect(elapsedOf('business-days', from, to, SUPPORT)).toBe(8 * HOUR_MS);
    expect(elapsedOf('exact', to, from)).toBe(0);
  });
});

describe('counting agrees with asking every minute', () => {
  const weeks: [string, Calendar, Instant][] = [
    ['Berlin in spring', SUPPORT, at('2026-03-25T00:00Z')],
    ['Berlin in autumn', SUPPORT, at('2026-10-21T00:00Z')],
    ['Berlin at Christmas', SUPPORT, at('2026-12-21T00:00Z')],
    ['round the clock in spring', ROUND_THE_CLOCK, at('2026-03-25T00:00Z')],
    ['round the clock in autumn', ROUND_THE_CLOCK, at('2026-10-21T00:00Z')],
    ...['America/New_York', 'Australia/Lord_Howe', 'America/Havana', 'Asia/Beirut', 'Asia/Kolkata'].flatMap((zone) => {
      const nights = calendarOf({
        calendar: 'nights',
        time_zone: zone,
        hours: { 'mon-sun': ['00:00-00:40', '01:20-02:20', '02:30-05:00', '22:00-24:00'] },
        except: { '2026-11-02': 'closed' },
      });
      return [
        [`${zone} by night, in March`, nights, at(zone.includes('York') ? '2026-03-05T00:00Z' : '2026-03-26T00:00Z')],
        [`${zone} by night, in autumn`, nights, at('2026-10-30T00:00Z')],
        [`${zone} by night, in April`, nights, at('2026-04-02T00:00Z')],
      ] as [string, Calendar, Instant][];
    }),
  ];
  const DAYS = 7;

  it.each(weeks)('%s', (_, calendar, start) => {
    // Two days more on each side, so that days at the edge are whole.
    const oracle = new MinuteOracle(calendar, start - 2 * 24 * HOUR_MS, (DAYS + 4) * 1440);
    const minute = fc.integer({ min: 0, max: DAYS * 1440 });
    fc.assert(
      fc.property(minute, minute, fc.integer({ min: 1, max: 3_000 }), (a, b, minutes) => {
        const from = start + Math.min(a, b) * MINUTE_MS;
        const to = start + Math.max(a, b) * MINUTE_MS;
        const openMs = openMsBetween(calendar, from, to);
        expect(openMs).toBe(oracle.openMinutesBetween(from, to) * MINUTE_MS);
        expect(daysOf(businessDaysBetween(calendar, from, to))).toBeCloseTo(oracle.businessDaysBetween(from, to), 9);
        const due = oracle.addOpenMinutes(from, minutes);
        if (due !== undefined) expect(iso(addOpenMs(calendar, from, minutes * MINUTE_MS))).toBe(iso(due));
        // There and back: what was walked has passed, and not a millisecond before.
        const walked = addOpenMs(calendar, from, minutes * MINUTE_MS - 1)!;
        expect(openMsBetween(calendar, from, walked)).toBe(minutes * MINUTE_MS - 1);
        expect(openMsBetween(calendar, from, walked - 1)).toBe(minutes * MINUTE_MS - 2);
      }),
      { numRuns: 60 },
    );
  });

  it('a later start is never due earlier, nor is a longer way', () => {
    const start = at('2026-03-20T00:00Z');
    const ms = fc.integer({ min: 0, max: 20 * 24 * HOUR_MS });
    fc.assert(
      fc.property(
        ms,
        ms,
        fc.integer({ min: 1, max: 40 * HOUR_MS }),
        fc.integer({ min: 0, max: HOUR_MS }),
        (a, b, way, more) => {
          const [early, late] = [start + Math.min(a, b), start + Math.max(a, b)];
          expect(addOpenMs(SUPPORT, early, way)!).toBeLessThanOrEqual(addOpenMs(SUPPORT, late, way)!);
          expect(addOpenMs(SUPPORT, early, way)!).toBeLessThanOrEqual(addOpenMs(SUPPORT, early, way + more)!);
          const days = way / (8 * HOUR_MS) + 0.001;
          expect(addBusinessDays(SUPPORT, early, days)!).toBeLessThanOrEqual(addBusinessDays(SUPPORT, late, days)!);
        },
      ),
    );
  });
});
