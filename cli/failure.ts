/**
 * Something is missing or was used wrongly, and a sentence can say what to do about it. The command line prints
 * `message`, `code` and `hint`, never a stack, and ends with `exitCode`.
 */
export class Failure extends Error {
  /** Stable, in capitals: `DATA_DIR_HELD`. */
  readonly code: string;
  /** What to do now. */
  readonly hint: string;
  /** 1: the work found faults. 2: wrong use, or something missing. */
  readonly exitCode: 1 | 2;

  constructor(code: string, message: string, hint: string, options: { exitCode?: 1 | 2; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'Failure';
    this.code = code;
    this.hint = hint;
    this.exitCode = options.exitCode ?? 2;
  }
}

/** The message of whatever was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
