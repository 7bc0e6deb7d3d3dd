/** A next moment is always later than the instant it is asked at, on every clock that is put forward or back. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ComputedTrait, DailyWindow, Moment } from '../../language/model.ts';
import { addSpan } from '../../language/time/calendar.ts';
import { endOfWindow, haveCommonMoment, outside } from '../../language/time/daily-window.ts';
import { resolveMoment } from '../../language/time/moment.ts';
import { nextScheduled, parseSchedule } from '../../language/time/schedule.ts';
import {
  instantAt,
  instantOfLocal,
  instantOfLocalAfter,
  isoInstant,
  localMinute,
  nextClockChange,
  nextDayStart,
} from '../../language/time/zones.ts';
import { quietHours } from '../../steps/gates/quiet-hours.ts';
import { sendWindow } from '../../steps/gates/send-window.ts';
import { dayStartAfter } from '../../triggers/traits/predictions.ts';
import { inWindow, nextLeaveAt } from '../../triggers/traits/trait-window.ts';
import { at, OFFICE, ROUND_THE_CLOCK, SUPPORT } from './calendars.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 1_440 * MINUTE_MS;

/** Clocks that leap by an hour, by half of one, by two, over midnight, and over a whole date. */
const ZONES = [
  'UTC',
  'Europe/Berlin',
  'America/New_York',
  'America/Havana',
  'America/St_Johns',
  'Antarctica/Troll',
  'Asia/Beirut',
  'Australia/Lord_Howe',
  'Pacific/Apia',
];

/** A zone with an instant of 2008 to 2026, mostly close to a change of its clocks. */
const moments = fc
  .record({
    zone: fc.constantFrom(...ZONES),
    around: fc.integer({ min: at('2008-01-01T00:00Z'), max: at('2026-12-31T00:00Z') }),
    byMs: fc.oneof(
      fc.integer({ min: -26 * 60, max: 26 * 60 }).map((minutes) => minutes * MINUTE_MS),
      fc.integer({ min: -7_200_000, max: 7_200_000 }),
    ),
  })
  .map(({ zone, around, byMs }) => {
    const change = nextClockChange(around, zone);
    return { zone, from: (Number.isFinite(change) ? change : around) + byMs };
  });

const times = fc
  .integer({ min: 0, max: 1_439 })
  .map((minute) => `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`);
const windows = fc
  .tuple(fc.integer({ min: 0, max: 1_439 }), fc.integer({ min: 1, max: 1_439 }))
  .map(([startMinute, length]): DailyWindow => ({ startMinute, endMinute: (startMinute + length) % 1_440 }));

function isLater(from: number, next: number | undefined, zone: string): void {
  expect(next, `${isoInstant(from)} in ${zone} gives ${next === undefined ? next : isoInstant(next)}`).toBeGreaterThan(
    from,
  );
}

const RUNS = { numRuns: 2_000 };

