/** Why a database cannot be brought up to date. */
export type MigrationCode =
  | 'DATABASE_AHEAD'
  | 'MIGRATION_EDITED'
  | 'MIGRATION_FAILED'
  | 'MIGRATION_HELD'
  | 'MIGRATION_MISSING';

export class MigrationError extends Error {
  override readonly name = 'MigrationError';
  readonly code: MigrationCode;
  /** What to do now. */
  readonly hint: string;

  constructor(code: MigrationCode, message: string, hint: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.hint = hint;
  }
}
