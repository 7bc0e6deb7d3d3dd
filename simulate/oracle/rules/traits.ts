/** T14: computed traits, read by an event `ask` whose key is the trait's value: each value fires under itself. */
import fc from 'fast-check';
import { DAY_MS, happeningsOf, MINUTE_MS, patternsOf, patternsText, UNIT_MS } from '../draw.ts';
import { type HistoryEvent, matches, type Value } from '../history.ts';
import { playbookFile, type Rule } from '../rule.ts';
import { localOf } from '../zones.ts';

const ZONE = 'Europe/Berlin';
/** The evening before a month begins, both for Berlin and for UTC, and one on which the clocks change. */
const STARTS = ['2026-03-31T20:00Z', '2026-03-31T23:30Z', '2026-03-28T21:00Z'].map((text) => Date.parse(text));

type Over = { kind: 'ms'; units: number } | { kind: 'ever' } | { kind: 'month' } | { kind: 'last'; most: number };

const over: fc.Arbitrary<Over> = fc.oneof(
  fc.integer({ min: 1, max: 6 }).map((units): Over => ({ kind: 'ms', units })),
  fc.constantFrom<Over>({ kind: 'ever' }, { kind: 'month' }),
  fc.integer({ min: 1, max: 4 }).map((most): Over => ({ kind: 'last', most })),
);

function overText(o: Over): string {
  if (o.kind === 'ms') return `${o.units * 10}m`;
  if (o.kind === 'last') return `last ${o.most}`;
  return o.kind === 'month' ? 'calendar month' : 'ever';
}

interface Trait {
  text: { [key: string]: unknown };
  /** The values under which `ask` fires: none for a trait that is missing, each member of a list. */
  values(history: readonly HistoryEvent[], at: number): Value[];
}

const AGGREGATES = ['count', 'sum', 'max', 'last', 'first', 'unique', 'average_gap'] as const;

const aggregate: fc.Arbitrary<Trait> = fc
  .record({ kind: fc.constantFrom(...AGGREGATES), events: patternsOf(['a', 'b', 'ask']), over })
  .map(({ kind, events, over: o }) => {
    const property = kind === 'sum' || kind === 'max' ? 'n' : 'k';
    const whole = kind === 'count' || kind === 'average_gap';
    return {
      text: {
        [kind]: whole ? true : `event.${property}`,
        event: patternsText(events, undefined),
        over: overText(o),
      },
      values(history, at) {
        const taking = history.filter((event) => {
          const value = event.properties[property];
          if (!matches(events, event)) return false;
          return whole || (property === 'n' ? typeof value === 'number' : value !== undefined);
        });
        const inside = within(taking, o, at);
        return told(
          kind,
          inside.map((event) => event.properties[property] ?? null),
          inside,
        );
      },
    };
  });

function within(events: readonly HistoryEvent[], o: Over, at: number): HistoryEvent[] {
  if (o.kind === 'last') return events.slice(-o.most);
  if (o.kind === 'ms') return events.filter((event) => event.at > at - o.units * UNIT_MS);
  const month = (instant: number) => localOf(instant, ZONE).date.slice(0, 7);
  return o.kind === 'ever' ? [...events] : events.filter((event) => month(event.at) === month(at));
}

function told(kind: (typeof AGGREGATES)[number], values: Value[], events: readonly HistoryEvent[]): Value[] {
  switch (kind) {
    case 'count':
      return [values.length];
    case 'sum':
      return [values.reduce<number>((sum, value) => sum + (value as number), 0)];
    case 'max':
      return values.length === 0 ? [] : [Math.max(...(values as number[]))];
    case 'last':
      return members(values.at(-1));
    case 'first':
      return members(values[0]);
    case 'unique':
      return members(values);
    case 'average_gap': {
      const gaps = events.slice(1).map((event, i) => event.at - events[i]!.at);
      return gaps.length === 0 ? [] : [gaps.reduce((a, b) => a + b, 0) / gaps.length / DAY_MS];
    }
  }
}

/** A list as a key gives each of its values. */
function members(value: Value | undefined): Value[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? [...new Set(value.flatMap((one) => (Array.isArray(one) ? one : [one])))] : [value];
}

