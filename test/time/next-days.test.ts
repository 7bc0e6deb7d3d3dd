/** Section 4: the next named weekday, business day, and opening; from where clocks change and calendars are closed too. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Moment } from '../../language/model.ts';
import { finishMoment, parseMoment, resolveMoment } from '../../language/time/moment.ts';
import { isoInstant, localDay, localMinute, weekdayOfDay } from '../../language/time/zones.ts';
import { at, OFFICE, SUPPORT } from './calendars.ts';

const never = () => {
  throw new Error('nothing is compiled');
};
function momentOf(value: unknown): Moment {
  const read = parseMoment(value);
  if ('error' in read) throw new Error(`${read.error}: ${read.hint ?? ''}`);
  return finishMoment(read.moment, { date: never, table: never });
}
function resolve(value: unknown, from: string | number, zone = 'Europe/Berlin', calendar = OFFICE): string {
  const instant = typeof from === 'number' ? from : at(from);
  const context = {
    from: instant,
    enrolmentAt: instant,
    zone,
    calendar,
    table: () => undefined,
    date: () => undefined,
  };
  return isoInstant(resolveMoment(momentOf(value), context)!);
}

describe('what a wait is until', () => {
  // 2 March 2026 is a Monday.
  it.each([
    [{ until: 'saturday at "15:15"' }, '2026-03-02T10:00Z', '2026-03-07T14:15:00.000Z'],
    [{ until: 'saturday', at: '15:15' }, '2026-03-07T14:15Z', '2026-03-07T14:15:00.000Z'],
    [{ until: 'Saturday at 15:15' }, '2026-03-07T14:15:00.001Z', '2026-03-14T14:15:00.000Z'],
    [{ until: 'monday and thursday at "09:00"' }, '2026-03-02T10:00Z', '2026-03-05T08:00:00.000Z'],
    [{ until: '09:00', on_days: 'weekends' }, '2026-03-02T10:00Z', '2026-03-07T08:00:00.000Z'],
    [{ until: '09:00', on_days: ['thursday', 'monday'] }, '2026-03-05T08:00:00.001Z', '2026-03-09T08:00:00.000Z'],
    // Clocks are put forward on Sunday the 29th: 02:30 is 03:00 then.
    [{ until: 'sunday at "02:30"' }, '2026-03-27T10:00Z', '2026-03-29T01:00:00.000Z'],
    // Good Friday and Easter Monday are closed.
    [{ until: '08:00', on_days: 'business days' }, '2026-04-02T10:00Z', '2026-04-07T06:00:00.000Z'],
    [{ until: 'open' }, '2026-04-02T15:00Z', '2026-04-07T07:00:00.000Z'],
    [{ until: 'open' }, '2026-04-02T14:59:59.999Z', '2026-04-02T14:59:59.999Z'],
    [{ until: 'open' }, '2026-04-02T06:59Z', '2026-04-02T07:00:00.000Z'],
  ])('%j from %s', (value, from, expected) => expect(resolve(value, from)).toBe(expected));

  it('business days and openings go by the calendar of the playbook, wherever the subject is', () => {
    const zone = 'America/New_York';
    expect(resolve({ until: '10:00', on_days: 'business days' }, '2026-03-02T10:00Z', zone)).toBe(
      '2026-03-03T09:00:00.000Z',
    );
    expect(resolve({ until: 'monday at "10:00"' }, '2026-03-02T10:00Z', zone)).toBe('2026-03-02T15:00:00.000Z');
  });

  it('is open between the intervals of a day again at the next of them', () => {
    expect(resolve({ until: 'open' }, '2026-03-02T12:00Z', 'UTC', SUPPORT)).toBe('2026-03-02T12:30:00.000Z');
  });

  it.each([
    [{ until: '09:00', on_days: 'mondays' }, 'on_days "mondays" is unknown: did you mean `monday`?'],
    [{ until: '09:00', on_days: 5 }, 'on_days 5 is unknown'],
    [{ until: 'open', at: '09:00' }, '"open" has no time of day'],
    [{ until: 'saturday' }, 'write { until: saturday at "09:00" }'],
    [{ until: 'saturday at "25:00"' }, '"25:00" is not a time of day'],
  ])('%j is told', (value, told) => expect(() => momentOf(value)).toThrow(told));

  it('a named weekday is the first on or after an instant, on its day and at its time', () => {
    const zones = fc.constantFrom('Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'Pacific/Apia', 'UTC');
    const froms = fc.integer({ min: at('2009-01-01T00:00Z'), max: at('2032-01-01T00:00Z') });
    const names = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'];
    const sets = fc.uniqueArray(fc.constantFrom(...names), { minLength: 1 });
    fc.assert(
      fc.property(zones, froms, sets, fc.integer({ min: 0, max: 1439 }), (zone, from, days, minute) => {
        const time = `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;
        const found = at(resolve({ until: time, on_days: days }, from, zone));
        expect(found).toBeGreaterThanOrEqual(from);
        const isNamed = (day: number) => days.includes(names[weekdayOfDay(day)]!);
        expect(isNamed(localDay(found, zone))).toBe(true);
        expect(localMinute(found, zone)).toBeGreaterThanOrEqual(minute);
        // No day between has the name and the time.
        for (let day = localDay(from, zone) + 1; day < localDay(found, zone); day++) {
          const date = new Date(day * 86_400_000).toISOString().slice(0, 10);
          const there = localDay(at(resolve({ until: time }, at(`${date}T00:00Z`) - 50_400_000, zone)), zone);
          expect(isNamed(day) && there === day && date !== '2011-12-30').toBe(false);
        }
      }),
      { numRuns: 300 },
    );
  });
});
