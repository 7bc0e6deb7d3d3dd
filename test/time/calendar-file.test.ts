import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseCalendar } from '../../language/time/calendar.ts';
import { calendarOf, ROUND_THE_CLOCK, SUPPORT } from './calendars.ts';

describe('a calendar file with faults names all of them at once', () => {
  it('reads the days, breaks and exceptions of L1', () => {
    expect(SUPPORT).toEqual({
      name: 'support-eu',
      timeZone: 'Europe/Berlin',
      week: [
        [
          [540, 750],
          [810, 1080],
        ],
        [
          [540, 750],
          [810, 1080],
        ],
        [
          [540, 750],
          [810, 1080],
        ],
        [
          [540, 750],
          [810, 1080],
        ],
        [[540, 900]],
        [],
        [],
      ],
      except: { '2026-12-24': [[540, 720]], '2026-12-25': [] },
    });
    expect(ROUND_THE_CLOCK.week[6]).toEqual([[0, 1440]]);
  });

  it('sorts intervals, lets them touch, and takes a range over the weekend', () => {
    const calendar = calendarOf({
      calendar: 'c',
      time_zone: 'UTC',
      hours: { 'sat-mon': ['12:00-14:00', '09:00-12:00'], tue: 'closed' },
    });
    expect(calendar.week.map((day) => day.length)).toEqual([2, 0, 0, 0, 0, 2, 2]);
    expect(calendar.week[0]).toEqual([
      [540, 720],
      [720, 840],
    ]);
  });

  it('tells where each fault is, and what to write', () => {
    const read = parseCalendar({
      calendar: 'c',
      time_zone: 'Europe/Berln',
      holidays: [],
      hours: {
        'mon-fri': ['09:00-17:00', '16:00-18:00'],
        fri: ['09:00-12:00'],
        sun: '10:00-12:00',
        weekdays: [],
        sat: ['22:00-06:00', '9-5', '10:00-10:00'],
      },
      except: { '2026-02-30': 'closed', '2026-12-24': 'open', '2026-12-31': ['00:00-24:01'] },
    });
    const errors = 'errors' in read ? read.errors : [];
    expect(errors.map((error) => [error.path.join('.'), error.message])).toEqual([
      ['holidays', 'unknown key "holidays"'],
      ['time_zone', '"Europe/Berln" is no time zone'],
      ['hours.mon-fri.1', '"09:00-17:00" and "16:00-18:00" overlap'],
      ['hours.fri', '"fri" stands in "mon-fri" and in "fri"'],
      ['hours.sun', 'hours are a list, not "10:00-12:00"'],
      ['hours.weekdays', '"weekdays" is no day'],
      ['hours.sat.0', '"22:00-06:00" ends before it begins'],
      ['hours.sat.1', '"9-5" is no interval of a day'],
      ['hours.sat.2', '"10:00-10:00" is empty'],
      ['except.2026-02-30', '"2026-02-30" is no date'],
      ['except.2026-12-24', 'hours are a list, not "open"'],
      ['except.2026-12-31.0', '"00:00-24:01" is no interval of a day'],
    ]);
    expect(errors.every((error) => error.hint !== undefined)).toBe(true);
  });

  it('one that never opens, has no name or is no table is refused', () => {
    expect(parseCalendar({ calendar: 'c', time_zone: 'UTC', hours: { mon: [] } })).toMatchObject({
      errors: [{ path: ['hours'], message: 'the calendar never opens' }],
    });
    expect(parseCalendar({})).toMatchObject({
      errors: [{ path: ['calendar'] }, { path: ['time_zone'] }, { path: ['hours'] }],
    });
    expect(parseCalendar('office')).toMatchObject({ errors: [{ message: 'a calendar is a table, not a string' }] });
  });

  it('whatever stands in the file, it is read or refused', () => {
    fc.assert(fc.property(fc.anything(), (value) => void parseCalendar(value)));
  });
});
