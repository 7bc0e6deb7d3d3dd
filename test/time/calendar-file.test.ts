import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { calendarOf, compileCalendarFile, ROUND_THE_CLOCK, SUPPORT } from './calendars.ts';

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
    const text = [
      'calendar: c',
      'time_zone: Europe/Berln',
      'hours:',
      '  mon-fri: ["09:00-17:00", "16:00-18:00"]',
      '  fri: ["09:00-12:00"]',
      '  weekdays: []',
      '  sat: ["22:00-06:00", "9-5", "10:00-10:00"]',
      'except:',
      '  2026-02-30: closed',
      '  2026-12-31: ["00:00-24:01"]',
    ];
    const { calendar, diagnostics } = compileCalendarFile(text.join('\n'));
    expect(calendar).toBeUndefined();
    expect(diagnostics.map((d) => `${d.code} ${d.line}:${d.column} ${d.message}`)).toEqual([
      'CB214 2:12 there is no time zone `Europe/Berln`',
      'CB215 4:28 "09:00-17:00" and "16:00-18:00" overlap',
      'CB215 5:3 `fri` is in `mon-fri` and in `fri`',
      'CB215 6:3 `weekdays` is not a day of the week',
      'CB215 7:9 "22:00-06:00" ends before it begins',
      'CB215 7:24 "9-5" is not an interval of a day',
      'CB215 7:31 "10:00-10:00" is empty',
      'CB215 9:3 `2026-02-30` is not a date',
      'CB215 10:16 "00:00-24:01" is not an interval of a day',
    ]);
    expect(diagnostics.every(({ hint }) => hint !== undefined)).toBe(true);
  });

  it('says what is wrong with its shape as every other file does, with the nearest key', () => {
    const text = [
      'calendar: c',
      'time_zone: UTC',
      'hour: {}',
      'hours: { sun: "10:00-12:00" }',
      'except: { 2026-12-24: open, 2026-12-25: [9] }',
    ];
    const { diagnostics } = compileCalendarFile(text.join('\n'));
    expect(diagnostics.map((d) => `${d.code} ${d.line}:${d.column} ${d.message}; ${d.hint ?? ''}`)).toEqual([
      'CB201 3:1 unknown key `hour`; did you mean `hours`?',
      'CB202 4:15 closed or a list is needed here, not the text `10:00-12:00`; write ["10:00-12:00"], or closed',
      'CB202 5:23 closed or a list is needed here, not the text `open`; write ["09:00-12:00"], or closed',
      'CB202 5:42 a text is needed here, not `9`; write ["09:00-12:00"], or closed',
    ]);
  });

  it('one that never opens, has no name or is no map is refused', () => {
    const messages = (text: string) => compileCalendarFile(text).diagnostics.map(({ message }) => message);
    expect(messages('calendar: c\ntime_zone: UTC\nhours: { mon: [] }')).toEqual(['the calendar never opens']);
    expect(messages('{}')).toEqual(['`calendar`, `time_zone` and `hours` are missing']);
    expect(messages('office')).toEqual(['the file must be one map of keys and values']);
  });

  it('whatever stands in the file, it is read or refused', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (hours, except) => {
        const { calendar, diagnostics } = compileCalendarFile(
          JSON.stringify({ calendar: 'c', time_zone: 'UTC', hours, except }),
        );
        expect(calendar === undefined).toBe(diagnostics.length > 0);
      }),
    );
  });
});
