/**
 * Intervals of numbers or of texts, asked for those that contain a value. Built once, as a tree of centres: an answer
 * costs what it returns and the tree's height, however many intervals there are.
 */
import type { Bound } from '../../language/cel/indexable.ts';

export interface Interval<T> {
  lower?: Bound | undefined;
  upper?: Bound | undefined;
  item: T;
}

/** An end as a point: an end that is not included lies a hair (`by`) inside of its value, so that every interval is closed. */
interface Point {
  value: string | number;
  by: -1 | 0 | 1;
}

interface Span<T> {
  /** undefined: without end on this side. */
  from: Point | undefined;
  to: Point | undefined;
  item: T;
}

interface Centre<T> {
  at: Point;
  /** Those that contain the centre: the furthest reaching down first, and the furthest reaching up first. */
  byFrom: Span<T>[];
  byTo: Span<T>[];
  below: Centre<T> | undefined;
  above: Centre<T> | undefined;
}

export class Intervals<T> {
  readonly #root: Centre<T> | undefined;

  /** Each interval has at least one end, and both of them, and all that are asked for, are of one type. */
  constructor(intervals: readonly Interval<T>[]) {
    const spans = intervals.map(({ lower, upper, item }) => ({
      from: lower && { value: lower.value, by: lower.inclusive ? (0 as const) : (1 as const) },
      to: upper && { value: upper.value, by: upper.inclusive ? (0 as const) : (-1 as const) },
      item,
    }));
    // What ends before it begins contains nothing.
    this.#root = centreOf(spans.filter(({ from, to }) => !from || !to || compare(from, to) <= 0));
  }

  /** Hands over the item of every interval that contains the value. */
  each(value: string | number, visit: (item: T) => void): void {
    const point: Point = { value, by: 0 };
    let centre = this.#root;
    while (centre) {
      const side = compare(point, centre.at);
      for (const { from, to, item } of side < 0 ? centre.byFrom : centre.byTo) {
        if (side < 0 ? from && compare(from, point) > 0 : side > 0 && to && compare(to, point) < 0) break;
        visit(item);
      }
      if (side === 0) return;
      centre = side < 0 ? centre.below : centre.above;
    }
  }
}

function centreOf<T>(spans: readonly Span<T>[]): Centre<T> | undefined {
  if (spans.length === 0) return undefined;
  const ends = spans.flatMap(({ from, to }) => [from, to].filter((end) => end !== undefined)).sort(compare);
  const at = ends[ends.length >> 1]!;
  const below = spans.filter(({ to }) => to && compare(to, at) < 0);
  const above = spans.filter(({ from }) => from && compare(from, at) > 0);
  // The centre is an end of one of them, which contains it: each level has at least one less, each half of the ends.
  const here = spans.filter(({ from, to }) => !(to && compare(to, at) < 0) && !(from && compare(from, at) > 0));
  return {
    at,
    byFrom: [...here].sort((a, b) =>
      a.from && b.from ? compare(a.from, b.from) : Number(!!a.from) - Number(!!b.from),
    ),
    byTo: [...here].sort((a, b) => (a.to && b.to ? compare(b.to, a.to) : Number(!!a.to) - Number(!!b.to))),
    below: centreOf(below),
    above: centreOf(above),
  };
}

function compare(a: Point, b: Point): number {
  return a.value < b.value ? -1 : a.value > b.value ? 1 : a.by - b.by;
}
