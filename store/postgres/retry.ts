/** Which failures of PostgreSQL are transient, and retrying until they have passed. */
import { setTimeout as sleep } from 'node:timers/promises';
import { backoff } from '../../language/time/backoff.ts';
import { DatabaseTimeout } from './database.ts';

/** SQLSTATEs, or their first two characters for a whole class. */
const TRANSIENT_STATES = new Set([
  '08', // connection exceptions
  '53', // insufficient resources: connections, memory, disk
  '25006', // read-only: a standby that is about to be the primary
  '25P03', // idle in transaction for too long
  '25P04', // transaction for too long
  '40001', // serialization failure
  '40P01', // deadlock
  '55P03', // lock not available in time
  '57014', // cancelled, as by statement_timeout
  '57P01', // shut down by the administrator
  '57P02', // crashed
  '57P03', // starting up
  '57P05', // idle session
]);
const TRANSIENT_CODES = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ENOENT', // the socket file of a server that is down
  // Prisma's: cannot reach, timed out, closed, conflict.
  'P1001',
  'P1002',
  'P1008',
  'P1017',
  'P2034',
]);
/** Errors that `pg` raises itself carry no code. */
const TRANSIENT_MESSAGES =
  /^(Connection terminated|timeout e(xceeded|xpired)|Query read timeout|Client has encountered a connection error|Client was closed|read ECONNRESET)/;
const MAX_CAUSES = 5;

/** True when the same call may succeed later: the connection was lost, the server is away, or others were in the way. */
export function isTransient(error: unknown): boolean {
  let current = error;
  for (let i = 0; i < MAX_CAUSES && current instanceof Error; i++) {
    const code = (current as { code?: unknown }).code;
    if (current instanceof DatabaseTimeout || TRANSIENT_MESSAGES.test(current.message)) return true;
    if (typeof code === 'string') {
      if (TRANSIENT_CODES.has(code) || TRANSIENT_STATES.has(code)) return true;
      if (/^[0-9A-Z]{5}$/.test(code) && TRANSIENT_STATES.has(code.slice(0, 2))) return true;
    }
    current = current.cause;
  }
  return false;
}

const pauseMsAfter = backoff({ firstMs: 20, maxMs: 1_000 });

/** Shortened at random, by half at most, so that many that failed together do not try again together. */
export function withJitter(pauseMs: number): number {
  return pauseMs * (0.5 + Math.random() / 2);
}

/**
 * Calls `attempt` until it succeeds, fails for good, or `untilMs` milliseconds after this call are over; then the last
 * error is thrown. `attempt` must be repeatable: a connection lost during COMMIT leaves open whether it happened.
 */
export async function withRetries<T>(attempt: () => Promise<T>, { untilMs }: { untilMs: number }): Promise<T> {
  const end = performance.now() + untilMs;
  for (let failures = 1; ; failures += 1) {
    try {
      return await attempt();
    } catch (error) {
      const restMs = end - performance.now();
      if (restMs <= 0 || !isTransient(error)) throw error;
      await sleep(Math.min(restMs, withJitter(pauseMsAfter(failures))));
    }
  }
}
