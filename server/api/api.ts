/** `/api`: what the web app reads and changes, and programs may, too. */
import type { FastifyInstance } from 'fastify';
import type { Registry } from '../../language/syntax.ts';
import { backtestDraft } from './contract/backtest.ts';
import { backtestRoute } from './editing/backtest.ts';
import { draftRoutes } from './editing/drafts.ts';
import type { Studio } from './editing/studio.ts';
import { tryingRoutes } from './editing/trying.ts';
import { eventRoutes } from './events/events.ts';
import { type Handled, serve } from './handled.ts';
import { type HomeOptions, homeRoutes } from './home/home.ts';
import { liveRoute } from './live/live.ts';
import { messageRoutes } from './messages/messages.ts';
import { openapiRoute } from './openapi.ts';
import { type PeopleOptions, peopleRoutes } from './people/people.ts';
import { detailRoutes } from './playbooks/detail.ts';
import { playbooksRoutes, summariesOf } from './playbooks/list.ts';
import { folderOf, type ReadSource, sourceRoutes } from './playbooks/source.ts';
import { statusRoutes } from './playbooks/status.ts';
import { userRoutes } from './users/users.ts';
import { type WhoOptions, whoRoutes } from './who.ts';
import { type WorkOptions, workRoutes } from './work/work.ts';

export interface ApiOptions extends WhoOptions, HomeOptions, PeopleOptions, WorkOptions {
  registry: Registry;
  /** Left out where the server sees no folder of playbooks. */
  readSource?: ReadSource | undefined;
  /** By which playbooks are written; left out where the server sees no folder. */
  studio?: Studio | undefined;
}

export function apiRoutes(options: ApiOptions): Handled[] {
  const { database } = options;
  const read = summariesOf(database);
  const folder = folderOf(database, options.readSource);
  const onDeployed = () => {
    read.forget();
    folder?.forget();
  };
  return [
    ...whoRoutes(options),
    ...homeRoutes(options),
    ...playbooksRoutes({ read }),
    ...detailRoutes({ database, read }),
    ...sourceRoutes({ read, folder }),
    ...draftRoutes(options),
    ...tryingRoutes({ ...options, onDeployed }),
    ...statusRoutes({ database, read }),
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
  backtestRoute(app, options);
  openapiRoute(app, options.version, [...routes.map(({ endpoint }) => endpoint), backtestDraft]);
}
