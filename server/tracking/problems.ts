/** Every error that the tracking API answers, as RFC 9457 problems with a stable code. */

export const PROBLEMS = {
  unauthorized: { status: 401, title: 'The write key is missing or unknown' },
  invalid_json: { status: 400, title: 'The body is not JSON' },
  invalid_body: { status: 400, title: 'The body is not a call' },
  invalid_event: { status: 400, title: 'The event was refused' },
  too_large: { status: 413, title: 'The request is too large' },
  event_too_large: { status: 413, title: 'The event is too large' },
  unsupported_media_type: { status: 415, title: 'The content type is not supported' },
  unsupported_encoding: { status: 415, title: 'The content encoding is not supported' },
  source_overloaded: { status: 429, title: 'This source sends faster than its share' },
  overloaded: { status: 503, title: 'More events are waiting than can be taken' },
  store_unavailable: { status: 503, title: 'The event store is away' },
  internal: { status: 500, title: 'Cuebook failed' },
} as const;

export type ProblemCode = keyof typeof PROBLEMS;

export interface ProblemDetails {
  /** JSON Pointer (RFC 6901) to what is wrong in the body. */
  pointer?: string;
  retryAfterSeconds?: number;
  /** Further members of the answer. */
  more?: Record<string, unknown>;
}

/** Thrown by routes, answered by the error handler. */
export class Problem extends Error {
  override readonly name = 'Problem';
  readonly code: ProblemCode;
  readonly details: ProblemDetails;
  constructor(code: ProblemCode, detail: string, details: ProblemDetails = {}) {
    super(detail);
    this.code = code;
    this.details = details;
  }

  get status(): number {
    return PROBLEMS[this.code].status;
  }

  /** The members of `application/problem+json`. */
  body(): Record<string, unknown> {
    const { pointer, more } = this.details;
    return {
      type: `urn:cuebook:problem:${this.code}`,
      title: PROBLEMS[this.code].title,
      status: this.status,
      detail: this.message,
      code: this.code,
      ...(pointer === undefined ? {} : { pointer }),
      ...more,
    };
  }
}
