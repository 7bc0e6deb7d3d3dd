/**
 * Lengths of time as people write them: exact (`30s`, `15m`, `4h`, `2d`, `1w`, `500ms`), in a calendar's open time
 * (`2 business hours`, `1 business day`), as offsets (`-30d`) and as marks of a service level (`80%`, `+2 business hours`).
 */
import type { Mark, Span } from '../model.ts';
import { likelySpan } from './moment/lengths.ts';

export const SECOND_MS = 1_000;
export const MINUTE_MS = 60_000;
export const HOUR_MS = 3_600_000;
export const DAY_MS = 86_400_000;
/** Ten years with their leap days: no window, wait or walk of a calendar reaches further. */
export const MAX_DAYS = 3_653;
export const MAX_MS = MAX_DAYS * DAY_MS;

export interface Fault {
  error: string;
  hint?: string;
}

const UNIT_MS: { [unit: string]: number } = {
  ms: 1,
  s: SECOND_MS,
  m: MINUTE_MS,
  h: HOUR_MS,
  d: DAY_MS,
  w: 7 * DAY_MS,
};
const EXACT = /^(\d{1,15}(?:\.\d{1,3})?)(ms|s|m|h|d|w)$/;
// Three decimals keep shares of business days exact: they are counted in thousandths.
const BUSINESS = /^(\d{1,9}(?:\.\d{1,3})?) +business +(minute|hour|day)s?$/;
const FORMS = 'write 30s, 15m, 4h, 2d, 1w, 2 business hours or 1 business day';

/**
 * `30s`, `15m`, `4h`, `2d` (48 hours), `1w`, `500ms`, with up to three decimals (`1.5h`), in milliseconds. Undefined for
 * anything else, for zero, for more than ten years, and for what is not a whole number of milliseconds.
 */
export function parseDuration(text: string): number | undefined {
  const ms = readExact(text);
  return ms !== undefined && Number.isInteger(ms) && ms > 0 && ms <= MAX_MS ? ms : undefined;
}

/** The milliseconds of an exact length, which may be zero or a fraction; undefined for anything else. */
export function readExact(text: string): number | undefined {
  const match = EXACT.exec(text);
  if (match === null) return undefined;
  // Thousandths first: 0.1 * 1000 * 60 rounds, 100 * 60 does not.
  return (Math.round(Number(match[1]) * 1000) * UNIT_MS[match[2] ?? '']!) / 1000;
}

/** Any length of time. The error says what came and why it will not do; the hint, what to write. */
export function parseSpan(value: unknown): { span: Span } | Fault {
  if (typeof value === 'number') {
    return { error: `${value} is a number without a unit`, hint: `write ${value}m, ${value}h or ${value}d` };
  }
  if (typeof value !== 'string') return { error: `a duration is a text, not ${kindOf(value)}`, hint: FORMS };
  const text = value.trim();
  const business = BUSINESS.exec(text);
  if (business !== null) return businessSpan(text, Number(business[1]), business[2] as 'minute' | 'hour' | 'day');
  const ms = readExact(text);
  if (ms === undefined && /^-\s*\d/.test(text)) {
    return { error: `"${text}" is below zero`, hint: `a duration is above zero: ${FORMS}` };
  }
  if (ms === undefined) return { error: `"${text}" is not a duration`, hint: likelySpan(text) ?? FORMS };
  if (ms === 0) return { error: `"${text}" is a duration of zero`, hint: 'write a duration above zero' };
  if (ms > MAX_MS) return tooLong(text);
  if (!Number.isInteger(ms)) return { error: `"${text}" is not a whole number of milliseconds`, hint: FORMS };
  return { span: { kind: 'exact', ms } };
}

function businessSpan(text: string, count: number, unit: 'minute' | 'hour' | 'day'): { span: Span } | Fault {
  const inDays = unit === 'day';
  if (unit === 'minute') return businessSpan(text, count / 60, 'hour');
  if (count === 0) return { error: `"${text}" is a duration of zero`, hint: 'write a duration above zero' };
  if (count > (inDays ? MAX_DAYS : MAX_DAYS * 24)) return tooLong(text);
  return { span: inDays ? { kind: 'business-days', days: count } : { kind: 'business-hours', hours: count } };
}

function tooLong(text: string): Fault {
  return { error: `"${text}" is longer than ten years`, hint: `write at most ${MAX_DAYS}d` };
}

