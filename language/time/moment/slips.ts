/** What people write for lengths and moments, and what they mean by it. */
import { written } from '../../diagnostics/written.ts';
import { lengthMeant, likelySpan } from './lengths.ts';

/** What dates are read of; any other path is the name of an event. */
const RECORDS = /^(?:contact|account|deal|ticket|trigger|steps|colleague)$/;
const WEEKDAY = /\b(?:mon|tues|wednes|thurs|fri|satur|sun)day\b/i;

/** The hint for a text that is no moment and no length; undefined where nothing is known of it. */
export function momentMeant(written: string): string | undefined {
  const text = written.trim().replace(/^until\s+/i, '');
  const curly = /^[“”„«»‘’](.*)[“”«»‘’]$/.exec(text)?.[1];
  if (curly !== undefined) return `write ${curly}, without curly quotes`;
  const day = /^(?:on\s+)?day\s+(\d{1,4})$/i.exec(text)?.[1];
  if (day !== undefined) return `write { until: day ${day} at "09:00" }`;
  const tomorrow = /^tomorrow\b(?:\s+(?:at\s+)?(.+))?$/i.exec(text);
  if (tomorrow !== null) return `write 1 calendar day at ${clock(tomorrow[1]) ?? '09:00'}`;
  if (/^today\b/i.test(text)) return 'write { until: "17:00" }';
  const weekday = WEEKDAY.exec(text)?.[0].toLowerCase();
  if (weekday !== undefined) {
    return `write { until: ${weekday} at "${clock(/\bat\s+(\S+)\s*$/i.exec(text)?.[1]) ?? '09:00'}" }, or a trigger { schedule: ${weekday} at "09:00" }`;
  }
  if (
    /^(?:the\s+)?(?:end|last day|first day|start|beginning) of (?:the )?(?:next )?(?:month|quarter|year)/i.test(text)
  ) {
    return 'no wait asks for a day of a month: a trigger may be { schedule: first day of month at "09:00" }';
  }
  if (/^open$/i.test(text)) return 'write { until: open }';
  const time = clock(text);
  if (time !== undefined) return `write { until: "${time}" }`;
  const date = /^\d{4}-\d\d-\d\d(?:T\S+)?$/.exec(text)?.[0];
  if (date !== undefined) return `the same date for everybody is { until: ("${date}") }`;
  const [, root] = /^([A-Za-z_]\w*)(?:\.\w+)+(?:\s*[-+]\s*\S+)?$/.exec(text) ?? [];
  if (root !== undefined) {
    return RECORDS.test(root) ? `write { until: ${text} }` : `for an event write wait_for: ${text}, and within: 2d`;
  }
  const minutes = /^(\d+)\s+business\s+min(?:ute)?s?$/i.exec(text)?.[1];
  if (minutes !== undefined) return `write ${Math.round((Number(minutes) / 60) * 1000) / 1000} business hours`;
  const length = likelySpan(text);
  if (length !== undefined) return length;
  if (/^-\s*\d/.test(text)) return 'a length is counted forward; before a date: { until: contact.renewal_date - 3d }';
  return undefined;
}

/** The hint for a map that is no moment: `{ for: 2d }`, `{ days: 2 }`. */
export function mapMeant(value: { [key: string]: unknown }): string {
  const [key = '', of] = Object.entries(value)[0] ?? [];
  const length = lengthMeant(typeof of === 'number' ? `${of} ${key}` : written(of)) ?? written(of);
  if (/^(?:for|in|duration|time|after|days?|hours?|weeks?|minutes?)$/.test(key) && /^\d/.test(length)) {
    return `write ${length}, without a map`;
  }
  return 'write { until: … }, or { by: deal.stage, …, default: 3d } for a length from a table';
}

/** `9`, `9am`, `9.30`, `21:00` → `09:00`, …; undefined for what is no time of day. */
export function clock(written: string | undefined): string | undefined {
  const match = /^"?(\d{1,2})(?:[:.h](\d\d))?\s*(am|pm|uhr|o'clock)?"?$/i.exec(written?.trim() ?? '');
  if (match === null || (match[2] === undefined && match[3] === undefined)) return undefined;
  const half = match[3]?.toLowerCase();
  const hour = (Number(match[1]) % (half === 'am' || half === 'pm' ? 12 : 24)) + (half === 'pm' ? 12 : 0);
  const minute = Number(match[2] ?? 0);
  if (Number(match[1]) > 24 || minute > 59) return undefined;
  return `${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')}`;
}