/** How many of the latest `of` events have an event with the same `by`, whichever came first. */
const pairs: fc.Arbitrary<Trait> = fc.integer({ min: 1, max: 4 }).map((most) => ({
  text: { count: true, event: 'b', of: 'a', by: 'event.k', over: `last ${most}` },
  values(history) {
    const by = (event: HistoryEvent) => JSON.stringify(event.properties.k);
    const having = (name: string) => history.filter((event) => event.name === name && event.properties.k !== undefined);
    const latest = having('a').slice(-most);
    return [latest.filter((of) => having('b').some((event) => by(event) === by(of))).length];
  },
}));

/** Points that are worth half after each half-life, read as tiers; no sum of points meets a border of a tier. */
const score: fc.Arbitrary<Trait[]> = fc.integer({ min: 1, max: 6 }).map((units): Trait[] => {
  const points = (history: readonly HistoryEvent[], at: number): number | undefined => {
    const rows = history.flatMap((event) => {
      const { n } = event.properties;
      const own = event.name === 'a' ? [10] : event.name === 'b' && typeof n === 'number' ? [n * 3] : [];
      return own.map((one) => one * 2 ** ((event.at - at) / (units * UNIT_MS)));
    });
    return rows.length === 0 ? undefined : rows.reduce((a, b) => a + b, 0);
  };
  const rows = [
    { event: 'a', points: 10 },
    { event: 'b', points: 'event.n * 3' },
  ];
  return [
    { text: { score: rows, half_life: `${units * 10}m` }, values: () => [] },
    {
      text: {
        tiers: [{ if: 'contact.t0 >= 17.37', is: 'hot' }, { if: 'contact.t0 >= 4.13', is: 'warm' }, { else: 'cold' }],
      },
      values(history, at) {
        const now = points(history, at) ?? 0;
        return [now >= 17.37 ? 'hot' : now >= 4.13 ? 'warm' : 'cold'];
      },
    },
  ];
});

const counted = (event: string, over: string) => ({ text: { count: true, event, over }, values: () => [] });
const countsOf = (history: readonly HistoryEvent[], name: string) =>
  history.filter((event) => event.name === name).length;

/** Traits over traits; a missing one makes the whole missing. */
const nested: fc.Arbitrary<Trait[]> = fc.constantFrom<Trait[]>(
  [
    counted('a', 'ever'),
    counted('b', 'ever'),
    {
      text: { formula: 'contact.t0 * 2 - contact.t1' },
      values: (history) => [countsOf(history, 'a') * 2 - countsOf(history, 'b')],
    },
  ],
  [
    { text: { last: 'event.n', event: 'a', over: 'ever' }, values: () => [] },
    {
      text: {
        tiers: [
          { if: 'contact.t0 >= 3', is: 3 },
          { if: 'contact.t0 >= 2', is: 2 },
        ],
      },
      values(history) {
        const last = history.filter((event) => event.name === 'a' && event.properties.n !== undefined).at(-1);
        const n = last?.properties.n;
        return typeof n === 'number' && n >= 2 ? [n] : [];
      },
    },
  ],
);

const traits: fc.Arbitrary<Trait[]> = fc.oneof(
  { weight: 6, arbitrary: aggregate.map((trait) => [trait]) },
  { weight: 1, arbitrary: pairs.map((trait) => [trait]) },
  { weight: 1, arbitrary: score },
  { weight: 1, arbitrary: nested },
);

export const rule: Rule = {
  name: 'traits',
  of: 'T14',
  cases: traits.map((list) => {
    const named = Object.fromEntries(list.map(({ text }, i) => [`t${i}`, text]));
    const trigger = { event: 'ask', key: `contact.t${list.length - 1}` };
    return {
      told: JSON.stringify(named),
      trigger,
      files: [
        playbookFile({ trigger }),
        { path: 'traits/t.yaml', text: JSON.stringify({ subject: 'contact', traits: named }) },
        { path: 'settings.yaml', text: JSON.stringify({ time_zone: ZONE }) },
      ],
      subject: 'contact',
      traits: {},
      happenings: happeningsOf(['a', 'a', 'b', 'b', 'ask'], { most: 16, starts: STARTS }),
      until: (history) => (history.at(-1)?.at ?? 0) + MINUTE_MS,
      expected: (history) =>
        history
          .filter((event) => event.name === 'ask')
          .flatMap((ask) => {
            // A trait that is read while an event is evaluated includes that event.
            const values = list.at(-1)!.values(history.slice(0, ask.index + 1), ask.at);
            const keys = new Set(values.filter((value) => value !== null).map(String));
            return [...keys].map((key) => ({ at: ask.at, key, evidence: [ask.id] }));
          }),
    };
  }),
};
