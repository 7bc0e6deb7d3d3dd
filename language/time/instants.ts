/** Instants as text: always UTC, always with milliseconds, so that they compare as they sort. */
import type { Instant } from '../model.ts';

const DAY_MS = 86_400_000;
const two = Array.from({ length: 60 }, (_, n) => String(n).padStart(2, '0'));
const three = Array.from({ length: 1000 }, (_, n) => String(n).padStart(3, '0'));

let latest = { at: 0, text: '1970-01-01T00:00:00.000Z' };
let latestDay = { day: 0, text: '1970-01-01T' };

/** `2026-03-02T10:00:00.000Z`. The latest text is kept, and the latest day's: what happens about one time asks for the same. */
export function isoInstant(at: Instant): string {
  if (at !== latest.at) latest = { at, text: writtenInstant(at) };
  return latest.text;
}

function writtenInstant(at: Instant): string {
  const day = Math.floor(at / DAY_MS);
  if (day !== latestDay.day) {
    const midnight = new Date(day * DAY_MS).toISOString();
    latestDay = { day, text: midnight.slice(0, midnight.indexOf('T') + 1) };
  }
  const ms = Math.floor(at - day * DAY_MS);
  const minutes = Math.floor(ms / 60_000);
  const time = `${two[Math.floor(minutes / 60)]}:${two[minutes % 60]}:${two[Math.floor(ms / 1000) % 60]}`;
  return `${latestDay.text}${time}.${three[ms % 1000]}Z`;
}

const INSTANT =
  /^(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,12}))?)? ?([Zz]|UTC|[+-]\d\d(?::?\d\d)?)$/;
const LOCAL = /^(\d{4})-(\d\d)-(\d\d)(?:[Tt ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,12}))?)?)?$/;

/**
 * An instant with its zone: `2026-03-02T10:00:00Z`, `2026-03-02T11:00+01:00`. Seconds may be left out; beyond
 * milliseconds is cut. Undefined for anything else, and for a date that no calendar has.
 */
export function parseInstant(text: string): Instant | undefined {
  const match = INSTANT.exec(text);
  if (match === null) return undefined;
  const local = wallClockMs(match);
  const zone = match[8]!;
  if (local === undefined || !/\d/.test(zone)) return local;
  const hours = Number(zone.slice(1, 3));
  const minutes = Number(zone.slice(3).replace(':', '') || '0');
  if (hours > 23 || minutes > 59) return undefined;
  const offsetMs = (hours * 60 + minutes) * 60_000;
  return zone.startsWith('-') ? local + offsetMs : local - offsetMs;
}

/**
 * A date (`2026-06-30`) or a wall-clock time without a zone (`2026-06-30T09:00`), as the milliseconds from the epoch to
 * it on a clock that shows UTC; `dateOnly` tells the two apart. Undefined for anything else.
 */
export function parseLocal(text: string): { localMs: number; dateOnly: boolean } | undefined {
  const match = LOCAL.exec(text);
  const localMs = match === null ? undefined : wallClockMs(match);
  return localMs === undefined ? undefined : { localMs, dateOnly: match?.[4] === undefined };
}

function wallClockMs(match: RegExpExecArray): number | undefined {
  const year = Number(match[1]);
  const month = Number(match[2]);
  const day = Number(match[3]);
  const hour = Number(match[4] ?? 0);
  const minute = Number(match[5] ?? 0);
  const second = Number(match[6] ?? 0);
  const ms = Number((match[7] ?? '').slice(0, 3).padEnd(3, '0'));
  // A leap second is the last second of its minute: the machine's clock has none.
  if (hour > 23 || minute > 59 || second > 60) return undefined;
  const date = utcDateMs(year, month, day);
  return date === undefined ? undefined : date + hour * 3_600_000 + minute * 60_000 + Math.min(second, 59) * 1000 + ms;
}

/** Midnight UTC of a date; undefined when there is no such date. */
export function utcDateMs(year: number, month: number, day: number): number | undefined {
  if (month < 1 || month > 12 || day < 1 || day > 31) return undefined;
  // Date.UTC takes a year below 100 for one of the last century.
  const ms = year >= 100 ? Date.UTC(year, month - 1, day) : new Date(0).setUTCFullYear(year, month - 1, day);
  return day <= 28 || new Date(ms).getUTCDate() === day ? ms : undefined;
}
