/** What histories and triggers are drawn from: few names, few instants, so that everything meets everything. */
import fc, { type Arbitrary } from 'fast-check';
import type { Happening, HistoryEvent, Pattern, Value } from './history.ts';
import { endOfBusinessHours, OFFICE, OFFICE_FILE } from './open-hours.ts';
import type { File } from './rule.ts';

export const MINUTE_MS = 60_000;
export const HOUR_MS = 3_600_000;
export const DAY_MS = 86_400_000;
/** Windows and gaps are multiples of it: edges are met exactly, again and again. */
export const UNIT_MS = 10 * MINUTE_MS;

/** Mornings on which histories begin: a usual Monday, the day before each change of Berlin's clocks, a Friday. */
export const MORNINGS = ['2026-03-02T08:00Z', '2026-03-28T20:00Z', '2026-10-24T20:00Z', '2026-03-06T12:00Z'].map(
  (text) => Date.parse(text),
);

/** Milliseconds from one happening to the next: often none, else some units, now and then one off, or long. */
export const gapMs: Arbitrary<number> = fc.oneof(
  { weight: 5, arbitrary: fc.constant(0) },
  { weight: 12, arbitrary: fc.integer({ min: 1, max: 4 }).map((units) => units * UNIT_MS) },
  { weight: 2, arbitrary: fc.integer({ min: 1, max: 4 }).map((units) => units * UNIT_MS - 1) },
  { weight: 2, arbitrary: fc.integer({ min: 0, max: 4 }).map((units) => units * UNIT_MS + 1) },
  { weight: 1, arbitrary: fc.constantFrom(5 * HOUR_MS, 14 * HOUR_MS) },
);

/** How long a happening takes to arrive; most take no time. */
export const delayOf = (unitMs: number, most: number): Arbitrary<number> =>
  fc.oneof(
    { weight: 4, arbitrary: fc.constant(0) },
    { weight: 1, arbitrary: fc.integer({ min: 1, max: most }).map((units) => units * unitMs) },
  );
const delayMs = delayOf(UNIT_MS, 12);

const n = fc.constantFrom<Value | undefined>(1, 2, 3, 2, 3, undefined, 'many');
const key = fc.constantFrom<Value | undefined>('k1', 'k2', 'k1', 'k2', undefined, ['k1', 'k2'], ['k2', 'k2'], 7);
const stage = fc.constantFrom<Value | undefined>(undefined, undefined, undefined, 'one', 'two', 'odd', null);

/** Histories over some names, in any order of arrival. */
export function happeningsOf(
  names: readonly string[],
  {
    most = 12,
    gap = gapMs,
    starts = MORNINGS,
  }: { most?: number; gap?: Arbitrary<number>; starts?: readonly number[] } = {},
): Arbitrary<Happening[]> {
  const one = fc.record({ gap, delayMs, name: fc.constantFrom(...names), n, k: key, own: key, stage });
  return fc.tuple(fc.constantFrom(...starts), fc.array(one, { maxLength: most })).map(([start, drawn]) => {
    let at = start;
    return drawn.map(({ gap: ms, delayMs: delay, name, stage: to, ...properties }): Happening => {
      at += ms;
      const said = Object.entries(properties).filter((entry): entry is [string, Value] => entry[1] !== undefined);
      return {
        at,
        delayMs: delay,
        name,
        properties: Object.fromEntries(said),
        ...(to !== undefined && { traits: { stage: to } }),
      };
    });
  });
}

/** One to two patterns over some names. */
export function patternsOf(names: readonly string[], keys = false): Arbitrary<Pattern[]> {
  const one = fc
    .record({
      event: fc.constantFrom(...names),
      leastN: fc.constantFrom(undefined, undefined, 2, 3),
      key: keys ? fc.constantFrom(undefined, undefined, 'own') : fc.constant(undefined),
    })
    .map(
      ({ event, leastN, key: own }): Pattern => ({
        event,
        ...(leastN !== undefined && { leastN }),
        ...(own && { key: own }),
      }),
    );
  return fc.array(one, { minLength: 1, maxLength: 2 });
}

/** The closing patterns that are no opening ones as well: what opens and closes alike is an error in a playbook. */
export function apart(closes: readonly Pattern[], opens: readonly Pattern[]): Pattern[] {
  const kept = closes.filter((c) => !opens.some((o) => o.event === c.event && o.leastN === c.leastN));
  return kept.length > 0 ? kept : [{ event: 'x' }];
}

export const keyProperty: Arbitrary<string | undefined> = fc.constantFrom(undefined, 'k');

/** Patterns as a playbook says them. */
export function patternsText(patterns: readonly Pattern[], key: string | undefined): unknown {
  return patterns.map(({ event, leastN, key: own }) => ({
    event,
    ...(leastN !== undefined && { where: `event.n >= ${leastN}` }),
    ...(own !== undefined && key !== undefined && { key: `event.${own}` }),
  }));
}

/** A length of time as a playbook says it, and the instant at which it ends that begins with an event. */
export interface Window {
  text: unknown;
  /** Undefined where a table has no row for the value: what needs the span then takes no part (T0). */
  endOf(event: HistoryEvent): number | undefined;
  mostMs: number;
  files: File[];
  calendar?: string;
}

export const exactWindow: Arbitrary<Window> = fc.integer({ min: 1, max: 6 }).map((units) => ({
  text: `${units * 10}m`,
  endOf: (event) => event.at + units * UNIT_MS,
  mostMs: units * UNIT_MS,
  files: [],
}));

/** Read by the trait `stage`, with and without a row for what is not named. */
const tableWindow: Arbitrary<Window> = fc.boolean().map((hasDefault) => ({
  text: { by: 'contact.stage', one: '10m', two: '40m', ...(hasDefault && { default: '20m' }) },
  endOf(event) {
    const { stage: at } = event.traitsAfter;
    const units = at === 'one' ? 1 : at === 'two' ? 4 : hasDefault ? 2 : undefined;
    return units === undefined ? undefined : event.at + units * UNIT_MS;
  },
  mostMs: 4 * UNIT_MS,
  files: [],
}));

/** Counted in open time, with a break at noon, holidays and both changes of the clocks. */
const businessWindow: Arbitrary<Window> = fc.constantFrom(1, 2, 5).map((hours) => ({
  text: `${hours} business hour${hours === 1 ? '' : 's'}`,
  endOf: (event) => endOfBusinessHours(OFFICE, event.at, hours * HOUR_MS),
  mostMs: 6 * DAY_MS,
  files: [OFFICE_FILE],
  calendar: OFFICE.name,
}));

export const anyWindow: Arbitrary<Window> = fc.oneof(
  { weight: 6, arbitrary: exactWindow },
  { weight: 2, arbitrary: tableWindow },
  { weight: 2, arbitrary: businessWindow },
);

/** The end of a run in which every window has run out. */
export function behind(history: readonly HistoryEvent[], mostMs: number): number {
  return (history.at(-1)?.at ?? MORNINGS[0]!) + mostMs + UNIT_MS;
}
