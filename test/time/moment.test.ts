import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Expression, Json, Moment } from '../../language/model.ts';
import { needsCalendar } from '../../language/time/calendar.ts';
import { finishMoment, parseMoment, resolveMoment } from '../../language/time/moment.ts';
import { isoInstant } from '../../language/time/zones.ts';
import { at, OFFICE, SUPPORT } from './calendars.ts';

const expression = (cel: string): Expression => ({ cel, reads: [], counts: [], timed: false });

function momentOf(value: unknown): Moment {
  const read = parseMoment(value);
  if ('error' in read) throw new Error(read.error);
  return finishMoment(read.moment, {
    date: expression,
    table: (table) => ({
      kind: 'table',
      by: expression(String(table.by)),
      rows: [{ is: 'vip', span: { kind: 'business-hours', hours: 1 } }],
      default: { kind: 'business-days', days: 1 },
    }),
  });
}

interface World {
  enrolment?: string;
  zone?: string;
  calendar?: typeof OFFICE | undefined;
  date?: Json;
  row?: string;
}

/** The instant of a moment as written, from an instant, in Berlin and the office's hours unless said. */
function resolve(value: unknown, from: string, world: World = {}): string | undefined {
  const calendar = 'calendar' in world ? world.calendar : OFFICE;
  const resolved = resolveMoment(momentOf(value), {
    from: at(from),
    enrolmentAt: at(world.enrolment ?? from),
    zone: world.zone ?? 'Europe/Berlin',
    ...(calendar === undefined ? {} : { calendar }),
    table: () => world.row,
    date: () => world.date,
  });
  return resolved === undefined ? undefined : isoInstant(resolved);
}

describe('due dates come out as they were computed by hand', () => {
  it.each([
    ['a task about the cart', '1 business day', '2026-03-03T11:00Z', '2026-03-04T11:00:00.000Z'],
    ['a stalled deal', '2 business days', '2026-03-09T10:00Z', '2026-03-11T10:00:00.000Z'],
    ['its manager', '5 business days', '2026-03-09T10:00Z', '2026-03-16T10:00:00.000Z'],
    ['its end', '5 business days', '2026-03-16T10:00Z', '2026-03-23T10:00:00.000Z'],
    ['a dropped account', '2 business days', '2026-02-09T08:00Z', '2026-02-10T16:00:00.000Z'],
    ['a lead left waiting', '1 business hour', '2026-03-02T13:00Z', '2026-03-02T14:00:00.000Z'],
    ['an unused feature, in summer', '2 business days', '2026-06-03T07:00Z', '2026-06-04T15:00:00.000Z'],
    ['a renewal learned on a Sunday', '3 business days', '2026-05-31T07:00Z', '2026-06-03T15:00:00.000Z'],
    ['a follow-up', 'end of next business day', '2026-03-02T10:00Z', '2026-03-03T16:00:00.000Z'],
    ['the next round', '1 business day at 09:00', '2026-03-02T10:00Z', '2026-03-03T08:00:00.000Z'],
    ['the round over the weekend', '1 business day at 09:00', '2026-03-06T08:00Z', '2026-03-09T08:00:00.000Z'],
  ])('%s: %s', (_, text, from, expected) => {
    expect(resolve(text, from)).toBe(expected);
  });

  it('days of onboarding count from the enrolment’s own date', () => {
    const enrolment = '2026-05-04T12:00Z';
    for (const [day, expected] of [
      [3, '2026-05-07T07:00:00.000Z'],
      [10, '2026-05-14T07:00:00.000Z'],
      [21, '2026-05-25T07:00:00.000Z'],
      [30, '2026-06-03T07:00:00.000Z'],
    ] as const) {
      expect(resolve({ until: `day ${day} at "09:00"` }, '2026-05-06T00:00Z', { enrolment })).toBe(expected);
    }
  });

  it('a renewal’s waits follow its date, in the zone’s summer time', () => {
    const until = (days: number) => ({ until: `account.renewal_date - ${days}d`, at: '09:00' });
    expect(resolve(until(30), '2026-04-01T07:00Z', { date: '2026-06-30' })).toBe('2026-05-31T07:00:00.000Z');
    expect(resolve(until(30), '2026-04-10T10:00Z', { date: '2026-09-30' })).toBe('2026-08-31T07:00:00.000Z');
    expect(resolve(until(7), '2026-06-01T07:00Z', { date: '2026-06-30' })).toBe('2026-06-23T07:00:00.000Z');
  });

  it('a week since the enrolment is 168 hours', () => {
    expect(resolve({ until: '7d', since: 'enrolment' }, '2026-03-09T08:00Z', { enrolment: '2026-03-02T10:00Z' })).toBe(
      '2026-03-09T10:00:00.000Z',
    );
  });
});