describe('a next moment is later than the one before', () => {
  it('the end of a part of the day, and it is the first instant outside of it', () => {
    fc.assert(
      fc.property(moments, windows, ({ zone, from }, window) => {
        const endAt = endOfWindow(window, from, zone);
        if (endAt === undefined) {
          expect(endOfWindow(outside(window), from, zone)).toBeDefined();
          return;
        }
        isLater(from, endAt, zone);
        expect(endOfWindow(window, endAt, zone)).toBeUndefined();
        // Every minute until then shows a time inside.
        for (let before = endAt - 1; before >= from; before -= MINUTE_MS) {
          if (endOfWindow(window, before, zone) !== endAt) throw new Error(`${isoInstant(before)} is outside`);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('the start of the next day, of the next month, and of a prediction', () => {
    const month = { overMonth: true } as unknown as ComputedTrait;
    fc.assert(
      fc.property(moments, fc.integer({ min: 1, max: 400 }), ({ zone, from }, days) => {
        isLater(from, nextDayStart(from, zone, days), zone);
        isLater(from, dayStartAfter(zone, from), zone);
        const entries = [{ at: from }];
        if (inWindow(month, entries, from, zone).length > 0)
          isLater(from, nextLeaveAt(month, entries, from, zone), zone);
      }),
      RUNS,
    );
  });

  it('a scheduled instant', () => {
    const schedules = fc.oneof(
      fc.constantFrom('30 * * * *', '*/20 0-3 * * *', '0 0 * * *', 'first day of month at "00:00"'),
      times.map((time) => `daily at "${time}"`),
    );
    fc.assert(
      fc.property(moments, schedules, ({ zone, from }, text) => {
        const read = parseSchedule(text);
        if ('error' in read) throw new Error(read.error);
        isLater(from, nextScheduled(read.schedule, zone, from), zone);
      }),
      RUNS,
    );
  });

  it('a day from now at a time, the next such time, and business time', () => {
    const calendars = fc.constantFrom(OFFICE, SUPPORT, ROUND_THE_CLOCK);
    const days = fc.integer({ min: 1, max: 5 });
    fc.assert(
      fc.property(moments, calendars, days, times, ({ zone, from }, calendar, count, time) => {
        const context = { from, enrolmentAt: from, zone, calendar, table: () => undefined, date: () => undefined };
        const moment = (m: Moment) => resolveMoment(m, context);
        isLater(from, moment({ kind: 'days-at', days: count, of: 'calendar', time }), zone);
        isLater(from - 1, moment({ kind: 'next-time', time, days: 'all' }), zone);
        isLater(from - 1, moment({ kind: 'next-time', time, days: 'weekdays' }), zone);
        isLater(from, addSpan({ kind: 'business-hours', hours: count }, from, calendar), zone);
        isLater(from, addSpan({ kind: 'business-days', days: count }, from, calendar), zone);
      }),
      RUNS,
    );
  });

  it('clocks that are put back over midnight show a date once more, and it ends once more', () => {
    // St. John's put its clocks from 00:01 on 1 November 2009 back to 23:01 on 31 October.
    const second = at('2009-11-01T02:51Z');
    expect(instantOfLocal(Date.UTC(2009, 10, 1), 'America/St_Johns')).toBe(at('2009-11-01T02:30Z'));
    expect(instantOfLocalAfter(Date.UTC(2009, 10, 1), 'America/St_Johns', second)).toBe(at('2009-11-01T03:30Z'));
    expect(isoInstant(nextDayStart(second, 'America/St_Johns'))).toBe('2009-11-01T03:30:00.000Z');
    const rest = { enrolmentAt: second, zone: 'America/St_Johns', table: () => undefined, date: () => undefined };
    const midnight = resolveMoment(
      { kind: 'days-at', days: 1, of: 'calendar', time: '00:00' },
      { from: second, ...rest },
    );
    expect(isoInstant(midnight!)).toBe('2009-11-01T03:30:00.000Z');
  });
});

describe('what quiet hours and a send window hold goes out (P1)', () => {
  const gatesAt = (
    now: number,
    { quiet, open, zone }: { quiet: DailyWindow; open?: DailyWindow; zone: string },
    jitter = 0,
  ) => {
    const candidate = {
      contactId: 'ada',
      traits: { time_zone: zone },
      channel: 'email',
      messageClass: 'marketing',
    } as const;
    const view = {
      now,
      beganAt: now,
      settings: { timeZone: 'UTC', sendWindow: open ? { email: open } : {} },
      version: { playbook: { quietHours: quiet } },
      gates: { jitter: () => jitter },
    } as never;
    const first = quietHours(candidate, view);
    return first.pass ? sendWindow(candidate, view) : first;
  };
  const held = (now: string, quiet: [string, string], zone = 'Europe/Berlin') => {
    const [startMinute, endMinute] = quiet.map((time) => localMinute(instantAt('2026-01-01', time, 'UTC'), 'UTC'));
    const decision = gatesAt(at(now), { quiet: { startMinute: startMinute!, endMinute: endMinute! }, zone });
    return 'holdUntil' in decision ? isoInstant(decision.holdUntil) : decision;
  };

  it('a clock that is put back into the quiet hours makes them longer', () => {
    // Berlin shows 02:00 to 03:00 twice on 2026-10-25: from midnight and from 01:00 UTC.
    expect(held('2026-10-25T01:10Z', ['21:00', '02:30'])).toBe('2026-10-25T01:30:00.000Z');
    expect(held('2026-10-24T22:00Z', ['21:00', '02:30'])).toBe('2026-10-25T00:30:00.000Z');
    expect(held('2026-10-25T00:40Z', ['21:00', '02:30'])).toEqual({ pass: true });
    expect(held('2026-10-25T00:40Z', ['21:00', '03:00'])).toBe('2026-10-25T02:00:00.000Z');
    expect(held('2026-11-01T06:15Z', ['22:00', '01:30'], 'America/New_York')).toBe('2026-11-01T06:30:00.000Z');
  });

  it('a clock that is put forward over their end ends them there', () => {
    expect(held('2026-03-28T23:00Z', ['21:00', '02:30'])).toBe('2026-03-29T01:00:00.000Z');
  });

  it('from hold to hold, each later than the one before, a message is sent within three days, or refused at once', () => {
    const jitters = fc.integer({ min: 0, max: 899_999 });
    fc.assert(
      fc.property(moments, windows, windows, jitters, ({ zone, from }, quiet, open, jitter) => {
        let now = from;
        for (let holds = 0; holds < 8; holds++) {
          const decision = gatesAt(now, { quiet, open, zone }, jitter);
          if (decision.pass) {
            expect(now - from).toBeLessThanOrEqual(3 * DAY_MS);
            return;
          }
          if ('refused' in decision) {
            expect(decision.refused).toBe('no_moment');
            expect(haveCommonMoment(quiet, open)).toBe(false);
            for (let minute = 0; minute < 1_440; minute++) {
              const there = minute * MINUTE_MS;
              const isQuiet = endOfWindow(quiet, there, 'UTC') !== undefined;
              if (!isQuiet && endOfWindow(open, there, 'UTC') !== undefined)
                throw new Error(`minute ${minute} is free`);
            }
            return;
          }
          if (!('holdUntil' in decision)) throw new Error('neither held nor refused');
          isLater(now, decision.holdUntil, zone);
          now = decision.holdUntil;
        }
        throw new Error(`held again and again from ${isoInstant(from)} in ${zone}`);
      }),
      { numRuns: 1_000 },
    );
  });
});
