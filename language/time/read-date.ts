/** What is read as a date or an instant, wherever one is looked for: in conditions, functions, triggers, waits and texts. */
import type { Instant } from '../model.ts';
import { parseInstant, parseLocal } from './instants.ts';

/** An instant, or what a clock without a zone shows: `localMs` is the milliseconds from the epoch to it on a clock on UTC. */
export type DateRead = { at: Instant } | { localMs: number; dateOnly: boolean };

/**
 * A text as `2026-06-30`, `2026-06-30 09:00`, `2026-06-30T09:00:00.000+0000`, blanks around it aside. Undefined for
 * anything else: a number says neither its unit nor that it is a date, `10.05.2026` is written in two orders.
 */
export function readDate(value: unknown): DateRead | undefined {
  if (typeof value !== 'string') return undefined;
  const text = value.trim();
  const at = parseInstant(text);
  return at === undefined ? parseLocal(text) : { at };
}
