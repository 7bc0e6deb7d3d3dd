/** Who may see the pages and use the API: holders of the token, or everybody at this machine where that was chosen. */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Sessions } from '../../store/access/sessions.ts';
import type { User } from '../../store/access/users.ts';
import { ROLES, type Role } from '../api/contract/common.ts';
import { Problem } from '../problems.ts';
import { countGuesses, type Guesses } from './guesses.ts';
import type { SignInLinks } from './links.ts';
import { csrfTokenOf, findSession } from './session.ts';

/** A link that signs in once, as it is printed in the terminal of who started the process. */
export interface SignInCode {
  /** What stands in the link. */
  code: string;
  /** True once, for the code itself, while it counts. */
  take(presented: string): boolean;
}

export interface Access {
  /** Of `Authorization: Bearer …`, and what is typed into the sign-in page. */
  apiToken: string;
  /** Nobody signs in. To be set only where the server listens on this machine alone. */
  open: boolean;
  /** Signs in whoever opens the link that was printed at the start. */
  signInCode?: SignInCode | undefined;
  /** What sessions are sealed with besides the token, so that nobody can guess that by a cookie. */
  secret?: string | undefined;
  /** Under which people reach the server: where it is https, browsers keep their session to that. */
  publicUrl?: string | undefined;
}

/** With the sessions of the server's store. */
export interface ServerAccess extends Access {
  sessions: Sessions;
  /** Links that sign users in; left out where there are no users. */
  links?: SignInLinks | undefined;
}

/** A request under another name comes from a foreign page (DNS rebinding). */
const LOOPBACK_HOST = /^(localhost|127\.0\.0\.1|\[::1\])(:\d{1,5})?$/i;

/** Of each server: forgotten with it. */
const guesses = new WeakMap<Access, Guesses>();

/** Who asks. */
export interface Caller {
  /** Null for the API token, whoever signed in by it, and at an open server. */
  user: User | null;
  role: Role;
  /** What a change has to bring along; null for a bearer token, which no browser sends by itself. */
  csrfToken: string | null;
}

/** Undefined for whoever may see nothing. @throws Problem `too_many_guesses` for wrong tokens too fast. */
async function callerOf(request: FastifyRequest, access: ServerAccess): Promise<Caller | undefined> {
  if (access.open) {
    return isAtThisMachine(request) ? { user: null, role: 'admin', csrfToken: csrfTokenOf('open', access) } : undefined;
  }
  const bearer = /^bearer +(\S+) *$/i.exec(request.headers.authorization ?? '')?.[1];
  if (bearer !== undefined)
    return isToken(bearer, request, access) ? { user: null, role: 'admin', csrfToken: null } : undefined;
  const session = await findSession(request, access);
  return (
    session && {
      user: session.user,
      role: session.user === null ? 'admin' : roleOf(session.user),
      csrfToken: session.csrfToken,
    }
  );
}

/** What the store calls otherwise is none: who has it may see, and nothing more. */
function roleOf({ role }: Pick<User, 'role'>): Role {
  return ROLES.find((one) => one === role) ?? 'viewer';
}

export function isAtThisMachine({ headers }: FastifyRequest): boolean {
  return LOOPBACK_HOST.test(headers.host ?? '');
}

/** For `/api`. @throws Problem `unauthorized`; `foreign_host` under a strange name. */
export async function callerRequired(request: FastifyRequest, access: ServerAccess): Promise<Caller> {
  const caller = await callerOf(request, access);
  if (caller) return caller;
  if (access.open) throw new Problem('foreign_host', 'Open this address as http://127.0.0.1 or http://localhost.');
  const headers = { 'www-authenticate': 'Bearer realm="cuebook"' };
  throw new Problem('unauthorized', 'Send the API token: Authorization: Bearer …', { headers });
}

/** For pages: a browser that is not signed in is led to where it can. */
export function requireSignIn(access: ServerAccess) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply | undefined> => {
    const asksForPage = request.method === 'GET' && (request.headers.accept ?? '').includes('text/html');
    const mayBeLed = !access.open && asksForPage && request.headers.authorization === undefined;
    if (mayBeLed) {
      if (!(await findSession(request, access))) return reply.redirect('/sign-in', 303);
      return undefined;
    }
    await callerRequired(request, access);
    return undefined;
  };
}

/**
 * Compares in a time that does not tell how near the guess was.
 *
 * @throws Problem `too_many_guesses`, whatever was presented, while the address has guessed wrong too often.
 */
export function isToken(presented: string, request: FastifyRequest, access: Access): boolean {
  const counted = guessesOf(access);
  const afterSeconds = counted.take(request.ip);
  if (afterSeconds > 0) {
    throw new Problem('too_many_guesses', `Wrong tokens came from your address. Try again in ${afterSeconds} s.`, {
      headers: { 'retry-after': String(afterSeconds) },
    });
  }
  const isRight = isSame(presented, access.apiToken);
  if (isRight) counted.right(request.ip);
  return isRight;
}

export function guessesOf(access: Access): Guesses {
  const known = guesses.get(access) ?? countGuesses();
  guesses.set(access, known);
  return known;
}

/** Compares in a time that does not tell how near the guess was. */
export function isSame(a: string, b: string): boolean {
  const hash = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(hash(a), hash(b));
}
