import fc from 'fast-check';
import { Temporal } from 'temporal-polyfill';
import { describe, expect, it } from 'vitest';
import { COUNTRIES_WITH_ONE_ZONE } from '../../language/time/countries.ts';
import {
  addDays,
  instantAt,
  isDate,
  isoInstant,
  isZone,
  localDate,
  localMinute,
  offsetMsAt,
  parseInstant,
  parseTime,
  startOfDay,
  weekday,
  zoneOfCountry,
} from '../../language/time/zones.ts';

const iso = (text: string) => {
  const at = parseInstant(text);
  if (at === undefined) throw new Error(text);
  return at;
};

const CHANGING = ['Europe/Berlin', 'America/Havana', 'Australia/Lord_Howe', 'Asia/Beirut', 'Pacific/Apia'];

/** What Temporal makes of a wall-clock time: the first of two; of a time in a gap the transition itself (section 4). */
function firstInstantOf(local: Temporal.PlainDateTime, zone: string): number {
  const earlier = local.toZonedDateTime(zone, { disambiguation: 'earlier' });
  if (earlier.toPlainDateTime().equals(local)) return earlier.epochMilliseconds;
  return earlier.getTimeZoneTransition('next')!.epochMilliseconds;
}

describe('a wall clock that changes (section 4)', () => {
  it('a time in a gap moves forward to the first valid instant, not by the length of the gap', () => {
    // Berlin leaps from 02:00 to 03:00 on 2026-03-29, at 01:00Z.
    expect(isoInstant(instantAt('2026-03-29', '02:00', 'Europe/Berlin'))).toBe('2026-03-29T01:00:00.000Z');
    expect(isoInstant(instantAt('2026-03-29', '02:30', 'Europe/Berlin'))).toBe('2026-03-29T01:00:00.000Z');
    expect(isoInstant(instantAt('2026-03-29', '03:00', 'Europe/Berlin'))).toBe('2026-03-29T01:00:00.000Z');
    expect(isoInstant(instantAt('2026-03-29', '01:59', 'Europe/Berlin'))).toBe('2026-03-29T00:59:00.000Z');
  });

  it('a repeated time is the first', () => {
    expect(isoInstant(instantAt('2026-10-25', '02:30', 'Europe/Berlin'))).toBe('2026-10-25T00:30:00.000Z');
    expect(isoInstant(instantAt('2026-10-25', '03:00', 'Europe/Berlin'))).toBe('2026-10-25T02:00:00.000Z');
    // Lord Howe turns back by half an hour.
    expect(isoInstant(instantAt('2026-04-05', '01:45', 'Australia/Lord_Howe'))).toBe('2026-04-04T14:45:00.000Z');
  });

  it('a day that begins in a gap begins at the first instant of it', () => {
    // Beirut leaps from 00:00 to 01:00; Sao Paulo did so too.
    expect(isoInstant(startOfDay('2026-03-29', 'Asia/Beirut'))).toBe('2026-03-28T22:00:00.000Z');
    expect(isoInstant(startOfDay('2018-11-04', 'America/Sao_Paulo'))).toBe('2018-11-04T03:00:00.000Z');
    expect(localMinute(startOfDay('2018-11-04', 'America/Sao_Paulo'), 'America/Sao_Paulo')).toBe(60);
  });

  it('a day whose midnight comes twice begins at the first', () => {
    // Havana turns back from 01:00 to 00:00.
    expect(isoInstant(startOfDay('2026-11-01', 'America/Havana'))).toBe('2026-11-01T04:00:00.000Z');
  });

  it('a date that a zone left out is its next instant', () => {
    expect(isoInstant(instantAt('2011-12-30', '09:00', 'Pacific/Apia'))).toBe('2011-12-30T10:00:00.000Z');
    expect(localDate(iso('2011-12-30T10:00:00Z'), 'Pacific/Apia')).toBe('2011-12-31');
  });

  it('agrees with Temporal, whatever the zone, the instant and the wall-clock time', () => {
    const zone = fc.constantFrom(...CHANGING, 'America/Sao_Paulo', 'Asia/Kathmandu', 'Africa/Casablanca', 'UTC');
    const instant = fc.integer({ min: Date.UTC(1972, 0), max: Date.UTC(2060, 0) });
    fc.assert(
      fc.property(zone, instant, (name, at) => {
        const there = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(name);
        expect(offsetMsAt(at, name)).toBe(there.offsetNanoseconds / 1e6);
        expect(localDate(at, name)).toBe(there.toPlainDate().toString());
        expect(localMinute(at, name)).toBe(there.hour * 60 + there.minute);
        expect(startOfDay(localDate(at, name), name)).toBe(there.startOfDay().epochMilliseconds);
      }),
      { numRuns: 300 },
    );
    fc.assert(
      fc.property(zone, instant, (name, utc) => {
        const local = Temporal.Instant.fromEpochMilliseconds(utc).toZonedDateTimeISO('UTC').toPlainDateTime();
        const minute = local.round({ smallestUnit: 'minute', roundingMode: 'floor' });
        const date = minute.toPlainDate().toString();
        expect(instantAt(date, minute.toPlainTime().toString().slice(0, 5), name)).toBe(firstInstantOf(minute, name));
      }),
      { numRuns: 300 },
    );
  });

  it('agrees with Temporal around every change of the clocks', () => {
    const zone = fc.constantFrom(...CHANGING);
    const start = fc.integer({ min: Date.UTC(1990, 0), max: Date.UTC(2030, 0) });
    const minutes = fc.integer({ min: -180, max: 180 });
    fc.assert(
      fc.property(zone, start, minutes, (name, from, away) => {
        const next = Temporal.Instant.fromEpochMilliseconds(from)
          .toZonedDateTimeISO(name)
          .getTimeZoneTransition('next');
        fc.pre(next !== null);
        const local = next!.toPlainDateTime().add({ minutes: away });
        const [date, time] = local.toString().split('T') as [string, string];
        expect(instantAt(date, time.slice(0, 5), name)).toBe(firstInstantOf(local, name));
      }),
    );
  });

  it('agrees with the formatter of the platform at any instant of a century', () => {
    const zones = ['Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Kolkata', 'Africa/Casablanca'];
    const formats = new Map(
      zones.map((timeZone) => [timeZone, new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short' })]),
    );
    const from = iso('1972-01-01T00:00:00Z');
    const to = iso('2060-01-01T00:00:00Z');
    fc.assert(
      fc.property(fc.constantFrom(...zones), fc.integer({ min: from, max: to }), (zone, at) => {
        expect(localDate(at, zone)).toBe(formats.get(zone)!.format(at));
      }),
      { numRuns: 500 },
    );
  });

  it('what a clock shows at an instant leads back to it, or to the first time that it showed it', () => {
    const zones = ['Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'America/Havana', 'UTC'];
    fc.assert(
      fc.property(fc.constantFrom(...zones), fc.integer({ min: 25_000_000, max: 31_000_000 }), (zone, minute) => {
        const at = minute * 60_000;
        const shown = localMinute(at, zone);
        const time = `${String(Math.floor(shown / 60)).padStart(2, '0')}:${String(shown % 60).padStart(2, '0')}`;
        const back = instantAt(localDate(at, zone), time, zone);
        expect(localMinute(back, zone)).toBe(shown);
        expect(at - back === 0 || at - back === offsetMsAt(back, zone) - offsetMsAt(at, zone)).toBe(true);
        expect(back).toBeLessThanOrEqual(at);
      }),
      { numRuns: 500 },
    );
  });
});

describe('dates are counted without clocks', () => {
  it('over months, leap days and years', () => {
    expect(addDays('2026-02-28', 1)).toBe('2026-03-01');
    expect(addDays('2028-02-28', 1)).toBe('2028-02-29');
    expect(addDays('2026-01-01', -1)).toBe('2025-12-31');
    expect(weekday('2026-03-02')).toBe(0);
    expect(weekday('2026-03-01')).toBe(6);
    expect(weekday('1969-12-31')).toBe(2);
    expect(isDate('2026-02-29')).toBe(false);
    expect(isDate('2026-2-9')).toBe(false);
  });
});

describe('instants as text', () => {
  it.each([
    ['2026-03-02T10:00:00.000Z', '2026-03-02T10:00:00.000Z'],
    ['2026-03-02T10:00Z', '2026-03-02T10:00:00.000Z'],
    ['2026-03-02T11:00:00+01:00', '2026-03-02T10:00:00.000Z'],
    ['2026-03-02T04:30:00-0530', '2026-03-02T10:00:00.000Z'],
    ['2026-03-02 10:00:00.1239Z', '2026-03-02T10:00:00.123Z'],
    ['2016-12-31T23:59:60Z', '2016-12-31T23:59:59.000Z'],
  ])('%s is read', (text, expected) => {
    expect(isoInstant(iso(text))).toBe(expected);
  });

  it.each([
    '2026-03-02',
    '2026-03-02T10:00:00',
    '2026-02-30T10:00:00Z',
    '2026-13-01T00:00:00Z',
    '2026-03-02T24:00:00Z',
    'now',
    '',
  ])('%s is no instant', (text) => {
    expect(parseInstant(text)).toBeUndefined();
  });

  it('goes there and back', () => {
    fc.assert(
      fc.property(fc.integer({ min: -62_135_596_800_000, max: 253_402_300_799_999 }), (at) => {
        expect(parseInstant(isoInstant(at))).toBe(at);
      }),
    );
  });

  it('a time of day has two digits each', () => {
    expect(parseTime('09:00')).toEqual({ time: '09:00' });
    expect(parseTime('9:00')).toMatchObject({ hint: 'write "09:00"' });
    expect(parseTime('24:00')).toHaveProperty('error');
    expect(parseTime(540)).toHaveProperty('error');
  });
});

describe('names of zones', () => {
  it('are those of the IANA database', () => {
    for (const name of ['Europe/Berlin', 'UTC', 'America/Argentina/Buenos_Aires', 'Etc/GMT+5']) {
      expect(isZone(name)).toBe(true);
    }
    for (const name of ['Mars/Olympus', '', '+01:00', 'Europe/Berlin ', 'x'.repeat(500)])
      expect(isZone(name)).toBe(false);
  });

  it('a country with one time has a zone that exists, one with several has none (P1)', () => {
    for (const country of COUNTRIES_WITH_ONE_ZONE) expect(isZone(zoneOfCountry(country)!), country).toBe(true);
    expect(zoneOfCountry('de')).toBe('Europe/Berlin');
    expect(zoneOfCountry('UK')).toBe('Europe/London');
    expect(zoneOfCountry('US')).toBeUndefined();
    expect(zoneOfCountry('constructor')).toBeUndefined();
  });
});
