/** Lengths of time as people write them elsewhere, and how each is written here. */

/** What people write instead of a unit, and what they mean. */
const UNIT_WORDS: [RegExp, string][] = [
  [/^milli(second)?s?$/i, 'ms'],
  [/^(s|secs?|seconds?)$/i, 's'],
  [/^(m|mins?|minutes?)$/i, 'm'],
  [/^(h|hrs?|hours?)$/i, 'h'],
  [/^(d|days?)$/i, 'd'],
  [/^(w|wks?|weeks?)$/i, 'w'],
];
const NUMBERS = ['one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten', 'eleven', 'twelve'];
const WORKING = /^(\d+)\s*(?:work(?:ing)?|office|business)\s*(hour|day)s?$/i;

/** The length that is meant, as it is written here: `2d` for `2 days`, `two days`, `P2D`. Undefined where none is known. */
export function lengthMeant(written: string): string | undefined {
  const text = written
    .trim()
    .replace(/^[“”„«»‘’](.*)[“”«»‘’]$/, '$1')
    .replace(/^(?:in|for|after|last|past|the last|every|about|ca\.?|~)\s+/i, '')
    .replace(/^(\d+),(\d{1,3})(?!\d)/, '$1.$2');
  if (/^half\s+an?\s+hour$/i.test(text)) return '30m';
  if (/^half\s+a\s+day$/i.test(text)) return '12h';
  const iso = /^P(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?)?$/i.exec(text);
  if (iso !== null && text.length > 1) return ofIso(iso);
  const digits = text.replace(/^([a-z]+)(?=[\s-])/i, (word) => numberOf(word) ?? word);
  const one = /^(\d+(?:\.\d+)?)[\s-]*([a-z]+)\.?$/i.exec(digits) ?? /^()([a-z]+)$/i.exec(digits);
  const unit = UNIT_WORDS.find(([word]) => word.test(one?.[2] ?? ''))?.[1];
  if (one !== null && unit !== undefined && (one[1] !== '' || one[2]!.length > 2)) return `${one[1] || 1}${unit}`;
  const two = /^(\d+)\s*h(?:ours?|rs?)?\s*(?:and\s+)?(\d+)\s*m(?:in|inutes?)?$/i.exec(digits);
  return two === null ? undefined : `${Number(two[1]) * 60 + Number(two[2])}m`;
}

/** What a person who wrote `2 hours`, `90 min` or `1h30m` is advised to write. */
export function likelySpan(text: string): string | undefined {
  if (/(month|year)/i.test(text)) return 'a month or a year has no one length; write 30d or 365d';
  const working = WORKING.exec(text);
  if (working !== null) return `write ${working[1]} business ${working[2]}s`;
  if (/^\d+\s+business$/i.test(text)) return `write ${/^\d+/.exec(text)![0]} business hours, or business days`;
  if (/working|workday/i.test(text)) return 'write 2 business hours or 1 business day';
  const range = /^(\d+)\s*(?:-|–|to)\s*(\d+)\s*([a-z]+)$/i.exec(text);
  const most = range === null ? undefined : lengthMeant(`${range[2]} ${range[3]}`);
  if (most !== undefined) return `a length is one: write ${most}`;
  const length = lengthMeant(text);
  return length === undefined ? undefined : `write ${length}`;
}

function numberOf(word: string): string | undefined {
  if (/^an?$/i.test(word)) return '1';
  const at = NUMBERS.indexOf(word.toLowerCase());
  return at < 0 ? undefined : String(at + 1);
}

/** One unit alone has its own name here; more of them come to minutes. */
function ofIso([, weeks, days, hours, minutes]: RegExpExecArray): string | undefined {
  const given = Object.entries({ w: weeks, d: days, h: hours, m: minutes }).filter(([, count]) => count !== undefined);
  if (given.length === 1) return `${Number(given[0]![1])}${given[0]![0]}`;
  const all = ((Number(weeks ?? 0) * 7 + Number(days ?? 0)) * 24 + Number(hours ?? 0)) * 60 + Number(minutes ?? 0);
  return all > 0 ? `${all}m` : undefined;
}
