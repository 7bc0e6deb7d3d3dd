/** T11: what a schedule may look like, and the instants that it names in a zone (section 4). */
import { Cron } from 'croner';
import fc from 'fast-check';
import { Temporal } from 'temporal-polyfill';
import { describe, expect, it } from 'vitest';
import { isoInstant } from '../../language/time/instants.ts';
import { nextScheduled, parseSchedule, type Schedule } from '../../language/time/schedule.ts';

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
    if (at !== undefined) found.push(isoInstant(at).slice(0, 16));
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
  it('in a gap of the clocks it is the first instant after it', () => {
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

  it('of every hour it goes by the hours that pass: none is skipped, and none comes half an hour after another', () => {
    const hourly = ['23:30', '00:30', '01:30', '02:30'];
    for (const day of ['2026-10-25', '2026-03-29']) {
      const eve = new Date(Date.parse(day) - HOUR_MS).toISOString();
      const came = instants('30 * * * *', 'Europe/Berlin', eve, 4).map((at) => at.slice(11));
      expect(came).toEqual(hourly);
    }
    // On the 25th alone, whose hour from 02:00 to 03:00 comes twice; and where clocks are put back by half an hour.
    expect(instants('0 * 25 10 *', 'Europe/Berlin', '2026-10-24T12:00:00Z', 26).slice(23)).toEqual([
      '2026-10-25T21:00',
      '2026-10-25T22:00',
      '2027-10-24T22:00',
    ]);
    // From 02:00 back to 01:30 at 15:00 UTC.
    expect(instants('0,45 * * * *', 'Australia/Lord_Howe', '2026-04-04T14:00:00Z', 4)).toEqual([
      '2026-04-04T14:45',
      '2026-04-04T15:15',
      '2026-04-04T15:30',
      '2026-04-04T16:15',
    ]);
  });

  it('times that the gap makes one instant are one', () => {
    expect(instants('0,30 2-3 * * *', 'Europe/Berlin', '2026-03-28T12:00:00Z', 3)).toEqual([
      '2026-03-29T01:00',
      '2026-03-29T01:30',
      '2026-03-30T00:00',
    ]);
  });

  it('whatever its fields and its zone, a schedule comes when croner says', () => {
    // Where both days are narrowed, a step over all of them (`*/2`) is one more condition to us, as in Vixie cron.
    const days = fc.oneof(
      fc.tuple(fc.constantFrom('*', '*/2', '*/7'), fc.constant('*')),
      fc.tuple(fc.constant('*'), fc.constantFrom('MON', 'MON-FRI', '0', '7', '6,0', '*/3')),
      fc.tuple(fc.constantFrom('1', '29', '31', '1-7', '10,20'), fc.constantFrom('*', 'FRI', 'MON-WED')),
    );
    const cron = fc
      .tuple(
        fc.oneof(fc.integer({ min: 0, max: 59 }).map(String), fc.constantFrom('*/20', '0,30', '10-12')),
        fc.oneof(fc.integer({ min: 0, max: 23 }).map(String), fc.constantFrom('*', '8-18/2', '1,2,3')),
        days,
        fc.constantFrom('*', '3', '10', 'JAN,JUL', '2-4'),
      )
      .map(([minute, hour, [day, weekday], month]) => `${minute} ${hour} ${day} ${month} ${weekday}`);
    fc.assert(
      fc.property(cron, fc.constantFrom(...ZONES), instant, (text, zone, from) => {
        const expected = new Cron(text, { timezone: zone }).nextRun(new Date(from))?.getTime();
        const at = nextScheduled(scheduleOf(text), zone, from);
        // What croner makes of clocks that change has no rule of its own: the cases above are ours.
        fc.pre(![at, expected].some((found) => found !== undefined && clocksChange(found, zone)));
        expect(at && isoInstant(at)).toBe(expected && isoInstant(expected));
      }),
      { numRuns: 400 },
    );
  });

  it('the next is after the last, at its own local minute or where the clocks leap over it', () => {
    const time = fc.tuple(fc.integer({ min: 0, max: 23 }), fc.integer({ min: 0, max: 59 }));
    fc.assert(
      fc.property(fc.constantFrom(...ZONES), time, instant, (zone, [hour, minute], from) => {
        const at = nextScheduled(scheduleOf(`${minute} ${hour} * * *`), zone, from)!;
        expect(at).toBeGreaterThan(from);
        expect(at - from).toBeLessThanOrEqual(25 * HOUR_MS);
        const shown = clockAt(at, zone);
        const before = clockAt(at - 1, zone);
        if (shown.hour * 60 + shown.minute !== hour * 60 + minute) {
          expect(before.hour * 60 + before.minute).toBeLessThan(hour * 60 + minute);
          expect(before.offset).not.toBe(shown.offset);
        }
      }),
    );
  });
});

const ZONES = ['Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Kathmandu', 'UTC'];
const HOUR_MS = 3_600_000;
const instant = fc.integer({ min: Date.UTC(2020, 0), max: Date.UTC(2030, 0) });

function clockAt(at: number, zone: string): Temporal.ZonedDateTime {
  return Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone);
}

function clocksChange(around: number, zone: string): boolean {
  return clockAt(around - 3 * HOUR_MS, zone).offset !== clockAt(around + 3 * HOUR_MS, zone).offset;
}
