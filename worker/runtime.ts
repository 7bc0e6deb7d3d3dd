/** Temporal's SDK in this process: it logs into our log, and leaves signals to the process. */
import { makeTelemetryFilterString, Runtime } from '@temporalio/worker';
import type { Logger } from 'pino';
import { sdkLog } from './sdk-log.ts';

let isInstalled = false;

/**
 * To be called before the first connection. There is one runtime a process: of several calls the first counts.
 *
 * @param otlpEndpoint where the SDK's own metrics are sent, by OTLP over HTTP: `http://otel-collector:4318`
 */
export function installRuntime(log: Logger, otlpEndpoint?: string): void {
  if (isInstalled) return;
  isInstalled = true;
  const write = sdkLog(log);
  Runtime.install({
    logger: {
      log: write,
      trace: (message, meta) => write('TRACE', message, meta),
      debug: (message, meta) => write('DEBUG', message, meta),
      info: (message, meta) => write('INFO', message, meta),
      warn: (message, meta) => write('WARN', message, meta),
      error: (message, meta) => write('ERROR', message, meta),
    },
    telemetryOptions: {
      logging: { forward: {}, filter: makeTelemetryFilterString({ core: 'WARN', other: 'ERROR' }) },
      ...(otlpEndpoint !== undefined && {
        metrics: { otel: { url: `${otlpEndpoint.replace(/\/$/, '')}/v1/metrics`, http: true } },
      }),
    },
    shutdownSignals: [],
  });
}
