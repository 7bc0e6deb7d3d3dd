/** Ways from a date (T8, S2): `-30d`, `-1 month`, `-3 business days`, and how often a date comes back: `every: year`. */
import { written } from '../diagnostics/written.ts';
import { DAY_MS, type Fault, kindOf, MAX_DAYS, MAX_MS, readExact } from './duration.ts';
import type { DateShift, Recurrence } from './model.ts';
import { lengthMeant } from './moment/lengths.ts';

const HINT = 'write -30d, -1w, +2h, -1 month or -3 business days';
const COUNTED = /^([+-]?) *(\d{1,6}) +(business +day|month|year)s?$/;
const MAX_MONTHS = 120;

/**
 * A way from a date: `-30d`, `+2h`, `1w`, `0d`, `-1 month`, `+3 business days`. What is in `d` or `w` counts calendar days
 * (T8), months and years keep the day of the month where there is one, business days are those of a calendar; the rest
 * is exact.
 */
export function parseOffset(value: unknown): DateShift | Fault {
  if (typeof value !== 'string') return { error: `an offset is a text, not ${kindOf(value)}`, hint: HINT };
  const text = value.trim();
  const counted = COUNTED.exec(text);
  if (counted !== null) return countedOffset(text, counted);
  const sign = text.startsWith('-') ? -1 : 1;
  const size = text.replace(/^[+-] */, '');
  const ms = readExact(size);
  if (ms === undefined && /business/.test(text)) {
    return {
      error: `"${text}" is not an offset`,
      hint: 'offsets of a date are in d, w, h or m, in months, or in business days',
    };
  }
  if (ms === undefined) {
    const length = lengthMeant(size.replace(/\s*(?:before|after|earlier|later|prior)\b.*$/i, ''));
    const before = sign < 0 || /before|earlier|prior/i.test(size);
    return {
      error: `"${text}" is not an offset`,
      hint: length === undefined ? HINT : `write ${before ? '-' : '+'}${length}`,
    };
  }
  if (ms > MAX_MS) return tooLong(text);
  if (!/[dw]$/.test(size)) return { offsetDays: 0, offsetMs: signed(sign, ms) };
  const days = ms / DAY_MS;
  if (!Number.isInteger(days)) return { error: `"${text}" is not a whole number of days`, hint: HINT };
  return { offsetDays: signed(sign, days), offsetMs: 0 };
}

function countedOffset(text: string, [, sign, digits, unit]: RegExpExecArray): DateShift | Fault {
  const isBusiness = unit!.startsWith('business');
  const count = Number(digits) * (unit === 'year' ? 12 : 1);
  if (count > (isBusiness ? MAX_DAYS : MAX_MONTHS)) return tooLong(text);
  const none = { offsetDays: 0, offsetMs: 0 };
  if (count === 0) return none;
  const way = sign === '-' ? -count : count;
  return isBusiness ? { ...none, offsetBusinessDays: way } : { ...none, offsetMonths: way };
}

/** Offsets after each other are one: months first, then days, business days, and what is exact (T8). */
export function bothOffsets(a: DateShift, b: DateShift): DateShift {
  const months = (a.offsetMonths ?? 0) + (b.offsetMonths ?? 0);
  const business = (a.offsetBusinessDays ?? 0) + (b.offsetBusinessDays ?? 0);
  return {
    offsetDays: a.offsetDays + b.offsetDays,
    offsetMs: a.offsetMs + b.offsetMs,
    ...(months !== 0 && { offsetMonths: months }),
    ...(business !== 0 && { offsetBusinessDays: business }),
  };
}

/** `year`, `month`, `week`, `3 months`, `2 weeks`. */
export function parseEvery(value: unknown): { every: Recurrence } | Fault {
  const hint = 'write every: year, month, week, 3 months or 2 weeks';
  const match = typeof value === 'string' ? /^(?:(\d{1,3}) +)?(year|month|week)s?$/.exec(value.trim()) : null;
  if (match === null) return { error: `\`every\` ${JSON.stringify(value)} is unknown`, hint };
  const count = Number(match[1] ?? 1);
  if (count === 0) return { error: `"${written(value)}" is no time`, hint };
  const months = match[2] === 'year' ? count * 12 : match[2] === 'month' ? count : 0;
  const days = match[2] === 'week' ? count * 7 : 0;
  if (months > MAX_MONTHS || days > MAX_DAYS) return tooLong(written(value));
  return { every: months > 0 ? { months } : { days } };
}

function tooLong(text: string): Fault {
  return { error: `"${text}" is longer than ten years`, hint: `write at most ${MAX_DAYS}d` };
}

// -1 * 0 is -0, which JSON and equality tell apart from 0 in different ways.
function signed(sign: number, size: number): number {
  return size === 0 ? 0 : sign * size;
}
