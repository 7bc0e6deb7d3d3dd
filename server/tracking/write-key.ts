/** Which source a request comes from, and what it may say: by its write key. */
import type { FastifyRequest } from 'fastify';
import type { KeyGrant, WriteKeys } from '../../store/events/write-keys.ts';
import { Problem } from '../problems.ts';

/**
 * @returns what the key stands for, or undefined when the request has no Authorization header: browsers' SDKs put the key in
 *   the body.
 * @throws Problem `unauthorized` for a header with another scheme or an unknown key, `server_key_in_browser` for a server key
 *   that a page sends.
 */
export function grantFromHeader(request: FastifyRequest, keys: WriteKeys): KeyGrant | undefined {
  const header = request.headers.authorization;
  if (header === undefined) return undefined;
  const encoded = /^basic +([A-Za-z0-9+/_=-]+) *$/i.exec(header)?.[1];
  const [key] = Buffer.from(encoded ?? '', 'base64')
    .toString('utf8')
    .split(':');
  return grantOfKey(key, keys, request);
}

/** @throws Problem `unauthorized` when the body has no key, or one that is unknown; else as above. */
export function grantFromBody(request: FastifyRequest, keys: WriteKeys): KeyGrant {
  const { writeKey } = (request.body ?? {}) as { writeKey?: unknown };
  return grantOfKey(typeof writeKey === 'string' ? writeKey : undefined, keys, request);
}

/** For what changes more than a visitor's own. @throws Problem `key_scope` for a client key. */
export function requireServerKey({ scope }: KeyGrant): void {
  if (scope === 'server') return;
  throw new Problem('key_scope', 'A client key imports nothing: send history from your server, with a server key.');
}

/** @throws Problem as `grantFromHeader`, wherever the key stands. */
export function grantOfKey(key: string | undefined, keys: WriteKeys, { headers }: FastifyRequest): KeyGrant {
  const grant = key === undefined ? undefined : keys.grantOf(key);
  if (grant === undefined) {
    throw new Problem(
      'unauthorized',
      'Send a write key as the user name of basic authentication, with an empty password. Keys are set in CUEBOOK_WRITE_KEYS, or made in the app under Settings.',
      { headers: { 'www-authenticate': 'Basic realm="write key", charset="UTF-8"' } },
    );
  }
  // A page that has it shows it to everybody. Browsers name the page's origin with every POST; servers do not.
  if (grant.scope === 'server' && headers.origin !== undefined) throw serverKeyInPage();
  return grant;
}

export function serverKeyInPage(): Problem {
  return new Problem(
    'server_key_in_browser',
    'This key is for servers, and a page sent it: whoever sees the page can read it. Replace it, and give pages a client key: SOURCE:KEY:client in CUEBOOK_WRITE_KEYS.',
  );
}
