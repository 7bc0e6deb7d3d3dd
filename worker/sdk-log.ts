/** What Temporal's SDK says, in our log: its calls to a server that does not answer are detail, the absence is a sentence. */
import type { LogLevel } from '@temporalio/worker';
import type { Logger } from 'pino';
import type { PartWatch } from './part-watch.ts';

/** What the SDK logs as information (workers come and go, tasks are polled) is detail to us. */
const LEVELS = { TRACE: 'trace', DEBUG: 'trace', INFO: 'debug', WARN: 'warn', ERROR: 'error' } as const;
/** The SDK tries by itself what it says from here; every poller of a worker says it several times a second. */
const RETRIES = 'temporalio_client::retry';

export type SdkLog = (level: LogLevel, message: string, meta?: object) => void;

/** @param temporal is told that the server does not answer */
export function sdkLog(log: Logger, temporal: Pick<PartWatch, 'failed'>): SdkLog {
  return (level, message, meta = {}) => {
    const { target, error } = meta as { target?: unknown; error?: unknown };
    if (target === RETRIES) {
      log.debug({ ...meta, from: 'temporal' }, message);
      temporal.failed(statusOf(String(error)));
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
