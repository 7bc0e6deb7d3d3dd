/** Which failures of PostgreSQL are transient, and retrying until they have passed. */
import { setTimeout as sleep } from 'node:timers/promises';
import { backoff } from '../../language/time/backoff.ts';
import { DatabaseTimeout } from './database.ts';
import { isStaleStatement } from './prepared.ts';

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
/**
 * Limits that a caller has set for its own transaction. A server that is busy ends some so, and another try may succeed; what
 * ends so each time asks too much, and is no outage.
 */
const CUT_STATES = new Set([
  '25P03', // silent in a transaction for too long: the caller computed meanwhile
  '25P04', // transaction for too long
  '57014', // statement_timeout
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

/**
 * True when the same call may succeed later: the connection was lost, the server is away, others were in the way, or a limit
 * of the call's own cut it short.
 */
export function isTransient(error: unknown): boolean {
  return causesOf(error).some((one) => {
    if (one instanceof DatabaseTimeout || TRANSIENT_MESSAGES.test(one.message) || isStaleStatement(one)) return true;
    const code = codeOf(one);
    if (TRANSIENT_CODES.has(code) || TRANSIENT_STATES.has(code)) return true;
    return /^[0-9A-Z]{5}$/.test(code) && TRANSIENT_STATES.has(code.slice(0, 2));
  });
}

/**
 * True when a transaction was ended by a time limit that its own caller had set. It says nothing of the server: the work may
 * be too much.
 */
export function isCutShort(error: unknown): boolean {
  return causesOf(error).some((one) => one instanceof DatabaseTimeout || CUT_STATES.has(codeOf(one)));
}

function causesOf(error: unknown): Error[] {
  const causes: Error[] = [];
  for (let one = error; one instanceof Error && causes.length < MAX_CAUSES; one = one.cause) causes.push(one);
  return causes;
}

function codeOf(error: Error): string {
  const { code } = error as { code?: unknown };
  return typeof code === 'string' ? code : '';
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
