/** What the studio refuses, as problems; and a signal for who has stopped waiting. */
import type { FastifyRequest } from 'fastify';
import { Problem, type ProblemCode } from '../../problems.ts';
import { Refused } from './studio.ts';

const CODES: { [kind in Refused['kind']]: ProblemCode } = {
  moved: 'conflict',
  faulty: 'invalid_body',
  busy: 'overloaded',
  slow: 'bad_request',
  away: 'part_unavailable',
};

/** @throws Problem for what was refused */
export async function refusals<T>(asked: Promise<T>): Promise<T> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof Refused) throw new Problem(CODES[error.kind], error.message);
    throw error;
  }
}

/** Aborts when whoever asked closes the connection: what nobody waits for is not worked on. */
export function untilGone({ raw }: FastifyRequest): AbortSignal {
  const controller = new AbortController();
  raw.socket.once('close', () => controller.abort());
  return controller.signal;
}