describe('days of the calendar and of business', () => {
  it('a business day is one on which the calendar is open, whatever the hour', () => {
    // Good Friday and Easter Monday are closed; from a Saturday the next business day is a Tuesday.
    expect(resolve('1 business day at 09:00', '2026-04-02T20:00Z')).toBe('2026-04-07T07:00:00.000Z');
    expect(resolve('1 business day at 09:00', '2026-04-04T10:00Z')).toBe('2026-04-07T07:00:00.000Z');
    expect(resolve('end of next business day', '2026-03-05T20:00Z', { calendar: SUPPORT })).toBe(
      '2026-03-06T14:00:00.000Z',
    );
    expect(resolve('end of next business day', '2026-12-23T20:00Z', { calendar: SUPPORT })).toBe(
      '2026-12-24T11:00:00.000Z',
    );
  });

  it('the local date is that of the subject’s zone', () => {
    // 23:30Z is the next day in Berlin already, and still the same in New York.
    expect(resolve('1 calendar day at 09:00', '2026-03-02T23:30Z')).toBe('2026-03-04T08:00:00.000Z');
    expect(resolve('1 calendar day at 09:00', '2026-03-02T23:30Z', { zone: 'America/New_York' })).toBe(
      '2026-03-03T14:00:00.000Z',
    );
  });

  it('business days are those of the calendar’s zone, wherever the subject is (L1)', () => {
    for (const zone of ['America/New_York', 'Pacific/Auckland', 'Pacific/Honolulu']) {
      // Friday 16:00 in Berlin is Saturday in Auckland, and Friday morning in Honolulu.
      expect(resolve('1 business day at 09:00', '2026-03-06T15:00Z', { zone })).toBe('2026-03-09T08:00:00.000Z');
      expect(resolve('end of next business day', '2026-03-06T15:00Z', { zone })).toBe('2026-03-09T16:00:00.000Z');
      expect(resolve('1 business day', '2026-03-06T15:00Z', { zone })).toBe('2026-03-09T15:00:00.000Z');
    }
  });

  it('a time in a gap is the first valid instant, a repeated one the first (section 4)', () => {
    expect(resolve('1 calendar day at 02:30', '2026-03-28T10:00Z')).toBe('2026-03-29T01:00:00.000Z');
    expect(resolve('1 calendar day at 02:30', '2026-10-24T10:00Z')).toBe('2026-10-25T00:30:00.000Z');
  });

  it('until a time of day is the next such time, and now when it is exactly now', () => {
    expect(resolve({ until: '09:00' }, '2026-03-02T07:59Z')).toBe('2026-03-02T08:00:00.000Z');
    expect(resolve({ until: '09:00' }, '2026-03-02T08:00Z')).toBe('2026-03-02T08:00:00.000Z');
    expect(resolve({ until: '09:00' }, '2026-03-02T08:00:00.001Z')).toBe('2026-03-03T08:00:00.000Z');
    expect(resolve({ until: '09:00', on_days: 'weekdays' }, '2026-03-06T10:00Z')).toBe('2026-03-09T08:00:00.000Z');
    expect(resolve({ until: '09:00' }, '2026-03-06T10:00Z')).toBe('2026-03-07T08:00:00.000Z');
    expect(resolve({ until: '02:30' }, '2026-10-25T00:45Z')).toBe('2026-10-26T01:30:00.000Z');
  });

  it('a weekday at a time is never before, never five days off, and on a weekday', () => {
    fc.assert(
      fc.property(fc.integer({ min: 29_000_000, max: 31_000_000 }), (minute) => {
        const from = isoInstant(minute * 60_000);
        const found = at(resolve({ until: '09:00', on_days: 'weekdays' }, from)!);
        expect(found).toBeGreaterThanOrEqual(minute * 60_000);
        expect(found - minute * 60_000).toBeLessThan(3 * 86_400_000 + 3_600_000);
        expect([0, 6]).not.toContain(new Date(found).getUTCDay());
      }),
    );
  });
});

