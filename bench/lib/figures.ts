/** What a benchmark finds, and the little statistics that it needs. */

/** One measured figure; with its bound, measured in the same run, where there is one. */
export interface Figure {
  /** What was measured, in words. */
  name: string;
  unit: 'events/s' | 'enrolments/s' | 'claims/s' | 'playbooks/s' | 'tests/s' | 'ms' | 'times' | 'MB';
  /** The median of the rounds; of a latency, over all samples. */
  value: number;
  /** Each round, in their order. */
  rounds?: number[];
  bound?: Bound;
}

export interface Bound {
  name: string;
  value: number;
}

/** @throws RangeError for an empty list: a benchmark that measured nothing has no figure. */
export function percentile(values: readonly number[], share: number): number {
  if (values.length === 0) throw new RangeError('Nothing was measured.');
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? sorted[0]!;
}

export function median(values: readonly number[]): number {
  return percentile(values, 0.5);
}

/** The figure of a rate that was measured in several rounds. */
export function rate(name: string, unit: Figure['unit'], rounds: readonly number[], bound?: Bound): Figure {
  return {
    name,
    unit,
    value: round(median(rounds)),
    rounds: rounds.map(round),
    ...(bound && { bound: { ...bound, value: round(bound.value) } }),
  };
}

/** Two figures of a latency: of every second one, and of the slowest in a hundred. */
export function latency(
  name: string,
  ms: readonly number[],
  bounds?: { name: string; ms: readonly number[] },
): Figure[] {
  return (
    [
      ['p50', 0.5],
      ['p99', 0.99],
    ] as const
  ).map(([label, share]) => ({
    name: `${name}, ${label}`,
    unit: 'ms',
    value: round(percentile(ms, share)),
    ...(bounds && { bound: { name: bounds.name, value: round(percentile(bounds.ms, share)) } }),
  }));
}

/** Three digits are more than such measurements are good for. */
export function round(value: number): number {
  return Number(value.toPrecision(3));
}
