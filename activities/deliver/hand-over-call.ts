/** Calls a claimed activity, within its time, and checks what it answers (S17, P4, P5). */
import type { Logger } from 'pino';
import { ifStorable } from '../../language/json.ts';
import { contextOf } from '../../steps/reply.ts';
import { type ActivityContext, type AnyActivity, PostponedCall, RefusedCall, TIMEOUT_MS } from '../calls/activity.ts';
import { guardedFetch } from '../calls/guarded-fetch.ts';
import type { Activities } from '../calls/load.ts';
import { faultOf } from '../carry-out.ts';
import type { PartResult } from './effect-result.ts';
import type { RequestOptions } from './hand-over-request.ts';
import type { CallPart } from './parts.ts';

export interface CallOptions extends Pick<RequestOptions, 'onNotTaken'> {
  log: Logger;
  activities?: Activities | undefined;
}

const MAX_ANSWER_BYTES = 64 * 1024;
const REASON = /^[\w-]{1,60}$/;

export async function handOverCall(
  part: CallPart,
  options: CallOptions & { playbook: string; isLate(): boolean },
): Promise<PartResult> {
  const { id, activity: name } = part;
  const { activities, playbook, isLate, log } = options;
  const told = (
    result: Pick<PartResult, 'code' | 'permanent' | 'isAttempt'>,
    status: PartResult['status'],
  ): PartResult => {
    const { code, permanent } = result;
    options.onNotTaken?.({ effect: id, playbook, to: name, code: code!, permanent });
    return { row: null, status, ...result };
  };
  const waits = (code: string) => told({ code, permanent: false }, 'failed');
  const refused = (code: string) => told({ code, permanent: true }, 'refused');
  const activity = activities?.get(name);
  if (!activity) return waits('no_activity');
  if (isLate()) return waits('late');
  const given = activity.with.safeParse(part.input);
  if (!given.success) return refused('invalid_input');
  try {
    const answer = await within(activity, given.data, part, log);
    if (answer === TIMED_OUT) {
      const code = 'timeout';
      if (!activity.repeatable) return told({ code, permanent: true }, 'unknown');
      return told({ code, permanent: false, isAttempt: true }, 'failed');
    }
    const checked = activity.answer.safeParse(answer);
    const json = checked.success ? ifStorable(checked.data ?? null) : undefined;
    if (json === undefined) return refused('invalid_answer');
    if (Buffer.byteLength(JSON.stringify(json)) > MAX_ANSWER_BYTES) return refused('answer_too_long');
    return { row: null, status: 'sent', code: null, permanent: false, context: contextOf(json, undefined) };
  } catch (error) {
    const reason = error instanceof Error && REASON.test(error.message) ? error.message : 'failed';
    if (error instanceof RefusedCall) return refused(reason);
    if (error instanceof PostponedCall) return waits(reason);
    log.warn({ effect: id, playbook, activity: name, fault: faultOf(error) }, 'An activity failed');
    return told({ code: reason, permanent: false, isAttempt: true }, 'failed');
  }
}

const TIMED_OUT = Symbol('timed out');

/** Its answer, or that its time is over: what it goes on doing then counts for nothing. */
async function within(activity: AnyActivity, given: unknown, { id, allow }: CallPart, log: Logger): Promise<unknown> {
  const timeoutMs = activity.timeoutMs ?? TIMEOUT_MS;
  const stop = new AbortController();
  const context: ActivityContext = {
    idempotencyKey: id,
    signal: stop.signal,
    fetch: guardedFetch({ allow, signal: stop.signal, timeoutMs }),
    log: log.child({ activity: activity.name, effect: id }),
    secret(name) {
      const value = process.env[name];
      if (value === undefined || value === '') throw new PostponedCall('no_secret');
      return value;
    },
    refuse(reason) {
      throw new RefusedCall(reason);
    },
    later(reason) {
      throw new PostponedCall(reason);
    },
  };
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise<typeof TIMED_OUT>((resolve) => {
    timer = setTimeout(() => resolve(TIMED_OUT), timeoutMs);
  });
  try {
    const running = Promise.resolve().then(() => activity.run(given, context));
    running.catch(() => undefined);
    return await Promise.race([running, over]);
  } finally {
    clearTimeout(timer);
    stop.abort();
  }
}