describe('a date that a wait follows (S2)', () => {
  it('that is absent, or no date, has no instant', () => {
    const moment = { until: 'contact.renewal_date - 30d', at: '09:00' };
    for (const date of [undefined, null, 'soon', 12, '2026-02-30', ['2026-03-01']]) {
      expect(resolve(moment, '2026-03-02T10:00Z', date === undefined ? {} : { date })).toBeUndefined();
    }
  });

  it('an instant counts by its local date, and keeps its own time where none is given', () => {
    // 23:30Z on the 29th is the 30th in Berlin.
    const date = '2026-06-29T23:30:00Z';
    expect(resolve({ until: 'contact.trial_ends - 1d', at: '09:00' }, '2026-03-02T10:00Z', { date })).toBe(
      '2026-06-29T07:00:00.000Z',
    );
    expect(resolve({ until: 'contact.trial_ends - 2h' }, '2026-03-02T10:00Z', { date })).toBe(
      '2026-06-29T21:30:00.000Z',
    );
    expect(resolve({ until: 'contact.trial_ends' }, '2026-03-02T10:00Z', { date: '2026-10-25T01:30:00Z' })).toBe(
      '2026-10-25T01:30:00.000Z',
    );
    // Days count on the calendar: over the change of clocks it stays 10:00 in Berlin.
    expect(resolve({ until: 'contact.trial_ends + 2d' }, '2026-03-02T10:00Z', { date: '2026-03-28T09:00:00Z' })).toBe(
      '2026-03-30T08:00:00.000Z',
    );
  });

  it('a date without a time begins with its day, and a time without a zone is local', () => {
    expect(resolve({ until: 'contact.birthday' }, '2026-03-02T10:00Z', { date: '2026-06-30' })).toBe(
      '2026-06-29T22:00:00.000Z',
    );
    expect(resolve({ until: 'contact.demo_at - 1h' }, '2026-03-02T10:00Z', { date: '2026-06-30T15:00' })).toBe(
      '2026-06-30T12:00:00.000Z',
    );
  });

  it('may have passed: that is for the journey to see', () => {
    expect(resolve({ until: 'contact.x', at: '09:00' }, '2026-03-02T10:00Z', { date: '2020-01-01' })).toBe(
      '2020-01-01T08:00:00.000Z',
    );
  });
});

describe('a table of lengths (T0)', () => {
  it('is read by its value, else its default, also since the enrolment', () => {
    const table = { by: 'contact.tier', vip: '1 business hour', default: '1 business day' };
    expect(resolve(table, '2026-03-02T10:00Z', { row: 'vip' })).toBe('2026-03-02T11:00:00.000Z');
    expect(resolve(table, '2026-03-02T10:00Z')).toBe('2026-03-03T10:00:00.000Z');
    expect(
      resolve({ until: table, since: 'enrolment' }, '2026-03-03T10:00Z', {
        row: 'vip',
        enrolment: '2026-03-02T10:00Z',
      }),
    ).toBe('2026-03-02T11:00:00.000Z');
  });

  it('without a row and a default says which value has none', () => {
    const moment: Moment = { kind: 'table', by: expression('deal.stage'), rows: [] };
    const context = { from: 0, enrolmentAt: 0, zone: 'UTC', table: () => 'won', date: () => undefined };
    expect(() => resolveMoment(moment, context)).toThrow(
      'the table by deal.stage has no row for "won": give it a default',
    );
  });
});

