/** Temporal's SDK in this process: it logs into our log, and leaves signals to the process. */
import { type LogLevel, makeTelemetryFilterString, Runtime } from '@temporalio/worker';
import type { Logger } from 'pino';

let isInstalled = false;

/** To be called before the first connection. There is one runtime a process: of several calls the first counts. */
export function installRuntime(log: Logger): void {
  if (isInstalled) return;
  isInstalled = true;
  Runtime.install({
    logger: {
      log: (level, message, meta) => write(log, level, message, meta),
      trace: (message, meta) => write(log, 'TRACE', message, meta),
      debug: (message, meta) => write(log, 'DEBUG', message, meta),
      info: (message, meta) => write(log, 'INFO', message, meta),
      warn: (message, meta) => write(log, 'WARN', message, meta),
      error: (message, meta) => write(log, 'ERROR', message, meta),
    },
    telemetryOptions: { logging: { forward: {}, filter: makeTelemetryFilterString({ core: 'WARN', other: 'ERROR' }) } },
    shutdownSignals: [],
  });
}

/** What the SDK logs as information (workers come and go, tasks are polled) is detail to us. */
const LEVELS = { TRACE: 'trace', DEBUG: 'trace', INFO: 'debug', WARN: 'warn', ERROR: 'error' } as const;

function write(log: Logger, level: LogLevel, message: string, meta: object = {}): void {
  log[LEVELS[level]]({ ...meta, from: 'temporal' }, message);
}
