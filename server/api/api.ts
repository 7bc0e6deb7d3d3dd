/** `/api`: what the web app reads and changes, and programs may, too. */
import type { FastifyInstance } from 'fastify';
import type { Registry } from '../../language/syntax.ts';
import { type BusinessOptions, businessRoutes } from './business.ts';
import { type Handled, serve } from './handled.ts';
import { type HomeOptions, homeRoutes } from './home/home.ts';
import { liveRoute } from './live/live.ts';
import { openapiRoute } from './openapi.ts';
import { type PeopleOptions, peopleRoutes } from './people/people.ts';
import { detailRoutes } from './playbooks/detail.ts';
import { playbooksRoutes, summariesOf } from './playbooks/list.ts';
import { type ReadSource, sourceRoutes } from './playbooks/source.ts';
import { statusRoutes } from './playbooks/status.ts';
import { type WhoOptions, whoRoutes } from './who.ts';

export interface ApiOptions extends WhoOptions, HomeOptions, PeopleOptions, BusinessOptions {
  registry: Registry;
  /** Left out where the server sees no folder of playbooks. */
  readSource?: ReadSource | undefined;
}

export function apiRoutes(options: ApiOptions): Handled[] {
  const { database } = options;
  const read = summariesOf(database);
  return [
    ...whoRoutes(options),
    ...homeRoutes(options),
    ...playbooksRoutes({ read }),
    ...detailRoutes({ database, read }),
    ...sourceRoutes({ read, readSource: options.readSource }),
    ...statusRoutes({ database, read }),
    ...peopleRoutes(options),
    ...businessRoutes(options),
  ];
}

export function api(app: FastifyInstance, options: ApiOptions): void {
  const routes = apiRoutes(options);
  serve(app, options.database, routes);
  liveRoute(app, options);
  openapiRoute(
    app,
    options.version,
    routes.map(({ endpoint }) => endpoint),
  );
}
