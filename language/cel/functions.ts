/** The functions of expressions: names, arity, and what each means. One table for checking, evaluating and the reference. */

export interface ExpressionFunction {
  name: string;
  /** Called as `name(…)`, or on a value as `x.name(…)`. */
  form: 'call' | 'method';
  /** Least and most arguments, a method's receiver not counted. */
  arity: readonly [number, number];
  /** The value changes by time alone. */
  timed?: boolean;
  /** A name inside the library under which our own meaning is registered; absent: the library's own. */
  inner?: string;
  says: string;
}

/** The most names that one `since_start` counts. */
export const MAX_COUNTED = 8;

export const EXPRESSION_FUNCTIONS: readonly ExpressionFunction[] = [
  { name: 'has', form: 'call', arity: [1, 1], says: 'the field is there' },
  { name: 'size', form: 'call', arity: [1, 1], inner: 'cue_size', says: 'length of a text, a list or a map' },
  { name: 'string', form: 'call', arity: [1, 1], says: 'the value as text' },
  { name: 'double', form: 'call', arity: [1, 1], inner: 'cue_number', says: 'the text as a number' },
  {
    name: 'int',
    form: 'call',
    arity: [1, 1],
    inner: 'cue_int',
    says: 'the number without what follows the point',
  },
  { name: 'round', form: 'call', arity: [1, 1], inner: 'cue_round', says: 'the nearest whole number' },
  { name: 'min', form: 'call', arity: [2, 2], inner: 'cue_min', says: 'the smaller of two numbers' },
  { name: 'max', form: 'call', arity: [2, 2], inner: 'cue_max', says: 'the larger of two numbers' },
  { name: 'lower', form: 'call', arity: [1, 1], inner: 'cue_lower', says: 'the text in small letters' },
  { name: 'upper', form: 'call', arity: [1, 1], inner: 'cue_upper', says: 'the text in capitals' },
  {
    name: 'days_since',
    form: 'call',
    arity: [1, 1],
    timed: true,
    inner: 'cue_days_since',
    says: 'whole calendar days from t to today',
  },
  {
    name: 'days_until',
    form: 'call',
    arity: [1, 1],
    timed: true,
    inner: 'cue_days_until',
    says: 'whole calendar days from today to t',
  },
  {
    name: 'from_seconds',
    form: 'call',
    arity: [1, 1],
    inner: 'cue_from_seconds',
    says: 'the instant so many seconds after the beginning of 1970 (UTC)',
  },
  {
    name: 'from_milliseconds',
    form: 'call',
    arity: [1, 1],
    inner: 'cue_from_milliseconds',
    says: 'the instant so many milliseconds after the beginning of 1970 (UTC)',
  },
  {
    name: 'local',
    form: 'call',
    arity: [1, 1],
    inner: 'cue_local',
    says: 'a date or an instant on the clocks of the zone: `.year`, `.month`, `.day`, `.hour`, `.minute`, `.weekday` (`"monday"`), `.date` (`"2026-05-15"`)',
  },
  {
    name: 'duration',
    form: 'call',
    arity: [1, 1],
    inner: 'cue_duration',
    says: 'an exact length, to be added to a date or an instant: now + duration("7d")',
  },
  {
    name: 'days',
    form: 'call',
    arity: [1, 1],
    inner: 'cue_days',
    says: 'so many calendar days, to be added: contact.renewal_date - days(30)',
  },
  {
    name: 'business_days',
    form: 'call',
    arity: [1, 1],
    inner: 'cue_business_days',
    says: 'so many business days of the calendar, to be added: now + business_days(3)',
  },
  {
    name: 'is_open',
    form: 'call',
    arity: [1, 1],
    timed: true,
    inner: 'cue_is_open',
    says: 'the calendar is open now: is_open("support-eu")',
  },
  {
    name: 'in_segment',
    form: 'call',
    arity: [1, 1],
    inner: 'cue_in_segment',
    says: 'the record is in the segment: in_segment("vip")',
  },
  {
    name: 'since_start',
    form: 'call',
    arity: [1, MAX_COUNTED],
    inner: 'cue_since_start',
    says: 'how many of these events came since the enrolment began',
  },
  {
    name: 'share',
    form: 'call',
    arity: [2, 2],
    inner: 'cue_share',
    says: 'the part of the records (second) that are in the segment (first), 0 to 1',
  },
  { name: 'size', form: 'method', arity: [0, 0], inner: 'cue_size', says: 'length of a text, a list or a map' },
  { name: 'startsWith', form: 'method', arity: [1, 1], says: 'the text begins so' },
  { name: 'endsWith', form: 'method', arity: [1, 1], says: 'the text ends so' },
  { name: 'contains', form: 'method', arity: [1, 1], says: 'the text has this in it' },
  { name: 'trim', form: 'method', arity: [0, 0], says: 'the text without blanks around it' },
  { name: 'split', form: 'method', arity: [1, 1], inner: 'cue_split', says: 'a list of the parts between a separator' },
  { name: 'join', form: 'method', arity: [0, 1], inner: 'cue_join', says: 'the texts of a list as one' },
  { name: 'exists', form: 'method', arity: [2, 2], says: 'true when one element satisfies it: list.exists(x, …)' },
  { name: 'exists_one', form: 'method', arity: [2, 2], says: 'true when exactly one element satisfies it' },
  { name: 'all', form: 'method', arity: [2, 2], says: 'true when every element satisfies it' },
  { name: 'filter', form: 'method', arity: [2, 2], says: 'the elements that satisfy it' },
  { name: 'map', form: 'method', arity: [2, 3], says: 'a list of what each element gives' },
];

/** The methods that walk a list with a name for the element. */
export const COMPREHENSIONS = new Set(['exists', 'exists_one', 'all', 'filter', 'map']);

/** What `local(…)` has. */
export const LOCAL_FIELDS = ['year', 'month', 'day', 'hour', 'minute', 'weekday', 'date'] as const;
export const WEEKDAYS = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'] as const;

export function findFunction(name: string, form: 'call' | 'method'): ExpressionFunction | undefined {
  return EXPRESSION_FUNCTIONS.find((f) => f.name === name && f.form === form);
}
