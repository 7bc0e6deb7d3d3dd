/** Instants, numbers, money and lengths of time, in a reader's zone and language. */
import { readDate } from '../time/read-date.ts';
import { memoOf } from './memo.ts';

/** The reader of a text. */
export interface Reader {
  /** IANA name, known to be one: `Europe/Berlin`. Intl throws a RangeError for another. */
  zone: string;
  /** BCP 47, known to be one: `de`. Left out: English, day before month. */
  locale?: string;
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** Making an Intl format costs 50 times its use; zones and languages are few. */
const DATES = memoOf<Intl.DateTimeFormat>(200);
const NUMBERS = memoOf<Intl.NumberFormat>(200);

/**
 * Milliseconds since the epoch of what a `date` or `time` helper was given: an instant, a date or a time without a zone
 * (`local`: as a clock on UTC shows it, for any reader; `day`: without a time), or a number that is such milliseconds.
 */
export function momentOf(value: unknown): { ms: number; local: boolean; day: boolean } | undefined {
  const read = readDate(value);
  if (read !== undefined) {
    return 'at' in read
      ? { ms: read.at, local: false, day: false }
      : { ms: read.localMs, local: true, day: read.dateOnly };
  }
  return typeof value === 'number' && Math.abs(value) <= 8.64e15 ? { ms: value, local: false, day: false } : undefined;
}

/** `2 Mar 2026` */
export function formatDate(ms: number, reader: Reader): string {
  if (reader.locale !== undefined) return dates(reader, { dateStyle: 'medium' }).format(ms);
  const parts = partsOf(ms, reader);
  return `${Number(parts.day)} ${MONTHS[Number(parts.month) - 1]} ${Number(parts.year)}`;
}

/** `11:00` */
export function formatTime(ms: number, reader: Reader): string {
  if (reader.locale !== undefined) return dates(reader, { timeStyle: 'short' }).format(ms);
  const parts = partsOf(ms, reader);
  return `${parts.hour}:${parts.minute}`;
}

/** `2 Mar 2026, 11:00` */
export function formatInstant(ms: number, reader: Reader): string {
  return `${formatDate(ms, reader)}, ${formatTime(ms, reader)}`;
}

/** Without trailing zeros, and without the noise after the ninth decimal. */
export function formatNumber(value: number, reader: Reader): string {
  const locale = reader.locale ?? 'en';
  const format = NUMBERS.memo(`n ${locale}`, {
    context: () => new Intl.NumberFormat(locale, { useGrouping: false, maximumFractionDigits: 9 }),
  });
  return format.format(Object.is(value, -0) ? 0 : value);
}

/** `€80`, `€80.50`. What is not a currency code follows the number as it is. */
export function formatMoney(value: number, currency: string, reader: Reader): string {
  if (!/^[A-Za-z]{3}$/.test(currency)) return `${formatNumber(value, reader)} ${currency}`.trim();
  const locale = reader.locale ?? 'en';
  const format = NUMBERS.memo(`${currency} ${locale}`, {
    context: () => {
      // Its type is younger than the ES2023 library's.
      const options = { style: 'currency', currency, trailingZeroDisplay: 'stripIfInteger' };
      return new Intl.NumberFormat(locale, options as Intl.NumberFormatOptions);
    },
  });
  return format.format(value);
}

/**
 * `trigger.elapsed` and `trigger.overdue` of a service level (T17), for readers of texts. A text shows it as `3 h 10 min` wherever it stands: alone, in a helper, in a block. Nothing of it is as good as nothing:
 * `#if` is false. As JSON it is its milliseconds.
 */
export class BusinessTime {
  readonly ms: number;

  constructor(ms: number) {
    this.ms = ms;
  }

  toString(): string {
    return formatLength(this.ms);
  }

  toJSON(): number {
    return this.ms;
  }
}

/** Business time in words: `3 h 10 min` (T17). */
export function formatLength(ms: number): string {
  const minutes = Math.floor(Math.max(0, ms) / 60_000);
  const hours = Math.floor(minutes / 60);
  const rest = minutes % 60;
  if (hours === 0) return `${rest} min`;
  return rest === 0 ? `${hours} h` : `${hours} h ${rest} min`;
}

function partsOf(ms: number, reader: Reader): Record<string, string> {
  const format = dates(reader, {
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  });
  return Object.fromEntries(format.formatToParts(ms).map((part) => [part.type, part.value]));
}

function dates(reader: Reader, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const locale = reader.locale ?? 'en-US';
  const key = `${locale} ${reader.zone} ${options.dateStyle ?? ''} ${options.timeStyle ?? ''}`;
  return DATES.memo(key, { context: () => new Intl.DateTimeFormat(locale, { ...options, timeZone: reader.zone }) });
}
