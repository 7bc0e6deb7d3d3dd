/** Every request of the app: typed by the API's own contract, answered with data or a problem. */
import type { AnswerOf, BodyOf, Endpoint, ParamsOf, QueryOf } from '../../server/api/contract/endpoint.ts';

/** What the server answered instead (RFC 9457), or that it could not be reached (`status` 0). */
export class ApiProblem extends Error {
  readonly status: number;
  readonly code: string;
  /** JSON Pointer to what is wrong in what was sent. */
  readonly pointer: string | undefined;
  /** What the route says besides: `difference`, `revision`. */
  readonly more: { readonly [name: string]: unknown };

  constructor(status: number, body: { code?: string; title?: string; detail?: string; pointer?: string }) {
    super(body.detail ?? body.title ?? `HTTP ${status}`);
    this.status = status;
    this.code = body.code ?? (status === 0 ? 'unreachable' : 'unknown');
    this.pointer = body.pointer;
    this.more = { ...body };
  }
}

type Input<Name extends string, T> = undefined extends T ? { [K in Name]?: never } : { [K in Name]: T };
type Partially<T> = T extends object ? Partial<T> : T;

/** What a route wants: the parts that its contract names. Query and body may leave out what has a default. */
export type Given<E extends Endpoint> = Input<'params', ParamsOf<E>> &
  (undefined extends QueryOf<E> ? { query?: never } : { query?: Partially<QueryOf<E>> }) &
  (undefined extends BodyOf<E> ? { body?: never } : { body: Partially<BodyOf<E>> }) & { signal?: AbortSignal };

let csrfToken: string | null = null;

/** The token that every change carries: the session's. */
export function keepToken(token: string | null): void {
  csrfToken = token;
}

/** Where a browser goes to sign in; it comes back to the app. */
const SIGN_IN = '/sign-in';

/**
 * @param route method and path as the contract has them
 * @throws ApiProblem
 */
export async function call<E extends Endpoint>(
  route: `${E['method']} ${E['path']}`,
  given: Given<E>,
): Promise<AnswerOf<E>> {
  const response = await ask(route, given);
  return (response.status === 204 ? undefined : await response.json()) as AnswerOf<E>;
}

/** The lines of a route that streams, as they come. @throws ApiProblem */
export async function* callLines<E extends Endpoint>(
  route: `${E['method']} ${E['path']}`,
  given: Given<E>,
): AsyncGenerator<AnswerOf<E>> {
  const { body } = await ask(route, given);
  const reader = body!.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    const lines = (rest + value).split('\n');
    rest = lines.pop()!;
    for (const line of lines) yield JSON.parse(line) as AnswerOf<E>;
  }
}

async function ask<E extends Endpoint>(route: `${E['method']} ${E['path']}`, given: Given<E>): Promise<Response> {
  const [method = 'GET', path = ''] = route.split(' ');
  const { params, query, body, signal } = given as {
    params?: { [name: string]: string };
    query?: { [name: string]: unknown };
    body?: unknown;
    signal?: AbortSignal;
  };
  const url =
    path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(params?.[name] ?? '')) + searchOf(query);
  const response = await fetch(url, {
    method,
    credentials: 'same-origin',
    headers: {
      accept: 'application/json',
      ...(method !== 'GET' && csrfToken !== null && { 'x-csrf-token': csrfToken }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
    ...(signal !== undefined && { signal }),
  }).catch((error: unknown) => {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    throw new ApiProblem(0, {});
  });
  if (response.ok) return response;
  // The session has ended: there is nothing to be shown here.
  if (response.status === 401) location.assign(SIGN_IN);
  throw new ApiProblem(response.status, await response.json().catch(() => ({})));
}

function searchOf(query: { [name: string]: unknown } = {}): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== null && value !== '') search.set(name, String(value));
  }
  return search.size === 0 ? '' : `?${search}`;
}
