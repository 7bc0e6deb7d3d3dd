/** P5: what becomes of an effect that its provider does not take for the time being. Pure. */
import type { Instant } from '../language/model.ts';
import type { MessageClass } from '../language/syntax.ts';
import { backoff } from '../language/time/backoff.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '../language/time/duration.ts';

/** How far an effect has come that waits for its provider; kept with it from try to try. */
export interface ProviderWait {
  /** When it was refused first. */
  since: Instant;
  /** How often it was refused. */
  tries: number;
  nextAt: Instant;
  /** Why, the last time: a code. */
  code: string;
}

export type Redelivery = { wait: ProviderWait } | { over: 'not_useful' | 'failed' };

const PAUSE_MS = backoff({ firstMs: 10 * SECOND_MS, maxMs: 15 * MINUTE_MS });
const MARKETING_MS = 3 * DAY_MS;
const OTHERS_MS = 24 * HOUR_MS;

export interface Refusal {
  /** Left out where it is no message. */
  messageClass?: MessageClass;
  code: string;
  now: Instant;
  /** After the try before this one; undefined at the first. */
  wait?: ProviderWait;
}

export function redeliver({ messageClass, code, now, wait: before }: Refusal): Redelivery {
  const since = before?.since ?? now;
  const tries = (before?.tries ?? 0) + 1;
  const isMarketing = messageClass === 'marketing';
  if (now - since >= (isMarketing ? MARKETING_MS : OTHERS_MS)) return { over: isMarketing ? 'not_useful' : 'failed' };
  return { wait: { since, tries, nextAt: now + PAUSE_MS(tries), code } };
}
