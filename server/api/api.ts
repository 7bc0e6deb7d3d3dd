/** `/api`: what the web app reads and changes, and programs may, too. */
import type { FastifyInstance } from 'fastify';
import type { Registry } from '../../language/syntax.ts';
import { editingStreams } from './editing/editing.ts';
import { eventRoutes } from './events/events.ts';
import { type Handled, serve } from './handled.ts';
import { type HomeOptions, homeRoutes } from './home/home.ts';
import { liveRoute } from './live/live.ts';
import { messageRoutes } from './messages/messages.ts';
import { openapiRoute } from './openapi.ts';
import { type PeopleOptions, peopleRoutes } from './people/people.ts';
import { allPlaybookRoutes, type PlaybookOptions } from './playbooks/playbooks.ts';
import { userRoutes } from './users/users.ts';
import { type WhoOptions, whoRoutes } from './who.ts';
import { type WorkOptions, workRoutes } from './work/work.ts';

export interface ApiOptions extends WhoOptions, HomeOptions, PeopleOptions, WorkOptions, PlaybookOptions {
  registry: Registry;
}

export function apiRoutes(options: ApiOptions): Handled[] {
  return [
    ...whoRoutes(options),
    ...homeRoutes(options),
    ...allPlaybookRoutes(options),
    ...peopleRoutes(options),
    ...messageRoutes(options),
    ...workRoutes(options),
    ...eventRoutes(options),
    ...userRoutes(options),
  ];
}

export function api(app: FastifyInstance, options: ApiOptions): void {
  const routes = apiRoutes(options);
  serve(app, options.database, routes);
  liveRoute(app, options);
  const streams = editingStreams(app, options);
  openapiRoute(app, options.version, [...routes.map(({ endpoint }) => endpoint), ...streams]);
}
