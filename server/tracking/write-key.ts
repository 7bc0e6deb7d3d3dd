/** Which source a request comes from: by its write key. */
import type { FastifyRequest } from 'fastify';
import type { WriteKeys } from '../../store/events/write-keys.ts';
import { Problem } from '../problems.ts';

/**
 * @returns the source, or undefined when the request has no Authorization header: browsers' SDKs put the key in the body.
 * @throws Problem `unauthorized` for a header with another scheme or an unknown key.
 */
export function sourceFromHeader(request: FastifyRequest, keys: WriteKeys): string | undefined {
  const header = request.headers.authorization;
  if (header === undefined) return undefined;
  const encoded = /^basic +([A-Za-z0-9+/_=-]+) *$/i.exec(header)?.[1];
  const [key] = Buffer.from(encoded ?? '', 'base64')
    .toString('utf8')
    .split(':');
  return known(key, keys);
}

/** @throws Problem `unauthorized` when the body has no key, or one that is unknown. */
export function sourceFromBody(body: unknown, keys: WriteKeys): string {
  const { writeKey } = (body ?? {}) as { writeKey?: unknown };
  return known(typeof writeKey === 'string' ? writeKey : undefined, keys);
}

function known(key: string | undefined, keys: WriteKeys): string {
  const source = key === undefined ? undefined : keys.sourceOf(key);
  if (source !== undefined) return source;
  throw new Problem(
    'unauthorized',
    'Send a write key as the user name of basic authentication, with an empty password. Keys are set in CUEBOOK_WRITE_KEYS.',
    { headers: { 'www-authenticate': 'Basic realm="write key", charset="UTF-8"' } },
  );
}
