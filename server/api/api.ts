/** `/api`: what the web app reads and changes, and programs may, too. */
import type { FastifyInstance } from 'fastify';
import type { Registry } from '../../language/syntax.ts';
import type { PartShown } from '../overview/data.ts';
import { type Handled, serve } from './handled.ts';
import { openapiRoute } from './openapi.ts';
import { statusRoutes } from './status.ts';
import { type WhoOptions, whoRoutes } from './who.ts';

export interface ApiOptions extends WhoOptions {
  registry: Registry;
  parts: readonly PartShown[];
  /** Parts that are watched, by their names in small letters. */
  partStates?: (() => readonly { part: string; up: boolean }[]) | undefined;
}

export function apiRoutes(options: ApiOptions): Handled[] {
  return [...whoRoutes(options), ...statusRoutes(options)];
}

export function api(app: FastifyInstance, options: ApiOptions): void {
  const routes = apiRoutes(options);
  serve(app, options.database, routes);
  openapiRoute(
    app,
    options.version,
    routes.map(({ endpoint }) => endpoint),
  );
}
