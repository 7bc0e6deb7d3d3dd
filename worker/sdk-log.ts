/** What Temporal's SDK says, in our log: its calls to a server that does not answer are detail, the absence is a sentence. */
import type { LogLevel } from '@temporalio/worker';
import type { Logger } from 'pino';
import { complainer } from '../activities/complainer.ts';

/** What the SDK logs as information (workers come and go, tasks are polled) is detail to us. */
const LEVELS = { TRACE: 'trace', DEBUG: 'trace', INFO: 'debug', WARN: 'warn', ERROR: 'error' } as const;
/** The SDK tries by itself what it says from here; every poller of a worker says it several times a second. */
const RETRIES = 'temporalio_client::retry';

/** That nothing answers is said by whoever watches the server (`PartWatch`). */
const ABSENCE = /^(Unavailable|Cancelled|DeadlineExceeded|Unknown)\b/;

export const REFUSES = 'Temporal refuses calls for the time being: they are tried again';

/** Our own wrapper of activities says that one failed, and why. */
const TOLD_BY_US = /^Activity failed/;
const SLOW = /\[TMPRL1104\]|Workflow task duration exceeded/;
export const BUSY = 'Steps of journeys take longer than 5 seconds: this machine is busy, or PostgreSQL is slow';

export type SdkLog = (level: LogLevel, message: string, meta?: object) => void;

export function sdkLog(log: Logger): SdkLog {
  const refuses = complainer((reason, silenced) => log.warn({ reason, silenced, from: 'temporal' }, REFUSES));
  const busy = complainer((_, silenced) => log.warn({ silenced, from: 'temporal' }, BUSY));
  return (level, message, meta = {}) => {
    const { target, error } = meta as { target?: unknown; error?: unknown };
    if (target === RETRIES) {
      log.debug({ ...meta, from: 'temporal' }, message);
      const status = statusOf(String(error));
      if (!ABSENCE.test(status)) refuses(status);
      return;
    }
    if (level !== 'WARN') {
      log[LEVELS[level]]({ ...meta, from: 'temporal' }, message);
      return;
    }
    // Its warnings carry stacks and task queues: detail, beside one line for people.
    log.debug({ ...meta, from: 'temporal' }, message);
    if (TOLD_BY_US.test(message)) return;
    if (SLOW.test(message)) busy(undefined);
    else log.warn({ from: 'temporal' }, message.split('\n')[0]!);
  };
}

/** `Unavailable: tcp connect error` of what Rust prints of a status. */
function statusOf(status: string): string {
  const [, code, message] = /code: (\w+), message: "([^"]*)"/.exec(status) ?? [];
  return code === undefined ? status.slice(0, 200) : `${code}: ${message}`;
}
