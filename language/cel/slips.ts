/** Slips that are common where expressions are written: what people bring along from other tools, and what to write here. */

interface Slip {
  /** At the place of the error, or one character before it. */
  at: RegExp;
  /** What came, where the library's own words do not say it. */
  says?: string;
  hint: string | ((match: RegExpExecArray, before: string) => string);
}

const ABSENT = '(?:empty|null|nil|none|missing|undefined|set|known|blank)';

const SLIPS: readonly Slip[] = [
  {
    at: /^[“”„«»‘’]([^“”„«»‘’]*)[“”«»‘’]?/,
    says: 'curly quotes are no quotes here',
    hint: ([, text]) => `write "${text}"`,
  },
  { at: /^={3}/, says: '`===` is no comparison here', hint: 'two values are compared with ==' },
  { at: /^=(?![=<>])/, says: '`=` compares nothing', hint: 'two values are compared with ==' },
  { at: /^:=/, says: '`:=` is no comparison', hint: 'two values are compared with ==' },
  { at: /^>>/, says: '`>>` is no comparison', hint: 'write > for "more than"' },
  { at: /^<</, says: '`<<` is no comparison', hint: 'write < for "less than"' },
  { at: /^=>/, says: '`=>` is no comparison', hint: 'write >= for "at least"' },
  { at: /^=</, says: '`=<` is no comparison', hint: 'write <= for "at most"' },
  { at: /^≥/, says: '`≥` is no comparison here', hint: 'write >=' },
  { at: /^≤/, says: '`≤` is no comparison here', hint: 'write <=' },
  { at: /^≠/, says: '`≠` is no comparison here', hint: 'write !=' },
  {
    at: /^(?:EUR|USD|GBP|CHF|JPY|AUD|CAD|euros?|dollars?|pounds?|€|£|\$)(?![\w.])/i,
    says: 'a number has no currency',
    hint: (_, before) => `write ${/[\d.]+$/.exec(before)?.[0] ?? '100'}`,
  },
  {
    at: /^(seconds?|minutes?|mins?|hours?|hrs?|days?|weeks?|months?)\b/i,
    says: 'a length of time stands in `days` or `duration`',
    hint: ([unit], before) => `write ${lengthOf(Number(/\d+$/.exec(before)?.[0] ?? 7), unit)}`,
  },
  {
    at: /^\?\s*$/,
    says: '`?` asks nothing',
    hint: (_, before) => `write has(${before || 'contact.plan'}) for "something is there"`,
  },
  { at: /^<>/, says: '`<>` is no comparison here', hint: 'write != for "not equal"' },
  { at: /^and\b/i, hint: 'write && for "and"' },
  { at: /^or\b/i, hint: 'write || for "or"' },
  { at: new RegExp(`^is\\s+not\\s+${ABSENT}\\b`, 'i'), hint: (_, before) => `write has(${before || 'contact.email'})` },
  { at: new RegExp(`^is\\s+${ABSENT}\\b`, 'i'), hint: (_, before) => `write !has(${before || 'contact.email'})` },
  {
    at: /^is\s+today\b/i,
    hint: (_, before) =>
      `write days_since(${before || 'contact.date'}) == 0; a trigger fires on a day: { date: ${before || 'contact.date'} }`,
  },
  { at: /^is\s+not\b/i, hint: 'write != for "is not"' },
  { at: /^is\s+in\b/i, hint: 'write in ["a", "b"]' },
  { at: /^is\b/i, hint: 'write == for "is"' },
  { at: /^equals?\b/i, hint: 'write == for "equals"' },
  { at: /^not\s+in\b/i, hint: (_, before) => `write !(${before || 'x'} in ["a", "b"])` },
  {
    at: /^contains\s+("[^"]*"|'[^']*'|[\w.]+)/i,
    hint: ([, what], before) => `write ${what} in ${before} for a list, and ${before}.contains(${what}) for a text`,
  },
  {
    at: /^(?:like|matches|~)\s*(["'])%?([^"'%]*)%?\1/i,
    hint: ([, , text], before) => `write ${before}.contains("${text}"), .startsWith("${text}") or .endsWith("${text}")`,
  },
  {
    at: /^starts?\s*with\s+("[^"]*"|'[^']*')/i,
    hint: ([, text], before) => `write ${before}.startsWith(${text})`,
  },
  {
    at: /^(?:has\s+)?changed\b/i,
    hint: (_, before) =>
      `a condition sees one moment: listen with { becomes: ${before} == "…" }, or to the event that says so`,
  },
  { at: /^between\s/i, hint: (_, before) => `write ${before} >= 1 && ${before} <= 9` },
  {
    at: /^(?:[€£¥]\s*|\$(?=\d))([\d.,]*)/,
    says: 'a number has no sign of a currency',
    hint: ([, digits]) => `write ${plainNumber(digits!)}`,
  },
];

/** `days(7)`, `duration("4h")` */
function lengthOf(count: number, unit: string): string {
  if (/^[dw]/i.test(unit)) return `days(${/^w/i.test(unit) ? 7 * count : count})`;
  return `duration("${count}${unit[0]!.toLowerCase()}")`;
}

/** On the whole, where the place says little. */
const ON_THE_WHOLE: readonly Slip[] = [
  {
    at: /^.*\{\{.*$/s,
    says: 'an expression stands without braces',
    hint: ([all]) => `write ${all.replaceAll(/\{\{\s*|\s*\}\}/g, '')}`,
  },
  { at: /^\s*not\s/i, hint: 'write !(…) for "not"' },
  {
    at: /(\d{1,3}(?:\.\d{3})+,\d+|\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+,\d+)(?![\d"'])/,
    says: 'a number has no commas',
    hint: ([digits]) => `write ${plainNumber(digits)}`,
  },
  {
    at: /(\d+(?:\.\d+)?)\s*%(?=\s*(?:$|[)&|]))/,
    says: '`%` is the remainder of a division',
    hint: ([, share]) => `write ${Number(share) / 100} where the whole is 1, and ${share} where it is 100`,
  },
  {
    at: /\bnow\s*([-+])\s*(\d+)\s*(d|days?|w|weeks?|h|hours?|m|min)\b/,
    says: 'a length of time stands in `days` or `duration`',
    hint: ([, sign, count, unit]) => `write now ${sign} ${lengthOf(Number(count), unit!)}`,
  },
  {
    at: /(\w+)\.(\$\w+|\d\w*)/,
    says: 'the name of a field begins with a letter',
    hint: ([, record, field]) => `write ${record}["${field}"]`,
  },
];

/** What to say of an error of the parser at an offset of `source`; undefined where no slip is known. */
export function slipAt(source: string, at: number): { says?: string; hint: string } | undefined {
  for (const place of [at, at - 1, at - 2]) {
    if (place < 0) continue;
    const rest = source.slice(place);
    const before = /[\w.[\]"]+$/.exec(source.slice(0, place).trimEnd())?.[0] ?? '';
    for (const slip of SLIPS) {
      const match = slip.at.exec(rest);
      if (match !== null && !isWithin(source, place)) return told(slip, match, before);
    }
  }
  for (const slip of ON_THE_WHOLE) {
    const match = slip.at.exec(source);
    if (match !== null) return told(slip, match, '');
  }
  return undefined;
}

/** In the middle of a word or of a sign of two characters. */
function isWithin(source: string, place: number): boolean {
  const [before = '', at = ''] = [source[place - 1], source[place]];
  return (/\w/.test(before) && /\w/.test(at)) || (at === '=' && /[=!<>:]/.test(before));
}

function told({ says, hint }: Slip, match: RegExpExecArray, before: string): { says?: string; hint: string } {
  return { ...(says !== undefined && { says }), hint: typeof hint === 'string' ? hint : hint(match, before) };
}

/** `1.000,00` → `1000.00`, `1,000` → `1000`, `3,5` → `3.5`. */
function plainNumber(written: string): string {
  if (/^\d{1,3}(?:\.\d{3})+,\d+$/.test(written)) return written.replaceAll('.', '').replace(',', '.');
  if (/^\d{1,3}(?:,\d{3})+(?:\.\d+)?$/.test(written)) return written.replaceAll(',', '');
  return written.replace(',', '.') || '300';
}

/** Names that other tools have, and what stands for them here. */
const NAMES: { [name: string]: string } = {
  undefined: 'write !has(contact.name) for "nothing is there"',
  None: 'write !has(contact.name) for "nothing is there"',
  nil: 'write !has(contact.name) for "nothing is there"',
  NULL: 'write !has(contact.name) for "nothing is there"',
  empty: 'write !has(contact.name), or size(contact.name) == 0',
  True: 'write true',
  TRUE: 'write true',
  yes: 'write true',
  False: 'write false',
  FALSE: 'write false',
  no: 'write false',
  today: 'write local(now).date, or count days: days_since(contact.date) == 0',
  yesterday: 'days are counted: days_since(contact.date) == 1 is yesterday',
  tomorrow: 'days are counted: days_until(contact.date) == 1 is tomorrow',
  everyone: 'where everybody is meant, leave it out',
  everybody: 'where everybody is meant, leave it out',
  segment: 'write in_segment("vip"); a trigger may be { enters: vip }',
  user: 'the person is `contact`: contact.plan',
  customer: 'the person is `contact`: contact.plan',
  person: 'the person is `contact`: contact.plan',
  lead: 'the person is `contact`: contact.plan',
  profile: 'the person is `contact`: contact.plan',
  traits: 'traits are read of their record: contact.plan',
  properties: 'what the event brought is `event`, and `trigger` in steps',
  company: 'the company is `account`: account.plan',
  organization: 'the company is `account`: account.plan',
};

/** For a name that is not known where it stands. @param field what was read of it, where something was */
export function nameMeant(name: string, field: string | undefined): string | undefined {
  return Object.hasOwn(NAMES, name) ? NAMES[name]!.replace(/contact\.plan$/, `contact.${field ?? 'plan'}`) : undefined;
}

/** Functions of other tools, and of here in another form. */
const FUNCTIONS: { [name: string]: string } = {
  len: 'write size(contact.name)',
  length: 'write size(contact.name)',
  count: 'write size(contact.tags), or compute it as a trait',
  now: 'write now, without parentheses',
  today: 'days are counted: days_since(contact.date) == 0 is today',
  toLowerCase: 'write lower(contact.name)',
  lowercase: 'write lower(contact.name)',
  lower: 'write lower(contact.name)',
  upper: 'compare in lower case: lower(contact.name) == "ada"',
  exists: 'write has(contact.name)',
  isset: 'write has(contact.name)',
  is_set: 'write has(contact.name)',
  defined: 'write has(contact.name)',
  is_null: 'write !has(contact.name)',
  empty: 'write !has(contact.name)',
  includes: 'write "vip" in contact.tags for a list, and contact.name.contains("a") for a text',
  contains: 'write contact.name.contains("a"), or "vip" in contact.tags for a list',
  starts_with: 'write contact.name.startsWith("a")',
  startsWith: 'write contact.name.startsWith("a")',
  endsWith: 'write contact.name.endsWith("a")',
  date: 'dates are compared as they are: contact.date < now, days_since(contact.date) > 7',
  getHours: 'write local(now).hour',
  hour: 'write local(now).hour',
  weekday: 'write local(now).weekday == "monday"',
  day_of_week: 'write local(now).weekday == "monday"',
  getDayOfWeek: 'write local(now).weekday == "monday"',
  hours: 'write now + duration("4h")',
  minutes: 'write now + duration("30m")',
  weeks: 'write now + days(14)',
  add_days: 'write now + days(7)',
  segment: 'write in_segment("vip")',
  days_ago: 'write days_since(contact.date)',
};

export function functionMeant(name: string): string | undefined {
  return Object.hasOwn(FUNCTIONS, name) ? FUNCTIONS[name] : undefined;
}
