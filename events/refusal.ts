/** Why one event of a request is not taken, while the others are. */

export type RefusalCode =
  | 'invalid_field'
  | 'missing_field'
  | 'unknown_type'
  | 'no_subject'
  | 'conflicting_ids'
  | 'not_storable'
  | 'time_out_of_range'
  | 'reserved_trait'
  | 'key_scope'
  | 'event_too_large';

export class Refused extends Error {
  override readonly name = 'Refused';
  readonly code: RefusalCode;
  /** From the call's root. */
  readonly path: readonly (string | number)[];
  constructor(code: RefusalCode, path: readonly (string | number)[], message: string) {
    super(message);
    this.code = code;
    this.path = path;
  }
}

/** A JSON Pointer (RFC 6901). */
export function pointer(path: readonly (string | number)[]): string {
  return path.map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}
