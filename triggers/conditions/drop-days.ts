/** What a drop (T5) knows of its days: what they come to at a boundary, and which boundary is the next that may turn it. */
import Big from 'big.js';
import { addDays, dateOfDay, dayOfDate } from '../../language/time/zones.ts';

/** Sums are exact decimals of nine places. */
const PLACES = 9;
const UNIT = 10n ** BigInt(PLACES);

export interface DropConfig {
  aggregate: 'sum' | 'max' | 'count';
  overDays: number;
  baselineDays: number;
  dropPercent: number;
  /** Without one, a baseline of nothing is no baseline. */
  onlyIfBaseline: number | null;
  settleMs: number;
  sustainedDays: number;
}

export interface DropState {
  /** Local date → exact decimal; only days that a later boundary can still see, or at which one leaves. */
  days: { [date: string]: string };
  /** The first boundary that was not passed. */
  boundary: string;
  /** True boundaries in a row up to that. */
  run: number;
  /** A boundary was looked at: those behind it, up to the next that may turn it, are as that was. */
  looked?: true;
  /** Set while it is within NEAR_POINTS of falling far enough: such a spell is told once. */
  near?: true;
}

export interface DaySums {
  /** In billionths. */
  current: bigint;
  /** Of the days of the baseline, not scaled. */
  before: bigint;
}

/** A day's amount with another one: the larger, or their sum. */
export function withAmount(known: string | undefined, amount: number, aggregate: DropConfig['aggregate']): string {
  if (known === undefined) return decimal(amount).toString();
  if (aggregate === 'max') return decimal(Math.max(Number(known), amount)).toString();
  return decimal(known).plus(decimal(amount)).toString();
}

/** What the last `over` days before a boundary come to, and the days of the baseline before those. */
export function sumsAt(state: DropState, { aggregate, overDays, baselineDays }: DropConfig, boundary: string): DaySums {
  const day = dayOfDate(boundary);
  let current: bigint | undefined;
  let before: bigint | undefined;
  for (const [date, text] of Object.entries(state.days)) {
    const age = day - dayOfDate(date);
    if (age < 1 || age > overDays + baselineDays) continue;
    const amount = billionths(text);
    if (age <= overDays) current = mergedDays(current, amount, aggregate);
    else before = mergedDays(before, amount, aggregate);
  }
  return { current: current ?? 0n, before: before ?? 0n };
}

/** Whether it has fallen far enough against a baseline that is large enough. Crosswise: no division rounds. */
export function hasFallen({ current, before }: DaySums, config: DropConfig): boolean {
  const { least, kept } = limitsOf(config);
  const { scale, divisor } = scaleOf(config);
  const baseline = before * scale;
  const isEnough = least === null ? before > 0n : baseline * least.unit >= least.value * divisor * UNIT;
  return isEnough && current * divisor * 100n * kept.unit <= baseline * kept.value;
}

/** The two figures for people and texts: the baseline is scaled to as many days as the current ones are. */
export function figuresOf({ current, before }: DaySums, config: DropConfig): { current: number; baseline: number } {
  const { scale, divisor } = scaleOf(config);
  const baseline = new Big(String(before * scale)).div(String(divisor)).div(String(UNIT)).round(PLACES);
  return { current: new Big(String(current)).div(String(UNIT)).toNumber(), baseline: baseline.toNumber() };
}

/**
 * The next boundary at which the comparison can come out differently, or at which it has held for long enough; undefined
 * where no day is left that could turn it. Nothing turns but where a day begins to count, goes over to the baseline, or leaves
 * that: what is looked at is bounded by the days on which something happened.
 */
export function nextLook(state: DropState, { overDays, baselineDays, sustainedDays }: DropConfig): string | undefined {
  if (!wasLooked(state)) return state.boundary;
  const from = dayOfDate(state.boundary);
  let next = Number.POSITIVE_INFINITY;
  if (state.run > 0 && state.run < sustainedDays) next = from + sustainedDays - state.run - 1;
  for (const date of Object.keys(state.days)) {
    const day = dayOfDate(date) + 1;
    // It begins to count, goes over to the baseline, or leaves that: whichever is still to come first.
    const turn = day >= from ? day : day + overDays >= from ? day + overDays : day + overDays + baselineDays;
    if (turn >= from && turn < next) next = turn;
  }
  return Number.isFinite(next) ? dateOfDay(next) : undefined;
}

/** Days go where a boundary is looked at alone: states without any that were stored before `looked` was. */
export function wasLooked({ looked, days }: DropState): boolean {
  return looked === true || Object.keys(days).length === 0;
}

/** The state with every boundary before `boundary` passed; none of them may be one that turns it. */
export function passedTo(state: DropState, config: DropConfig, boundary: string): DropState {
  const passed = dayOfDate(boundary) - dayOfDate(state.boundary);
  if (passed <= 0) return state;
  return { ...state, boundary, run: state.run > 0 ? Math.min(state.run + passed, config.sustainedDays + 1) : 0 };
}

/** The state after a look at the boundary, which held or did not; days that no later one sees are forgotten. */
export function lookedAt(
  state: DropState,
  config: DropConfig,
  { holds, near }: { holds: boolean; near: boolean },
): DropState {
  const run = holds ? Math.min(state.run + 1, config.sustainedDays + 1) : 0;
  const oldest = addDays(state.boundary, -(config.overDays + config.baselineDays));
  const days = Object.fromEntries(Object.entries(state.days).filter(([date]) => date >= oldest));
  return { days, boundary: addDays(state.boundary, 1), run, looked: true, ...(near && { near }) };
}

function decimal(value: string | number): Big {
  return new Big(value).round(PLACES);
}

const PLAIN = /^(-?)(\d+)(?:\.(\d{1,9}))?$/;

function billionths(text: string): bigint {
  const [, sign, whole, places = ''] = PLAIN.exec(text) ?? [];
  // Very large and very small numbers are written with an exponent.
  if (whole === undefined) return BigInt(new Big(text).times(String(UNIT)).toFixed(0));
  const value = BigInt(whole + places.padEnd(PLACES, '0'));
  return sign === '-' ? -value : value;
}

/** The largest of none is none: an amount below zero is a maximum, too. */
function mergedDays(known: bigint | undefined, amount: bigint, aggregate: DropConfig['aggregate']): bigint {
  if (known === undefined) return amount;
  if (aggregate !== 'max') return known + amount;
  return known > amount ? known : amount;
}

/** A maximum is not scaled. */
function scaleOf({ aggregate, overDays, baselineDays }: DropConfig): { scale: bigint; divisor: bigint } {
  return aggregate === 'max' ? { scale: 1n, divisor: 1n } : { scale: BigInt(overDays), divisor: BigInt(baselineDays) };
}

interface Fraction {
  value: bigint;
  unit: bigint;
}

interface Limits {
  least: Fraction | null;
  /** The share that may be left, in percent. */
  kept: Fraction;
}

const limits = new WeakMap<DropConfig, Limits>();

function limitsOf(config: DropConfig): Limits {
  const known = limits.get(config);
  if (known) return known;
  const { onlyIfBaseline, dropPercent } = config;
  const least = onlyIfBaseline === null ? null : fractionOf(new Big(onlyIfBaseline));
  const made = { least, kept: fractionOf(new Big(100).minus(dropPercent)) };
  limits.set(config, made);
  return made;
}

/** A decimal as a whole number of some power of ten. */
function fractionOf(value: Big): Fraction {
  const text = value.toFixed();
  const places = text.split('.')[1]?.length ?? 0;
  return { value: BigInt(text.replace('.', '')), unit: 10n ** BigInt(places) };
}
