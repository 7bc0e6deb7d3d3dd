import { MigrationError } from '../../store/migrate/migration-error.ts';
import { Failure, messageOf } from '../failure.ts';
import { note, paint } from '../output.ts';
import { redact } from './redact.ts';

export interface ReportOptions {
  /** One JSON object instead of sentences. */
  json: boolean;
  /** Also the stack of what was not expected. */
  debug: boolean;
}

/** Says on standard error what went wrong and what to do about it, and gives the exit code. */
export function reportFailure(error: unknown, options: ReportOptions): 1 | 2 {
  const failure = error instanceof Failure ? error : unexpected(error);
  if (options.json) {
    const { code, message, hint } = failure;
    note(redact(JSON.stringify({ error: { code, message, hint } })));
  } else {
    note(redact(`${paint('red', 'error')} ${failure.code}: ${failure.message}`));
    note(redact(`${paint('cyan', 'hint')}: ${failure.hint}`));
  }
  if (options.debug) note(redact(stackOf(error)));
  return failure.exitCode;
}

function unexpected(error: unknown): Failure {
  if (error instanceof MigrationError) return new Failure(error.code, error.message, error.hint, { cause: error });
  const { code } = (error ?? {}) as { code?: unknown };
  return new Failure(
    typeof code === 'string' ? code : 'UNEXPECTED',
    messageOf(error),
    'This was not foreseen. LOG_LEVEL=debug shows where it happened; `cuebook doctor` shows whether something is missing.',
  );
}

function stackOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const own = error.stack ?? error.message;
  return error.cause === undefined ? own : `${own}\ncaused by ${stackOf(error.cause)}`;
}
