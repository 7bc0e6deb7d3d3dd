/** Who may see the pages and use the API: holders of the token, or everybody at this machine where that was chosen. */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Problem } from './problems.ts';

export interface Access {
  /** Of `Authorization: Bearer …`, and what is typed into the sign-in page. */
  apiToken: string;
  /** Nobody signs in. To be set only where the server listens on this machine alone. */
  open: boolean;
}

const COOKIE = 'cuebook_session';
/** A browser stays signed in for a month, or until the token changes. */
const SESSION_SECONDS = 30 * 24 * 3600;
/** A request under another name comes from a foreign page (DNS rebinding). */
const LOOPBACK_HOST = /^(localhost|127\.0\.0\.1|\[::1\])(:\d{1,5})?$/i;

/** True when the request may see what the token protects. */
function isAllowed(request: FastifyRequest, access: Access): boolean {
  if (access.open) return LOOPBACK_HOST.test(request.headers.host ?? '');
  const bearer = /^bearer +(\S+) *$/i.exec(request.headers.authorization ?? '')?.[1];
  if (bearer !== undefined) return isToken(bearer, access);
  const cookie = cookiesOf(request).get(COOKIE);
  return cookie !== undefined && isSame(cookie, sessionOf(access));
}

/** For `/api`: what is not allowed is answered 401 (or 403 under a strange name) as a problem. */
export function requireToken(access: Access) {
  return async (request: FastifyRequest): Promise<void> => {
    if (isAllowed(request, access)) return;
    if (access.open) throw new Problem('foreign_host', 'Open this address as http://127.0.0.1 or http://localhost.');
    const headers = { 'www-authenticate': 'Bearer realm="cuebook"' };
    throw new Problem('unauthorized', 'Send the API token: Authorization: Bearer …', { headers });
  };
}

/** For pages: a browser that is not signed in is led to where it can. */
export function requireSignIn(access: Access) {
  const token = requireToken(access);
  return async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply | undefined> => {
    const asksForPage = request.method === 'GET' && (request.headers.accept ?? '').includes('text/html');
    if (!access.open && asksForPage && !isAllowed(request, access)) return reply.redirect('/sign-in', 303);
    await token(request);
    return undefined;
  };
}

export function isToken(presented: string, { apiToken }: Access): boolean {
  return isSame(presented, apiToken);
}

/** The value of `Set-Cookie` that signs a browser in. */
export function sessionCookie(access: Access, isSecure: boolean): string {
  const secure = isSecure ? '; Secure' : '';
  return `${COOKIE}=${sessionOf(access)}; Path=/; HttpOnly; SameSite=Strict; Max-Age=${SESSION_SECONDS}${secure}`;
}

/** Follows from the token, so that it ends with it and need not be kept. */
function sessionOf({ apiToken }: Access): string {
  return createHmac('sha256', apiToken).update('cuebook session').digest('hex');
}

function isSame(a: string, b: string): boolean {
  const hash = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(hash(a), hash(b));
}

function cookiesOf(request: FastifyRequest): Map<string, string> {
  const pairs = (request.headers.cookie ?? '').split(';').map((pair) => pair.trim().split('='));
  return new Map(pairs.map(([name, value]) => [name ?? '', value ?? '']));
}