/** `80%`, `breach`, `+2 business hours`, `+30m` (T10). `100%` is the breach. */
export function parseMark(value: unknown): { mark: Mark } | Fault {
  const hint = 'write 80%, -30 business minutes, breach, +30m or +2 business hours';
  if (typeof value !== 'string') {
    const own = typeof value === 'number' && value > 0 && value <= 100 ? `write ${value}%` : hint;
    return { error: `a mark is a text, not ${kindOf(value)}`, hint: own };
  }
  const text = value.trim();
  if (text === 'breach') return { mark: { kind: 'breach' } };
  const share = /^(\d{1,6}(?:\.\d{1,3})?)%$/.exec(text);
  if (share !== null) return shareMark(text, Number(share[1]));
  if (text.startsWith('-')) return beforeMark(text);
  if (/^breach/i.test(text)) return { error: `"${text}" is not a mark`, hint: 'write breach' };
  const percent = /^(\d+)\s*(?:percent|per cent|pct|%)$/i.exec(text)?.[1];
  if (percent !== undefined) return { error: `"${text}" is not a mark`, hint: `write ${percent}%` };
  if (!text.startsWith('+')) {
    const span = parseSpan(text);
    const length = 'error' in span ? likelySpan(text)?.replace('write ', '') : text;
    return {
      error: `"${text}" is not a mark`,
      hint: length && /^\d/.test(length) ? `write +${length}, after the breach` : hint,
    };
  }
  const after = parseSpan(text.slice(1));
  if ('error' in after) return { ...after, hint: after.hint?.replace(/^write (?=\d\S*$)/, 'write +') ?? hint };
  return { mark: { kind: 'after', span: after.span } };
}

/** `-30 business minutes`: so long before the breach. */
function beforeMark(text: string): { mark: Mark } | Fault {
  const before = parseSpan(text.slice(1).trim());
  if ('error' in before)
    return { error: `"${text}" is not a mark`, hint: 'write -30m, -30 business minutes, -1 business day, or 80%' };
  return { mark: { kind: 'before', span: before.span } };
}

function shareMark(text: string, percent: number): { mark: Mark } | Fault {
  if (percent === 0) return { error: '"0%" is the start of the clock', hint: 'listen to sla.started instead' };
  if (percent > 100) {
    return { error: `"${text}" is after the breach`, hint: 'say how long after it: +2 business hours' };
  }
  return { mark: percent === 100 ? { kind: 'breach' } : { kind: 'share', percent } };
}

/** In words, the two largest units: `3 h 10 min`, `1 h`, `7 d`, `45 s`, `500 ms`. */
export function describeDuration(ms: number): string {
  return describe(ms, [
    ['d', DAY_MS],
    ['h', HOUR_MS],
    ['min', MINUTE_MS],
    ['s', SECOND_MS],
    ['ms', 1],
  ]);
}

function describe(ms: number, units: [string, number][]): string {
  const size = Math.abs(ms);
  const first = units.findIndex(([, unitMs]) => size >= unitMs);
  if (first < 0) return '0 min';
  const [unit, unitMs] = units[first]!;
  const [nextUnit, nextMs] = units[first + 1] ?? ['', Infinity];
  const rest = Math.floor((size % unitMs) / nextMs);
  return `${ms < 0 ? '-' : ''}${Math.floor(size / unitMs)} ${unit}${rest > 0 ? ` ${rest} ${nextUnit}` : ''}`;
}

/** In words: `1 h`, `2 business hours`, `1 business day`. */
export function describeSpan(span: Span): string {
  if (span.kind === 'exact') return describeDuration(span.ms);
  const minutes = span.kind === 'business-hours' ? Math.round(span.hours * 60_000) / 1000 : 0;
  // What three decimals of an hour cannot say was written in minutes.
  const inMinutes = span.kind === 'business-hours' && Math.round(span.hours * 1000) / 1000 !== span.hours;
  const [count, unit] = inMinutes
    ? [minutes, 'minute']
    : span.kind === 'business-hours'
      ? [span.hours, 'hour']
      : [span.days, 'day'];
  return `${count} business ${unit}${count === 1 ? '' : 's'}`;
}

/** The one way to write a mark, which `parseMark` reads back: `80%`, `breach`, `+30m`, `+2 business hours`. */
export function markText(mark: Mark): string {
  switch (mark.kind) {
    case 'breach':
      return 'breach';
    case 'share':
      return `${mark.percent}%`;
    case 'before':
      return `-${spanText(mark.span)}`;
    case 'after':
      return `+${spanText(mark.span)}`;
  }
}

function spanText(span: Span): string {
  return span.kind === 'exact' ? exactText(span.ms) : describeSpan(span);
}

function exactText(ms: number): string {
  const unit = (['w', 'd', 'h', 'm', 's'] as const).find((name) => ms % UNIT_MS[name]! === 0) ?? 'ms';
  return `${ms / UNIT_MS[unit]!}${unit}`;
}

/** What came in place of something else, in words. */
export function kindOf(value: unknown): string {
  if (value === null || value === undefined) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'string') return 'a text';
  return typeof value === 'object' ? 'a map' : `a ${typeof value}`;
}
