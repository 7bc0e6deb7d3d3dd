/** T5: a metric over calendar days that fell below a share of its own baseline. */

import { z } from 'zod';
import { written } from '../../language/diagnostics/written.ts';
import type { CompiledArm } from '../../language/model.ts';
import type { CompileContext, Path } from '../../language/syntax.ts';
import { DAY_MS } from '../../language/time/duration.ts';
import { addDays, localDate, startOfDay } from '../../language/time/zones.ts';
import type { Condition, Situation } from '../condition.ts';
import {
  type DropConfig,
  type DropState,
  figuresOf,
  hasFallen,
  lookedAt,
  nextLook,
  passedTo,
  sumsAt,
  wasLooked,
  withAmount,
} from './drop-days.ts';
import { describeEvents, eventShape, ownEvents, whereShape } from './shapes.ts';

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
    const known = before && passedAt(before, config, { at, zone });
    const state: DropState = {
      ...(known ?? { boundary: addDays(date, config.baselineDays + config.overDays), run: 0 }),
      ...(known && wasLooked(known) && { looked: true as const }),
      days: { ...known?.days, [date]: withAmount(known?.days[date], amount, config.aggregate) },
    };
    return { state, dueAt: dueOf(state, config, zone) };
  },

  lacks(arm, passed, { at, zone, told }) {
    const config = configOf(arm);
    const last = passed.at(-1)?.state;
    const metric = describeEvents(arm.roles.metric);
    if (last === undefined) return [`no ${metric} has come that counts`];
    const state = passedAt(last, config, { at, zone });
    const { current, baseline } = figuresOf(sumsAt(state, config, state.boundary), config);
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

  onDeadline(arm, before, { at, zone }: Situation) {
    const config = configOf(arm);
    const boundary = nextLook(before, config);
    const dueAt = boundary === undefined ? undefined : lookAt(boundary, config, zone);
    if (dueAt === undefined || boundary === undefined || dueAt > at) return { state: before, dueAt };
    const state = passedTo(before, config, boundary);
    const sums = sumsAt(state, config, boundary);
    const holds = hasFallen(sums, config);
    const near = !holds && hasFallen(sums, nearly(config));
    const next = lookedAt(state, config, { holds, near });
    return {
      state: next,
      dueAt: dueOf(next, config, zone),
      firings: next.run === config.sustainedDays ? [{ at: dueAt, evidence: [], fields: figuresOf(sums, config) }] : [],
      ...(near && !state.near && { missed: { by: `${NEAR_POINTS} percentage points`, amount: 1 as const } }),
    };
  },
};

function configOf(arm: CompiledArm): DropConfig {
  return arm.config as unknown as DropConfig;
}

const nearlyOf = new WeakMap<DropConfig, DropConfig>();

function nearly(config: DropConfig): DropConfig {
  const known = nearlyOf.get(config);
  if (known) return known;
  const made = { ...config, dropPercent: Math.max(0, config.dropPercent - NEAR_POINTS) };
  nearlyOf.set(config, made);
  return made;
}

/** The state at an instant: boundaries that were looked past before it are passed, but none that may turn it. */
function passedAt(state: DropState, config: DropConfig, { at, zone }: { at: number; zone: string }): DropState {
  if (!wasLooked(state)) return state;
  const first = addDays(localDate(at - config.settleMs, zone), 1);
  const next = nextLook(state, config);
  return passedTo(state, config, next !== undefined && next < first ? next : first);
}

function dueOf(state: DropState, config: DropConfig, zone: string): number | undefined {
  const boundary = nextLook(state, config);
  return boundary === undefined ? undefined : lookAt(boundary, config, zone);
}

function lookAt(boundary: string, config: DropConfig, zone: string): number {
  return startOfDay(boundary, zone) + config.settleMs;
}
