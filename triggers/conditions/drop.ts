/** T5: a metric over calendar days that fell below a share of its own baseline. */

import Big from 'big.js';
import { z } from 'zod';
import { written } from '../../language/diagnostics/written.ts';
import type { CompiledArm } from '../../language/model.ts';
import type { CompileContext, Path } from '../../language/syntax.ts';
import { DAY_MS } from '../../language/time/duration.ts';
import { addDays, dayOfDate, localDate, startOfDay } from '../../language/time/zones.ts';
import type { Condition, Situation } from '../condition.ts';
import { describeEvents, eventShape, ownEvents, whereShape } from './shapes.ts';

/** Sums are exact decimals of nine places. */
const PLACES = 9;

const schema = z.strictObject({
  metric: z.union([
    z.strictObject({ sum: z.string(), event: eventShape, where: whereShape.optional() }),
    z.strictObject({ max: z.string(), event: eventShape, where: whereShape.optional() }),
    z.strictObject({ count: z.literal(true), event: eventShape, where: whereShape.optional() }),
  ]),
  over: z.string(),
  drops: z.union([z.string(), z.number()]),
  compared_with: z.string(),
  only_if_baseline: z.number().min(0).optional(),
  settle: z.string().optional(),
  sustained: z.string().optional(),
});

interface DropConfig {
  aggregate: 'sum' | 'max' | 'count';
  overDays: number;
  baselineDays: number;
  dropPercent: number;
  /** Without one, a baseline of nothing is no baseline. */
  onlyIfBaseline: number | null;
  settleMs: number;
  sustainedDays: number;
}

interface DropState {
  /** Local date → exact decimal; only days that a later boundary can still see. */
  days: { [date: string]: string };
  /** The next boundary to evaluate. */
  boundary: string;
  /** True boundaries in a row up to the last one evaluated. */
  run: number;
  /** Set while it is within NEAR_POINTS of falling far enough: such a spell is told once. */
  near?: true;
}

/** Percentage points by which a fall may miss and still be near. */
const NEAR_POINTS = 10;

export const condition: Condition<DropState> = {
  kind: 'drop',
  keys: ['metric', 'drops', 'over', 'compared_with'],
  schema,
  byTime: true,
  keepsOpen: () => false,
  keyless: { metric: 'no-part' },
  compile(value: z.infer<typeof schema>, path: Path, context: CompileContext) {
    const { metric } = value;
    const aggregate = 'sum' in metric ? 'sum' : 'max' in metric ? 'max' : 'count';
    const source = 'sum' in metric ? metric.sum : 'max' in metric ? metric.max : undefined;
    const days = (text: string, at: string) => {
      const ms = context.exactMs(text, [...path, at]);
      if (ms % DAY_MS !== 0) {
        context.report(
          'CB231',
          [...path, at],
          `${at} is "${text}", but a drop looks at whole calendar days`,
          'write it in days, as 7d',
        );
      }
      return Math.max(1, Math.round(ms / DAY_MS));
    };
    const percent = Number(written(value.drops).replace(/\s*%$/, ''));
    if (!(percent > 0 && percent <= 100) || !/%\s*$/.test(written(value.drops))) {
      context.report(
        'CB232',
        [...path, 'drops'],
        `drops is ${JSON.stringify(value.drops)}, which is not a share`,
        'write a share above 0% and up to 100%, as 50%',
      );
    }
    const config: DropConfig = {
      aggregate,
      overDays: days(value.over, 'over'),
      baselineDays: days(value.compared_with, 'compared_with'),
      dropPercent: percent,
      onlyIfBaseline: value.only_if_baseline ?? null,
      settleMs: value.settle === undefined ? 0 : context.exactMs(value.settle, [...path, 'settle']),
      sustainedDays: value.sustained === undefined ? 1 : days(value.sustained, 'sustained'),
    };
    if (config.settleMs >= DAY_MS) {
      context.report(
        'CB233',
        [...path, 'settle'],
        `settle is "${value.settle}", a day or longer`,
        'a day is looked at before the next one ends: write less than 24h',
      );
    }
    return {
      roles: {
        metric: ownEvents(metric, [...path, 'metric'], context),
      },
      windows: {},
      values:
        source === undefined
          ? {}
          : {
              amount: context.expression(source, [...path, 'metric', aggregate], {
                roots: ['event'],
                expects: 'number',
              }),
            },
      config: { ...config },
    };
  },
  describe(arm) {
    const c = configOf(arm);
    return `${c.aggregate} of ${describeEvents(arm.roles.metric)} over ${c.overDays} d falls by ${c.dropPercent} % against the ${c.baselineDays} d before`;
  },
  windowMs(arm) {
    const { overDays, baselineDays } = configOf(arm);
    return (overDays + baselineDays) * DAY_MS;
  },
  example:
    'trigger: { metric: { sum: event.units, event: usage.reported }, over: 7d, drops: 50%, compared_with: 28d, only_if_baseline: 100 }',

  onEvent(arm, before, { event, zone, value, at }) {
    const config = configOf(arm);
    const amount = config.aggregate === 'count' ? 1 : value('amount');
    if (typeof amount !== 'number' || !Number.isFinite(amount)) {
      const isThere = amount !== undefined && amount !== null;
      const unchanged = { state: before, dueAt: before && dueOf(before, config, zone) };
      return isThere ? { ...unchanged, wrongType: 'amount' } : unchanged;
    }
    const date = localDate(event.at, zone);
    const known = before?.days[date];
    const total =
      config.aggregate === 'max'
        ? decimal(known === undefined ? amount : Math.max(Number(known), amount))
        : decimal(known ?? 0).plus(decimal(amount));
    const state: DropState = {
      days: { ...before?.days, [date]: total.toString() },
      boundary: before?.boundary ?? addDays(date, config.baselineDays + config.overDays),
      run: before?.run ?? 0,
      ...(before?.near && { near: before.near }),
    };
    // After a long silence no deadline was kept: the boundaries that lie between were all as the last one evaluated.
    if (before && dueOf(before, config, zone) === undefined) {
      const today = addDays(localDate(at - config.settleMs, zone), 1);
      if (today > state.boundary) state.boundary = today;
    }
    return { state, dueAt: dueOf(state, config, zone) };
  },

  lacks(arm, passed, { zone, told }) {
    const config = configOf(arm);
    const { state } = passed.at(-1) ?? {};
    const metric = describeEvents(arm.roles.metric);
    if (state === undefined) return [`no ${metric} has come that counts`];
    const { current, baseline } = compareAt(state, config, state.boundary);
    const looks = `it looks next at ${told(startOfDay(state.boundary, zone) + config.settleMs)}`;
    const least = config.onlyIfBaseline;
    const fall = baseline > 0 ? `${Math.round((1 - current / baseline) * 1000) / 10} % less` : 'no baseline';
    const parts = [
      `so far the last ${config.overDays} d come to ${current} against a baseline of ${baseline}: ${fall}, and ${config.dropPercent} % is needed; ${looks}`,
    ];
    if (least !== null && baseline < least) parts.push(`the baseline is below ${least}`);
    if (config.sustainedDays > 1 || state.run > 0) {
      const run = Math.min(state.run, config.sustainedDays);
      parts.push(
        `it held ${run} of ${config.sustainedDays} days in a row${state.run >= config.sustainedDays ? ', and fires anew once it has not held' : ''}`,
      );
    }
    return parts;
  },

  onDeadline(arm, state, { at, zone }: Situation) {
    const config = configOf(arm);
    const dueAt = startOfDay(state.boundary, zone) + config.settleMs;
    if (dueAt > at) return { state, dueAt };
    const { current, baseline, holds } = compareAt(state, config, state.boundary);
    const near = !holds && compareAt(state, nearly(config), state.boundary).holds;
    const run = holds ? Math.min(state.run + 1, config.sustainedDays + 1) : 0;
    const boundary = addDays(state.boundary, 1);
    const oldest = addDays(boundary, -(config.overDays + config.baselineDays));
    const days = Object.fromEntries(Object.entries(state.days).filter(([date]) => date >= oldest));
    const next: DropState = { days, boundary, run, ...(near && { near }) };
    return {
      state: next,
      dueAt: dueOf(next, config, zone),
      firings: run === config.sustainedDays ? [{ at: dueAt, evidence: [], fields: { current, baseline } }] : [],
      ...(near && !state.near && { missed: { by: `${NEAR_POINTS} percentage points`, amount: 1 as const } }),
    };
  },
};

