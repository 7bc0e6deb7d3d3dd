/**
 * That a browser has shown the token once: a cookie that says until when it counts, sealed, of a session that the store knows.
 * Signing out ends the session, and not the cookie alone: a copy of it opens nothing any more.
 */
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import type { OpenSession } from '../../store/access/sessions.ts';
import { seenAddress } from '../public-address.ts';
import type { Access, ServerAccess } from './access.ts';

const COOKIE = 'cuebook_session';
/** A browser stays signed in for a month, or until it signs out, or the token changes. */
const SESSION_SECONDS = 30 * 24 * 3600;
const VALUE = /^([\w-]{43})\.(\d{1,12})\.([0-9a-f]{64})$/;

export interface FoundSession extends OpenSession {
  /** What its page sends with each change, and a foreign one cannot know. */
  csrfToken: string;
}

/** The session whose cookie was made by `beginSession`, with this token, and that has not ended. */
export async function findSession(request: FastifyRequest, access: ServerAccess): Promise<FoundSession | undefined> {
  // What is not sealed is not looked for: who has no session costs the store nothing.
  const id = sessionOf(request, access);
  const found = id === undefined ? undefined : await access.sessions.find(id);
  return found && { ...found, csrfToken: csrfTokenOf(id!, access) };
}

/** @param of a session's id, or `open` where nobody signs in */
export function csrfTokenOf(of: string, access: Access): string {
  return sealOf(`csrf ${of}`, access).toString('base64url');
}

/** Signs a browser in. @param userId whose it is; left out for the API token's. @returns the value of `Set-Cookie` */
export async function beginSession(request: FastifyRequest, access: ServerAccess, userId?: string): Promise<string> {
  const id = randomBytes(32).toString('base64url');
  const until = Math.floor(Date.now() / 1_000) + SESSION_SECONDS;
  await access.sessions.begin(id, until * 1_000, userId);
  const said = `${id}.${until}`;
  const seal = sealOf(said, access).toString('hex');
  return `${COOKIE}=${said}.${seal}; ${attributes(request, access)}; Max-Age=${SESSION_SECONDS}`;
}

/** Signs it out, with every other where that is asked for. @returns the value of `Set-Cookie`; undefined without a session */
export async function endSession(
  request: FastifyRequest,
  access: ServerAccess,
  everywhere: boolean,
): Promise<string | undefined> {
  const id = sessionOf(request, access);
  if (id === undefined) return undefined;
  // Who has a session that has ended ends no other.
  const found = everywhere ? await access.sessions.find(id) : undefined;
  if (found) await access.sessions.endAll(found.user?.id ?? null);
  else await access.sessions.end(id);
  return `${COOKIE}=; ${attributes(request, access)}; Max-Age=0`;
}

/** The id of the session that the cookie names; undefined where it is not sealed, or has run out. */
function sessionOf(request: FastifyRequest, access: Access): string | undefined {
  const [, id, until, seal] = VALUE.exec(cookiesOf(request).get(COOKIE) ?? '') ?? [];
  if (id === undefined || until === undefined || seal === undefined) return undefined;
  if (Number(until) <= Date.now() / 1_000) return undefined;
  return timingSafeEqual(Buffer.from(seal, 'hex'), sealOf(`${id}.${until}`, access)) ? id : undefined;
}

function attributes(request: FastifyRequest, access: Access): string {
  // Over plain HTTP a browser would not keep a cookie for https.
  const isEncrypted = seenAddress(request, access.publicUrl).protocol === 'https';
  return `Path=/; HttpOnly; SameSite=Strict${isEncrypted ? '; Secure' : ''}`;
}

function sealOf(said: string, { apiToken, secret = '' }: Access): Buffer {
  const key = createHmac('sha256', secret).update(apiToken).digest();
  return createHmac('sha256', key).update(`cuebook session ${said}`).digest();
}

function cookiesOf(request: FastifyRequest): Map<string, string> {
  const pairs = (request.headers.cookie ?? '').split(';').map((pair) => pair.trim().split('='));
  return new Map(pairs.map(([name, value]) => [name ?? '', value ?? '']));
}
