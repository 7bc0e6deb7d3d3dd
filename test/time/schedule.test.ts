/** T11: what a schedule may look like, and the instants that it names in a zone (section 4). */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nextScheduled, parseSchedule, type Schedule } from '../../language/time/schedule.ts';
import { instantAt, localDate, localMinute } from '../../language/time/zones.ts';

function scheduleOf(text: string): Schedule {
  const read = parseSchedule(text);
  if ('error' in read) throw new Error(`${read.error}: ${read.hint}`);
  return read.schedule;
}

/** The first instants after one, in UTC. */
function instants(text: string, zone: string, after: string, count: number): string[] {
  const found: string[] = [];
  let at: number | undefined = Date.parse(after);
  while (found.length < count && at !== undefined) {
    at = nextScheduled(scheduleOf(text), zone, at);
    if (at !== undefined) found.push(new Date(at).toISOString().slice(0, 16));
  }
  return found;
}

describe('a schedule is five fields or words', () => {
  it.each([
    ['0 9 * * MON', ['2026-03-02T09:00', '2026-03-09T09:00']],
    ['monday at "09:00"', ['2026-03-02T09:00', '2026-03-09T09:00']],
    ['weekdays at 09:00', ['2026-03-02T09:00', '2026-03-03T09:00']],
    ['monday and thursday at "17:30"', ['2026-03-02T17:30', '2026-03-05T17:30']],
    ['daily at "17:00"', ['2026-03-01T17:00', '2026-03-02T17:00']],
    ['first day of month at "08:00"', ['2026-03-01T08:00', '2026-04-01T08:00']],
    ['30 8,12 1-7 * *', ['2026-03-01T08:30', '2026-03-01T12:30']],
    ['*/20 9-10 * 3 SUN', ['2026-03-01T09:00', '2026-03-01T09:20']],
    ['0 0 29 2 *', ['2028-02-29T00:00', '2032-02-29T00:00']],
    ['0 9 * * 7', ['2026-03-01T09:00', '2026-03-08T09:00']],
    // Where both days are narrowed, either is enough.
    ['0 9 3 * MON', ['2026-03-02T09:00', '2026-03-03T09:00']],
  ])('%s', (text, expected) => {
    expect(instants(text, 'UTC', '2026-03-01T00:00:00Z', 2)).toEqual(expected);
  });

  it.each([
    ['0 0 30 2 *', 'never comes', 'a day that a month has'],
    ['0 9 * *', 'has 4 fields', 'minute, hour, day of month, month, weekday'],
    ['60 9 * * *', '"60" cannot be the minute', '0 to 59'],
    ['0 9 * * MNO', '"MNO" cannot be the weekday', '`MON`'],
    ['0 9 * * 5-1', 'goes backwards', '0 to 7'],
    ['*/0 9 * * *', '"*/0" cannot be the minute', '0 to 59'],
    ['*/00 9 * * *', '"*/00" cannot be the minute', '0 to 59'],
    ['mondey at "09:00"', '"mondey" is not a day', '`monday`'],
    ['now and then at "09:00"', '"now" is not a day', 'monday at "09:00"'],
    ['monday', 'has no time of day', 'monday at "09:00"'],
    ['monday at "9:00"', 'is not a time of day', '"09:00"'],
    ['', 'is empty', 'monday at "09:00"'],
  ])('"%s" is refused, and what may be written is said', (text, message, hint) => {
    expect(parseSchedule(text)).toEqual({
      error: expect.stringContaining(message),
      hint: expect.stringContaining(hint),
    });
  });
});

describe('a local time is one instant (section 4)', () => {
  it('in a gap of the clocks it is the first instant behind it', () => {
    // On the 29th of March clocks in Berlin leap from 02:00 to 03:00, at 01:00 UTC.
    expect(instants('daily at "02:30"', 'Europe/Berlin', '2026-03-28T12:00:00Z', 2)).toEqual([
      '2026-03-29T01:00',
      '2026-03-30T00:30',
    ]);
  });

  it('repeated it is the first of the two', () => {
    expect(instants('daily at "02:30"', 'Europe/Berlin', '2026-10-24T12:00:00Z', 2)).toEqual([
      '2026-10-25T00:30',
      '2026-10-26T01:30',
    ]);
  });

  it('times that the gap makes one instant are one', () => {
    expect(instants('0,30 2-3 * * *', 'Europe/Berlin', '2026-03-28T12:00:00Z', 3)).toEqual([
      '2026-03-29T01:00',
      '2026-03-29T01:30',
      '2026-03-30T00:00',
    ]);
  });

  it('the next is behind the last, shows its own minute or leaps over it, and none lies between', () => {
    const zone = fc.constantFrom('Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Kathmandu', 'UTC');
    const field = fc.record({ minute: fc.integer({ min: 0, max: 59 }), hour: fc.integer({ min: 0, max: 23 }) });
    const after = fc.integer({ min: Date.UTC(2020, 0), max: Date.UTC(2030, 0) });
    fc.assert(
      fc.property(zone, field, after, (name, { minute, hour }, from) => {
        const at = nextScheduled(scheduleOf(`${minute} ${hour} * * *`), name, from)!;
        expect(at).toBeGreaterThan(from);
        const time = `${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')}`;
        // Each day's instant is that of `zones.ts`; the one of the day before has passed.
        expect(at).toBe(instantAt(localDate(at, name), time, name));
        expect(at - from).toBeLessThanOrEqual(25 * 3_600_000);
        if (localMinute(at, name) !== hour * 60 + minute)
          expect(localMinute(at - 1, name)).toBeLessThan(hour * 60 + minute);
      }),
    );
  });
});