describe('what is no moment is told so', () => {
  it.each([
    [{ until: '7d' }, '"7d" from when?', 'write wait: 7d, or {until: 7d, since: enrolment}'],
    [{ until: 'day 3' }, '"day 3" has no time of day', 'write day 3 at "09:00"'],
    [{ until: '9:00' }, '"9:00" is not a time of day', 'write "09:00"'],
    [{ until: '09:00', on_days: 'sundays' }, 'on_days "sundays" is unknown', 'did you mean `sunday`?'],
    [
      { until: 'contact.d - 2 business hours' },
      '"contact.d - 2 business hours" counts business time from a date',
      'offsets of a date are in d, w, h or m, in months, or in business days: contact.d - 3 business days',
    ],
    [
      { until: '09:00', every: 'year' },
      'every is for a date that comes back',
      'write {until: contact.birthday, every: year}',
    ],
    [{ until: '7d', since: 'yesterday' }, 'since "yesterday" is unknown', 'write {until: 7d, since: enrolment}'],
    [{ until: '09:00', on: 'monday' }, 'unknown key "on" with until', 'known are until, at, since, on_days, every'],
    ['1 calendar day', '"1 calendar day" has no time of day', 'write 1 calendar day at 09:00, or 1d'],
    ['1d at 09:00', '"1d at 09:00" is not a moment', 'write 1 calendar day at 09:00'],
    ['2 hours', '"2 hours" is not a duration', 'write 2h'],
    ['0d', '"0d" is a duration of zero', 'write a duration above zero'],
    [
      '0 business days at 09:00',
      '"0 business days at 09:00" is a duration of zero',
      'write {until: "09:00"} for the next 09:00',
    ],
    ['1 business day at noon', '"noon" is not a time of day', 'write hours and minutes, as "09:00" or "17:30"'],
  ])('%j', (value, error, hint) => {
    expect(parseMoment(value)).toEqual({ error, hint });
  });

  it('tomorrow, a list and nothing', () => {
    for (const value of ['tomorrow', ['1d'], undefined, 3, {}]) expect(parseMoment(value)).toHaveProperty('error');
  });

  it('quotes around a time of day may stand or not', () => {
    const moment = { kind: 'days-at', days: 1, of: 'business', time: '09:00' };
    expect(parseMoment('1 business day at "09:00"')).toEqual({ moment });
    expect(parseMoment("1 business day at '09:00'")).toEqual({ moment });
    expect(parseMoment({ until: 'day 3', at: '09:00' })).toEqual({ moment: { kind: 'day-at', day: 3, time: '09:00' } });
    expect(parseMoment('contact.d - 1w', { at: '09:00' })).toEqual({
      moment: { kind: 'date', dateText: 'contact.d', offsetDays: -7, offsetMs: 0, time: '09:00' },
    });
  });

  it('expressions keep their own signs', () => {
    expect(parseMoment({ until: 'deal.closes_at + 1d - 2h' })).toEqual({
      moment: { kind: 'date', dateText: 'deal.closes_at', offsetDays: 1, offsetMs: -7_200_000 },
    });
  });

  it('business time without a calendar can be found before it runs', () => {
    expect(needsCalendar(momentOf('1 business day at 09:00'))).toBe(true);
    expect(needsCalendar(momentOf('end of next business day'))).toBe(true);
    expect(needsCalendar(momentOf({ by: 'contact.tier' }))).toBe(true);
    expect(needsCalendar(momentOf({ until: '2 business hours', since: 'enrolment' }))).toBe(true);
    expect(needsCalendar(momentOf('1 calendar day at 09:00'))).toBe(false);
    expect(() => resolve('1 business day at 09:00', '2026-03-02T10:00Z', { calendar: undefined })).toThrow(
      '1 business day cannot be counted without a calendar',
    );
  });

  it('whatever stands there, it is read or refused', () => {
    const keys = fc.constantFrom('until', 'at', 'since', 'on_days', 'by');
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.anything(), fc.dictionary(keys, fc.string())), (v) => void parseMoment(v)),
    );
  });
});
