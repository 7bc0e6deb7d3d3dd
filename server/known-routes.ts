/** Which methods an address takes: to tell a wrong method from a wrong address. */
import type { FastifyInstance } from 'fastify';

/** @returns the methods of a path, none where there is nothing. Call it before routes are added. */
export function knownRoutes(app: FastifyInstance): (path: string) => string[] {
  const routes: { pattern: RegExp; methods: string[] }[] = [];
  app.addHook('onRoute', ({ url, method }) => {
    // Preflights alone are no reason to come here.
    const methods = [method].flat().filter((it) => it !== 'OPTIONS');
    if (methods.length > 0) routes.push({ pattern: patternOf(url), methods });
  });
  return (path) => {
    const one = path.replace(/\/{2,}/g, '/').replace(/(?<=.)\/$/, '');
    const found = routes.filter(({ pattern }) => pattern.test(one)).flatMap(({ methods }) => methods);
    return [...new Set(found)].sort();
  };
}

/** `/u/*`, `/v1/projects/:key/settings`, `/mailbox/` */
function patternOf(url: string): RegExp {
  const parts = url.replace(/(?<=.)\/$/, '').split('/');
  const escaped = parts.map((part) => {
    if (part === '*') return '.*';
    return part.startsWith(':') ? '[^/]+' : part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  });
  return new RegExp(`^${escaped.join('/')}$`);
}
