import { type Logger, pino } from 'pino';
import pretty from 'pino-pretty';
import type { Environment } from '../environment.ts';
import { redact } from './redact.ts';

export type { Logger } from 'pino';

export interface LogOptions {
  level: Environment['LOG_LEVEL'];
  /** Values that must never be shown, wherever they stand. */
  secrets?: string[];
  /** Where lines go. Default: standard error, readable when that is a terminal, else JSON. */
  stream?: { write(line: string): void };
}

/**
 * The program's log: one JSON object a line, or readable lines on a terminal. Secrets, mail addresses and the
 * credentials in URLs are taken out of every line, wherever in it they stand.
 */
export function createLogger(options: LogOptions): Logger {
  const secrets = options.secrets ?? [];
  const readable = () => pretty({ destination: 2, sync: true, ignore: 'pid,hostname', translateTime: 'SYS:HH:MM:ss' });
  const stream = options.stream ?? (process.stderr.isTTY ? readable() : pino.destination({ dest: 2, sync: true }));
  // Without a serializer an error is logged as an empty object.
  const serializers = { error: pino.stdSerializers.err, err: pino.stdSerializers.err };
  return pino({ level: options.level, serializers, hooks: { streamWrite: (line) => redact(line, secrets) } }, stream);
}
