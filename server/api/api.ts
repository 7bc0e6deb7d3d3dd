/** `/api`: what the web app reads and changes, and programs may, too. */
import type { FastifyInstance } from 'fastify';
import type { Registry } from '../../language/syntax.ts';
import { type BusinessOptions, businessRoutes } from './business.ts';
import { editingStreams } from './editing/editing.ts';
import { type Handled, serve } from './handled.ts';
import { type HomeOptions, homeRoutes } from './home/home.ts';
import { liveRoute } from './live/live.ts';
import { openapiRoute } from './openapi.ts';
import { type PeopleOptions, peopleRoutes } from './people/people.ts';
import { allPlaybookRoutes, type PlaybookOptions } from './playbooks/playbooks.ts';
import { type WhoOptions, whoRoutes } from './who.ts';

export interface ApiOptions extends WhoOptions, HomeOptions, PeopleOptions, BusinessOptions, PlaybookOptions {
  registry: Registry;
}

export function apiRoutes(options: ApiOptions): Handled[] {
  return [
    ...whoRoutes(options),
    ...homeRoutes(options),
    ...allPlaybookRoutes(options),
    ...peopleRoutes(options),
    ...businessRoutes(options),
  ];
}

export function api(app: FastifyInstance, options: ApiOptions): void {
  const routes = apiRoutes(options);
  serve(app, options.database, routes);
  liveRoute(app, options);
  const streams = editingStreams(app, options);
  openapiRoute(app, options.version, [...routes.map(({ endpoint }) => endpoint), ...streams]);
}
