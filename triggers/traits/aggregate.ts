/** The interface of a computed trait's aggregate (T14): a fold over events, read at an instant. */

import { discover } from '../../language/discover.ts';
import type { Instant, Json } from '../../language/model.ts';
import type { AggregateSyntax } from '../../language/syntax.ts';

/** What the fold keeps, in E4's order. What `value` is, the aggregate alone knows. */
export interface Entry {
  at: Instant;
  value: Json;
}

export interface Aggregate extends AggregateSyntax {
  /** Whether a value can take part. Aggregates without an expression get 1. */
  accepts(value: Json): boolean;
  /**
   * Adds an entry to those of a window, and drops what no window that ends here or later can need. What is left is at
   * most one entry for each event in the window: exact values need them, so the window is the bound.
   */
  within(entries: readonly Entry[], entry: Entry): Entry[];
  /** Adds an entry to those of ever. Each file says how many are left at most. */
  ever(entries: readonly Entry[], entry: Entry): Entry[];
  /** The value over the entries; undefined where there is none. */
  read(entries: readonly Entry[]): Json | undefined;
}

export const aggregates: readonly Aggregate[] = await discover(new URL('./aggregates/', import.meta.url), 'aggregate');

const byKind = new Map(aggregates.map((aggregate) => [aggregate.kind, aggregate]));

/** @throws Error for a kind that this release does not have. */
export function aggregateOf(kind: string): Aggregate {
  const aggregate = byKind.get(kind);
  if (!aggregate) throw new Error(`no aggregate is called "${kind}": a version was compiled by another release`);
  return aggregate;
}