function configOf(arm: CompiledArm): DropConfig {
  return arm.config as unknown as DropConfig;
}

function nearly(config: DropConfig): DropConfig {
  return { ...config, dropPercent: Math.max(0, config.dropPercent - NEAR_POINTS) };
}

function decimal(value: string | number): Big {
  return new Big(value).round(PLACES);
}

/** The comparison at boundary `d`: the last `o` days before it against the `b` days before those, scaled by o / b. */
function compareAt(state: DropState, config: DropConfig, boundary: string) {
  const { aggregate, overDays, baselineDays, dropPercent, onlyIfBaseline } = config;
  const start = aggregate === 'max' ? undefined : new Big(0);
  let currentSum = start;
  let beforeSum = start;
  for (const [date, text] of Object.entries(state.days)) {
    const age = dayOfDate(boundary) - dayOfDate(date);
    if (age < 1 || age > overDays + baselineDays) continue;
    const amount = new Big(text);
    if (age <= overDays) currentSum = mergedDays(currentSum, amount, aggregate);
    else beforeSum = mergedDays(beforeSum, amount, aggregate);
  }
  const current = currentSum ?? new Big(0);
  const before = beforeSum ?? new Big(0);
  // Compared crosswise, so that no division rounds: current <= (1 - p) * before * o / b.
  const scale = aggregate === 'max' ? 1 : overDays;
  const divisor = aggregate === 'max' ? 1 : baselineDays;
  const scaled = before.times(scale);
  const enough = onlyIfBaseline === null ? before.gt(0) : scaled.gte(new Big(onlyIfBaseline).times(divisor));
  const fell = current
    .times(divisor)
    .times(100)
    .lte(scaled.times(new Big(100).minus(dropPercent)));
  return { current: current.toNumber(), baseline: scaled.div(divisor).round(PLACES).toNumber(), holds: enough && fell };
}

/** The largest of none is none: an amount below zero is a maximum, too. */
function mergedDays(known: Big | undefined, amount: Big, aggregate: DropConfig['aggregate']): Big {
  if (known === undefined) return amount;
  if (aggregate !== 'max') return known.plus(amount);
  return known.gt(amount) ? known : amount;
}

/** No further boundary is waited for when no day is left that could change the comparison. */
function dueOf(state: DropState, config: DropConfig, zone: string): number | undefined {
  if (Object.keys(state.days).length === 0) {
    const { holds } = compareAt(state, config, state.boundary);
    if (holds ? state.run > config.sustainedDays : state.run === 0) return undefined;
  }
  return startOfDay(state.boundary, zone) + config.settleMs;
}
