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

/** Does it as long as whoever asked is there: what nobody waits for is not worked on. @throws Problem for what was refused */
export async function whileThere<T>({ raw }: FastifyRequest, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  const gone = () => controller.abort();
  raw.socket.once('close', gone);
  try {
    return await refusals(work(controller.signal));
  } finally {
    // The connection is used again.
    raw.socket.off('close', gone);
  }
}

/** For what is done to its end, whoever waits. */
export const always = (): AbortSignal => new AbortController().signal;
