/** Every error that this server answers: RFC 9457 problems with a stable code. */

interface ProblemKind {
  status: number;
  /** The same at every occurrence. */
  title: string;
  retryAfterSeconds?: number;
}

const KINDS = {
  unauthorized: { status: 401, title: 'The key or token is missing or unknown' },
  key_scope: { status: 403, title: 'The key may not say this' },
  server_key_in_browser: { status: 403, title: 'A server key was sent by a page' },
  foreign_host: { status: 403, title: 'The address is not one of this machine' },
  forbidden: { status: 403, title: 'Your role may not do this' },
  csrf: { status: 403, title: 'The change did not come from a page of this server' },
  not_found: { status: 404, title: 'There is nothing at this address' },
  method_not_allowed: { status: 405, title: 'The address takes other methods' },
  bad_request: { status: 400, title: 'The request cannot be read' },
  invalid_json: { status: 400, title: 'The body is not JSON' },
  invalid_body: { status: 400, title: 'The body is not a call' },
  invalid_query: { status: 400, title: 'The address asks for something that is not there' },
  conflict: { status: 409, title: 'It is no longer as it was' },
  invalid_event: { status: 400, title: 'The event was refused' },
  too_large: { status: 413, title: 'The request is too large' },
  event_too_large: { status: 413, title: 'The event is too large' },
  unsupported_media_type: { status: 415, title: 'The content type is not supported' },
  unsupported_encoding: { status: 415, title: 'The content encoding is not supported' },
  headers_too_large: { status: 431, title: 'The headers are too large' },
  request_timeout: { status: 408, title: 'The request took too long' },
  too_many_guesses: { status: 429, title: 'Wrong tokens came too fast' },
  source_overloaded: { status: 429, title: 'This source sends faster than its share', retryAfterSeconds: 1 },
  overloaded: { status: 503, title: 'More events are waiting than can be taken', retryAfterSeconds: 1 },
  starting: { status: 503, title: 'Cuebook is starting', retryAfterSeconds: 2 },
  store_unavailable: { status: 503, title: 'The store is away', retryAfterSeconds: 5 },
  part_unavailable: { status: 503, title: 'A part that is needed is away', retryAfterSeconds: 5 },
  internal: { status: 500, title: 'Cuebook failed' },
} as const satisfies { [code: string]: ProblemKind };

export type ProblemCode = keyof typeof KINDS;

export interface ProblemDetails {
  /** JSON Pointer (RFC 6901) to what is wrong in the body. */
  pointer?: string;
  headers?: { [name: string]: string };
  /** Further members of the answer. */
  more?: Record<string, unknown>;
}

/** Thrown by routes, answered by `answerErrors`. */
export class Problem extends Error {
  override readonly name = 'Problem';
  readonly code: ProblemCode;
  readonly #details: ProblemDetails;

  /** @param detail what is wrong this time, and what to do */
  constructor(code: ProblemCode, detail: string, details: ProblemDetails = {}) {
    super(detail);
    this.code = code;
    this.#details = details;
  }

  get status(): number {
    return KINDS[this.code].status;
  }

  get headers(): { [name: string]: string } {
    const { retryAfterSeconds }: ProblemKind = KINDS[this.code];
    return {
      ...(retryAfterSeconds !== undefined && { 'retry-after': `${retryAfterSeconds}` }),
      ...this.#details.headers,
    };
  }

  /** The members of `application/problem+json`. */
  body(): Record<string, unknown> {
    const { pointer, more } = this.#details;
    return {
      type: `urn:cuebook:problem:${this.code}`,
      title: KINDS[this.code].title,
      status: this.status,
      detail: this.message,
      code: this.code,
      ...(pointer !== undefined && { pointer }),
      ...more,
    };
  }
}
