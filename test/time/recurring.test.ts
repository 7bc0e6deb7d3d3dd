/** T8, S2, T11: dates that come back, ways from a date by months and business days, days of a month, every so many weeks. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { monthsLater, nextOccurrence, resolveDate } from '../../language/time/moment/dates.ts';
import { parseEvery, parseOffset } from '../../language/time/offset.ts';
import { nextScheduled, parseSchedule } from '../../language/time/schedule.ts';
import { dateOfDay, dayOfDate, isoInstant } from '../../language/time/zones.ts';
import { at, OFFICE } from './calendars.ts';

const zone = 'Europe/Berlin';
const DAY_MS = 86_400_000;

function offset(date: string, text: string, time?: string): string | undefined {
  const shift = parseOffset(text);
  if ('error' in shift) throw new Error(shift.error);
  const found = resolveDate(date, { ...shift, ...(time && { time }) }, { zone, calendar: OFFICE });
  return found === undefined ? undefined : isoInstant(found);
}

describe('ways from a date', () => {
  it.each([
    ['2026-03-31', '-1 month', '2026-02-27T23:00:00.000Z'],
    ['2024-02-29', '+1 year', '2025-02-27T23:00:00.000Z'],
    ['2026-01-31', '3 months', '2026-04-29T22:00:00.000Z'],
    // Good Friday and Easter Monday are closed; 7 April is a Tuesday.
    ['2026-04-07', '-3 business days', '2026-03-30T22:00:00.000Z'],
    ['2026-04-04', '+1 business day', '2026-04-06T22:00:00.000Z'],
    // An instant keeps its time of day on the clocks, which are put forward in between.
    ['2026-03-15T11:00:00Z', '+1 month', '2026-04-15T10:00:00.000Z'],
  ])('%s %s', (date, text, expected) => expect(offset(date, text)).toBe(expected));

  it('business days are counted before the time of day is looked at', () => {
    expect(offset('2026-04-07', '-3 business days', '09:00')).toBe('2026-03-31T07:00:00.000Z');
  });

  it.each(['1 fortnight', '-3 business hours', '200 months', '-9999 business days'])('%s is none', (text) => {
    expect(parseOffset(text)).toHaveProperty('error');
  });
});

describe('a date that comes back', () => {
  const next = (date: string, every: string, from: string) => {
    const read = parseEvery(every);
    if ('error' in read) throw new Error(read.error);
    const shift = { offsetDays: 0, offsetMs: 0, time: '09:00', every: read.every };
    const found = nextOccurrence(date, shift, { zone }, { from: at(from) });
    return found && `${found.date} ${found.count}`;
  };
  it.each([
    ['1990-05-03', 'year', '2026-05-03T07:00Z', '2026-05-03 36'],
    ['1990-05-03', 'year', '2026-05-03T07:00:00.001Z', '2027-05-03 37'],
    ['1988-02-29', 'year', '2026-01-01T00:00Z', '2026-02-28 38'],
    ['1988-02-29', 'year', '2028-01-01T00:00Z', '2028-02-29 40'],
    ['2026-01-31', 'month', '2026-02-01T00:00Z', '2026-02-28 1'],
    ['2026-01-31', 'month', '2026-03-01T00:00Z', '2026-03-31 2'],
    ['2026-01-31', '3 months', '2026-02-01T00:00Z', '2026-04-30 1'],
    ['2026-03-02', '2 weeks', '2026-03-03T00:00Z', '2026-03-16 1'],
    // Before it has come there is the date itself.
    ['2030-05-03', 'year', '2026-01-01T00:00Z', '2030-05-03 0'],
  ])('%s every %s from %s', (date, every, from, expected) => expect(next(date, every, from)).toBe(expected));

  it('comes back also where it began long ago', () => {
    expect(next('0099-12-31', 'year', '2026-01-01T00:00Z')).toBe('2026-12-31 1927');
  });

  it('is the first at or after an instant, as a walk from the date itself finds it', () => {
    const steps = fc.constantFrom({ months: 1 }, { months: 12 }, { months: 5 }, { days: 7 }, { days: 21 });
    const shifts = fc.constantFrom(
      '0d',
      '-30d',
      '+2 months',
      '-1 month',
      '-3 business days',
      '+40 business days',
      '+5h',
    );
    const days = fc.integer({ min: dayOfDate('1960-01-01'), max: dayOfDate('2030-01-01') });
    const froms = fc.integer({ min: at('2024-01-01T00:00Z'), max: at('2028-01-01T00:00Z') });
    fc.assert(
      fc.property(steps, shifts, days, froms, (every, text, day, from) => {
        const shift = parseOffset(text);
        if ('error' in shift) throw new Error(shift.error);
        const clocks = { zone, calendar: OFFICE };
        const found = nextOccurrence(dateOfDay(day), { ...shift, every }, clocks, { from });
        for (let count = 0; ; count++) {
          const to = 'months' in every ? monthsLater(day, count * every.months!) : day + count * every.days!;
          const moment = resolveDate(dateOfDay(to), shift, clocks)!;
          if (moment < from) continue;
          expect(found).toEqual({ at: moment, date: dateOfDay(to), count });
          return;
        }
      }),
      { numRuns: 200 },
    );
  });

  it.each(['fortnight', '0 weeks', 5, '200 years'])('every %s is unknown', (every) => {
    expect(parseEvery(every)).toHaveProperty('error');
  });
});

describe('schedules by days of the month and by weeks', () => {
  const days = (text: string, from: string, count: number, starting?: string) => {
    const read = parseSchedule(text, { starting, calendar: () => OFFICE });
    if ('error' in read) throw new Error(`${read.error}: ${read.hint}`);
    const found: string[] = [];
    let after = at(from);
    for (let i = 0; i < count; i++)
      found.push(isoInstant((after = nextScheduled(read.schedule, zone, after)!)).slice(0, 16));
    return found;
  };
  it.each([
    ['last day of month at "09:00"', ['2026-01-31T08:00', '2026-02-28T08:00', '2026-03-31T07:00']],
    ['last friday of month at "17:00"', ['2026-01-30T16:00', '2026-02-27T16:00', '2026-03-27T16:00']],
    ['second tuesday of the month at "09:00"', ['2026-01-13T08:00', '2026-02-10T08:00', '2026-03-10T08:00']],
    ['first business day of month at "09:00"', ['2026-02-02T08:00', '2026-03-02T08:00', '2026-04-01T07:00']],
    ['last business day of month at "09:00"', ['2026-01-30T08:00', '2026-02-27T08:00', '2026-03-31T07:00']],
    ['fifth friday of month at "09:00"', ['2026-01-30T08:00', '2026-05-29T07:00', '2026-07-31T07:00']],
  ])('%s', (text, expected) => expect(days(text, '2026-01-10T00:00Z', 3)).toEqual(expected));

  it('every so many weeks are counted from a given week, or from 5 January 1970', () => {
    const two = 'every 2 weeks on monday and thursday at "09:00"';
    expect(days(two, '2026-03-01T00:00Z', 3, '2026-03-04')).toEqual([
      '2026-03-02T08:00',
      '2026-03-05T08:00',
      '2026-03-16T08:00',
    ]);
    const [first] = days('every 2 weeks on monday at "09:00"', '2026-03-01T00:00Z', 1);
    expect(((at(`${first}Z`) - at('1970-01-05T08:00Z')) / DAY_MS) % 14).toBe(0);
  });

  it.each([
    ['last sunny of month at "09:00"', '"sunny" is not a day of a month: did you mean `sunday`?'],
    ['every 2 weeks at "09:00"', 'does not say on which day'],
    ['every 0 weeks on monday at "09:00"', 'is not a number of weeks'],
    ['last friday of month', 'has no time of day'],
  ])('%s is told', (text, told) => expect(() => days(text, '2026-01-10T00:00Z', 1)).toThrow(told));
});
