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

export type SdkLog = (level: LogLevel, message: string, meta?: object) => void;

export function sdkLog(log: Logger): SdkLog {
  const refuses = complainer((reason, silenced) => log.warn({ reason, silenced, from: 'temporal' }, REFUSES));
  return (level, message, meta = {}) => {
    const { target, error } = meta as { target?: unknown; error?: unknown };
    if (target === RETRIES) {
      log.debug({ ...meta, from: 'temporal' }, message);
      const status = statusOf(String(error));
      if (!ABSENCE.test(status)) refuses(status);
      return;
    }
    log[LEVELS[level]]({ ...meta, from: 'temporal' }, message);
  };
}

/** `Unavailable: tcp connect error` of what Rust prints of a status. */
function statusOf(status: string): string {
  const [, code, message] = /code: (\w+), message: "([^"]*)"/.exec(status) ?? [];
  return code === undefined ? status.slice(0, 200) : `${code}: ${message}`;
}
