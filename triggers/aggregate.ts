/** The interface of a computed trait's aggregate (T14): a fold over events, read at an instant. */

import { discover } from '../language/discover.ts';
import type { Instant, Json } from '../language/model.ts';
import type { AggregateSyntax } from '../language/syntax.ts';

/** What the fold keeps: values in E4's order. A window keeps what lies in it; `ever` keeps what the aggregate needs. */
export interface Entry {
  at: Instant;
  value: Json;
}

export interface Aggregate extends AggregateSyntax {
  /** Folds without a window into as few entries as the value needs. */
  compact(entries: Entry[]): Entry[];
  /** The value over the entries; undefined where there is none. */
  read(entries: readonly Entry[]): Json | undefined;
  /** Whether a value can take part. */
  accepts(value: Json | undefined): boolean;
}

export const aggregates: readonly Aggregate[] = await discover(new URL('./traits/', import.meta.url), 'aggregate');

const byKind = new Map(aggregates.map((aggregate) => [aggregate.kind, aggregate]));

export function aggregateOf(kind: string): Aggregate {
  const aggregate = byKind.get(kind);
  if (!aggregate) throw new Error(`no aggregate is called "${kind}": a version was compiled by another release`);
  return aggregate;
}
