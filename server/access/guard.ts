/** Who may call which route of `/api`: each says its role, and one that says none is refused at the start. */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { ROLES, type Role } from '../api/contract/common.ts';
import { Problem } from '../problems.ts';
import { type Caller, callerRequired, isSame, type ServerAccess } from './access.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The least role that may call the route. */
    role?: Role;
  }
}

const callers = new WeakMap<FastifyRequest, Caller>();
const UNSAFE = new Set(['POST', 'PUT', 'PATCH', 'DELETE']);

/**
 * For the whole server, before routes are added: asks who calls each route below `/api`, before a body is read.
 *
 * @throws Error at the start for a route below `/api` without a role.
 */
export function guardApi(app: FastifyInstance, access: ServerAccess): void {
  app.addHook('onRoute', ({ url, method, config }) => {
    if (/^\/api(\/|$)/.test(url) && config?.role === undefined) throw new Error(`${method} ${url} names no role.`);
  });
  app.addHook('onRequest', async (request) => {
    const { role } = request.routeOptions.config;
    if (role === undefined) return;
    const caller = await callerRequired(request, access);
    checkOrigin(request, caller);
    if (!mayAs(caller.role, role)) {
      throw new Problem('forbidden', `This takes the role ${role}; yours is ${caller.role}.`);
    }
    callers.set(request, caller);
  });
}

/** Of a request that the guard has let through. */
export function callerOf(request: FastifyRequest): Caller {
  const caller = callers.get(request);
  if (caller === undefined) throw new Error('The guard has not seen this request.');
  return caller;
}

/** Whether who has a role may do what takes another one. */
export function mayAs(role: Role, needed: Role): boolean {
  return ROLES.indexOf(role) >= ROLES.indexOf(needed);
}

/** A browser sends cookies along with what foreign pages post; what `/api/session` answers it shows to no foreign page. */
function checkOrigin({ method, headers }: FastifyRequest, { csrfToken }: Caller): void {
  if (csrfToken === null || !UNSAFE.has(method)) return;
  const sent = headers['x-csrf-token'];
  if (typeof sent === 'string' && isSame(sent, csrfToken)) return;
  throw new Problem('csrf', 'Send the csrfToken that GET /api/session answers as the header x-csrf-token.');
}
