/** Values of options, read as commander hands them over. */
import { InvalidArgumentError } from 'commander';
import type { Instant } from '../../language/model.ts';
import { parseDuration } from '../../language/time/duration.ts';
import { parseInstant } from '../../language/time/instants.ts';

const MAX_WARP = 1_000_000;

export function portOption(text: string): number {
  const port = Number(text);
  if (/^\d+$/.test(text) && port <= 65_535) return port;
  throw new InvalidArgumentError('A port is a number from 0 to 65535; 0 takes a free one.');
}

export function warpOption(text: string): number {
  const warp = Number(text);
  if (text.trim() !== '' && warp >= 1 && warp <= MAX_WARP) return warp;
  throw new InvalidArgumentError(`Virtual seconds a real second: a number from 1 to ${MAX_WARP}.`);
}

/** Milliseconds. */
export function durationOption(text: string): number {
  const ms = parseDuration(text);
  if (ms !== undefined) return ms;
  throw new InvalidArgumentError('A duration is allowed, as 60s, 5m or 1h.');
}

export function seedOption(text: string): number {
  const seed = Number(text);
  if (/^\d+$/.test(text) && Number.isSafeInteger(seed)) return seed;
  throw new InvalidArgumentError('A seed is a whole number from 0.');
}

export function urlOption(text: string): string {
  if (URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)) return text.replace(/\/$/, '');
  throw new InvalidArgumentError('A URL that begins with http:// or https:// is allowed.');
}

export function instantOption(text: string): Instant {
  const at = parseInstant(text);
  if (at !== undefined) return at;
  throw new InvalidArgumentError(
    'Allowed is an instant with a zone, as 2026-03-02T10:00:00Z or 2026-03-02T11:00:00+01:00.',
  );
}

/** A day of the calendar, as it was written. */
export function dayOption(text: string): string {
  if (/^\d{4}-\d\d-\d\d$/.test(text) && parseInstant(`${text}T00:00:00Z`) !== undefined) return text;
  throw new InvalidArgumentError('A day is allowed, as 2026-03-02.');
}

/** From 1. */
export function countOption(text: string): number {
  const count = Number(text);
  if (/^\d{1,6}$/.test(text) && count > 0) return count;
  throw new InvalidArgumentError('A whole number from 1 is allowed.');
}
