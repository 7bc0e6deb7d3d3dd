/** What Temporal's SDK says, in our log: an absence of the server is one plain sentence a minute, its calls are detail. */
import type { LogLevel } from '@temporalio/worker';
import type { Logger } from 'pino';
import { complainer } from '../activities/complainer.ts';

/** What the SDK logs as information (workers come and go, tasks are polled) is detail to us. */
const LEVELS = { TRACE: 'trace', DEBUG: 'trace', INFO: 'debug', WARN: 'warn', ERROR: 'error' } as const;
/** The SDK tries by itself what it says from here; every poller of a worker says it several times a second. */
const RETRIES = 'temporalio_client::retry';

export const AWAY = 'Temporal does not answer: journeys wait, and go on by themselves when it does';

export type SdkLog = (level: LogLevel, message: string, meta?: object) => void;

export function sdkLog(log: Logger): SdkLog {
  const away = complainer((meta, silenced) => log.warn({ ...(meta as object), silenced, from: 'temporal' }, AWAY));
  return (level, message, meta = {}) => {
    const { target, error } = meta as { target?: unknown; error?: unknown };
    if (target === RETRIES) {
      log.debug({ ...meta, from: 'temporal' }, message);
      away({ reason: reasonOf(String(error)) });
      return;
    }
    log[LEVELS[level]]({ ...meta, from: 'temporal' }, message);
  };
}

/** `Unavailable: tcp connect error` of what Rust prints of a status. */
function reasonOf(status: string): string {
  const [, code, message] = /code: (\w+), message: "([^"]*)"/.exec(status) ?? [];
  return code === undefined ? status.slice(0, 200) : `${code}: ${message}`;
}
