/** That a browser has shown the token once: a cookie that says until when it counts, sealed. Nothing of it is kept here. */
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import { seenAddress } from '../public-address.ts';
import type { Access } from './access.ts';

const COOKIE = 'cuebook_session';
/** A browser stays signed in for a month, or until the token changes. */
const SESSION_SECONDS = 30 * 24 * 3600;
const VALUE = /^(\d{1,12})\.([0-9a-f]{64})$/;

/** True when the request's cookie was made by `sessionCookie`, with this token, and has not run out. */
export function hasSession(request: FastifyRequest, access: Access): boolean {
  const [, until, seal] = VALUE.exec(cookiesOf(request).get(COOKIE) ?? '') ?? [];
  if (until === undefined || seal === undefined) return false;
  if (Number(until) <= Date.now() / 1_000) return false;
  return timingSafeEqual(Buffer.from(seal, 'hex'), sealOf(until, access));
}

/** The value of `Set-Cookie` that signs a browser in. */
export function sessionCookie(request: FastifyRequest, access: Access): string {
  const until = String(Math.floor(Date.now() / 1_000) + SESSION_SECONDS);
  const seal = sealOf(until, access).toString('hex');
  return `${COOKIE}=${until}.${seal}; ${attributes(request, access)}; Max-Age=${SESSION_SECONDS}`;
}

/** The value of `Set-Cookie` that signs it out. */
export function noSessionCookie(request: FastifyRequest, access: Access): string {
  return `${COOKIE}=; ${attributes(request, access)}; Max-Age=0`;
}

function attributes(request: FastifyRequest, access: Access): string {
  // Over plain HTTP a browser would not keep a cookie for https.
  const isEncrypted = seenAddress(request, access.publicUrl).protocol === 'https';
  return `Path=/; HttpOnly; SameSite=Strict${isEncrypted ? '; Secure' : ''}`;
}

function sealOf(until: string, { apiToken, secret = '' }: Access): Buffer {
  const key = createHmac('sha256', secret).update(apiToken).digest();
  return createHmac('sha256', key).update(`cuebook session until ${until}`).digest();
}

function cookiesOf(request: FastifyRequest): Map<string, string> {
  const pairs = (request.headers.cookie ?? '').split(';').map((pair) => pair.trim().split('='));
  return new Map(pairs.map(([name, value]) => [name ?? '', value ?? '']));
}
