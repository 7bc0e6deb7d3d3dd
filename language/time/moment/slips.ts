/** What people write for lengths and moments, and what they mean by it. */

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
  if (/^open$/i.test(text)) return 'write { until: open }';
  const time = clock(text);
  if (time !== undefined) return `write { until: "${time}" }`;
  if (/^[A-Za-z_]\w*(?:\.\w+)+(?:\s*[-+]\s*\S+)?$/.test(text)) return `write { until: ${text} }`;
  const minutes = /^(\d+)\s+business\s+min(?:ute)?s?$/i.exec(text)?.[1];
  if (minutes !== undefined) return `write ${Math.round((Number(minutes) / 60) * 1000) / 1000} business hours`;
  const working = /^(\d+)\s*(?:working|work)\s*(hour|day)s?$/i.exec(text);
  if (working !== null) return `write ${working[1]} business ${working[2]}s`;
  if (/^half\s+an?\s+hour$/i.test(text)) return 'write 30m';
  if (/^half\s+a\s+day$/i.test(text)) return 'write 12h';
  const one = /^(?:an?|one)\s+(second|minute|hour|day|week)$/i.exec(text)?.[1];
  if (one !== undefined) return `write 1${one[0]!.toLowerCase()}`;
  if (/^-\s*\d/.test(text)) return 'a length is counted forward; before a date: { until: contact.renewal_date - 3d }';
  return undefined;
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
