/** T5: a metric over calendar days that fell below a share of its own baseline; every day is added up anew. */
import fc from 'fast-check';
import { DAY_MS, delayOf, HOUR_MS, MINUTE_MS } from '../draw.ts';
import type { Expected, Happening, HistoryEvent } from '../history.ts';
import { playbookFile, type Rule } from '../rule.ts';
import { dateAfter, instantOf, localOf } from '../zones.ts';

const ZONES = ['Europe/Berlin', 'America/New_York', 'UTC', 'Australia/Lord_Howe', 'America/Santiago'];
/** Some days before each of those zones' clocks change, both ways. */
const STARTS = ['2026-03-26', '2026-10-22', '2026-03-05', '2026-10-29', '2026-04-02', '2026-10-01', '2026-09-03'];
/** Billionths, so that sums are whole numbers. */
const AMOUNTS: [number, bigint][] = [
  [0, 0n],
  [1, 1_000_000_000n],
  [2, 2_000_000_000n],
  [4, 4_000_000_000n],
  [0.1, 100_000_000n],
  [0.2, 200_000_000n],
  [0.3, 300_000_000n],
  [10, 10_000_000_000n],
];

interface Parameters {
  aggregate: 'sum' | 'max' | 'count';
  over: number;
  baseline: number;
  percent: number;
  least: number | undefined;
  settleHours: number | undefined;
  sustained: number | undefined;
  zone: string;
}

const parameters: fc.Arbitrary<Parameters> = fc.record({
  aggregate: fc.constantFrom('sum', 'max', 'count'),
  over: fc.integer({ min: 1, max: 2 }),
  baseline: fc.integer({ min: 1, max: 4 }),
  percent: fc.constantFrom(50, 100, 10, 25),
  least: fc.constantFrom(undefined, 1, 0.1, 0),
  settleHours: fc.constantFrom(undefined, 6, 23),
  sustained: fc.constantFrom(undefined, 1, 2, 3),
  zone: fc.constantFrom(...ZONES),
});

const happening = fc.record({
  gapMs: fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom(0, 6 * HOUR_MS, 12 * HOUR_MS) },
    {
      weight: 6,
      arbitrary: fc.constantFrom(DAY_MS, DAY_MS - HOUR_MS, DAY_MS + HOUR_MS, DAY_MS - 30 * MINUTE_MS, DAY_MS - 1),
    },
    { weight: 1, arbitrary: fc.constantFrom(3 * DAY_MS, 9 * DAY_MS) },
  ),
  amount: fc.integer({ min: 0, max: AMOUNTS.length }),
  delayMs: delayOf(12 * HOUR_MS, 8),
});

const happeningsIn = (zone: string): fc.Arbitrary<Happening[]> =>
  fc.tuple(fc.constantFrom(...STARTS), fc.array(happening, { maxLength: 20 })).map(([start, drawn]) => {
    // The start of a local day, so that day boundaries are met exactly.
    let at = instantOf(start, 0, zone);
    return drawn.map(({ gapMs, amount, delayMs }) => {
      at += gapMs;
      const units = AMOUNTS[amount]?.[0] ?? 'many';
      return { at, delayMs, name: 'used', properties: { units } };
    });
  });

export const rule: Rule = {
  name: 'drop',
  of: 'T5',
  cases: parameters.map((p) => {
    const metric = p.aggregate === 'count' ? { count: true } : { [p.aggregate]: 'event.units' };
    const trigger = {
      metric: { ...metric, event: 'used' },
      over: `${p.over}d`,
      drops: `${p.percent}%`,
      compared_with: `${p.baseline}d`,
      ...(p.least !== undefined && { only_if_baseline: p.least }),
      ...(p.settleHours !== undefined && { settle: `${p.settleHours}h` }),
      ...(p.sustained !== undefined && { sustained: `${p.sustained}d` }),
    };
    return {
      told: `${p.zone} ${JSON.stringify(trigger)}`,
      trigger,
      files: [playbookFile({ trigger, time_zone: p.zone })],
      subject: 'contact',
      traits: {},
      happenings: happeningsIn(p.zone),
      until: (history) => (history.at(-1)?.at ?? 0) + 12 * DAY_MS,
      expected: (history, until) => told(history, p, until),
    };
  }),
};

function told(history: readonly HistoryEvent[], p: Parameters, until: number): Expected[] {
  const days = new Map<string, bigint[]>();
  for (const event of history) {
    const amount = p.aggregate === 'count' ? 1_000_000_000n : AMOUNTS.find(([n]) => n === event.properties.units)?.[1];
    if (amount === undefined) continue;
    const { date } = localOf(event.at, p.zone);
    days.set(date, [...(days.get(date) ?? []), amount]);
  }
  const first = [...days.keys()].sort()[0];
  if (first === undefined) return [];
  const fired: Expected[] = [];
  let run = 0;
  for (let d = dateAfter(first, p.baseline + p.over); ; d = dateAfter(d, 1)) {
    const at = instantOf(d, 0, p.zone) + (p.settleHours ?? 0) * HOUR_MS;
    if (at > until) return fired;
    const current = over(days, p.aggregate, daysBefore(d, 1, p.over));
    const before = over(days, p.aggregate, daysBefore(d, p.over + 1, p.over + p.baseline));
    const [scale, divisor] = p.aggregate === 'max' ? [1n, 1n] : [BigInt(p.over), BigInt(p.baseline)];
    // baseline = before * scale / divisor, everything else multiplied crosswise.
    const least = BigInt(Math.round((p.least ?? 0) * 1e9));
    const enough = before * scale >= least * divisor && (p.least !== undefined || before > 0n);
    const fell = current * divisor * 100n <= before * scale * BigInt(100 - p.percent);
    run = enough && fell ? run + 1 : 0;
    if (run !== (p.sustained ?? 1)) continue;
    const baseline = Number(before * scale) / Number(divisor) / 1e9;
    fired.push({
      at,
      key: '',
      evidence: [],
      fields: { current: Number(current) / 1e9, baseline: Math.round(baseline * 1e9) / 1e9 },
    });
  }
}

function daysBefore(boundary: string, latest: number, oldest: number): string[] {
  return Array.from({ length: oldest - latest + 1 }, (_, i) => dateAfter(boundary, -(latest + i)));
}

/** The metric over some days. */
function over(days: ReadonlyMap<string, bigint[]>, aggregate: string, dates: readonly string[]): bigint {
  const amounts = dates.flatMap((date) => days.get(date) ?? []);
  return aggregate === 'max' ? (amounts.sort((a, b) => Number(b - a))[0] ?? 0n) : amounts.reduce((a, b) => a + b, 0n);
}
