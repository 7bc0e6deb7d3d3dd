/** `/api`: what the web app reads and changes, and programs may, too. */
import type { FastifyInstance } from 'fastify';
import type { Registry } from '../../language/syntax.ts';
import { eventRoutes } from './events/events.ts';
import { type Handled, serve } from './handled.ts';
import { type HomeOptions, homeRoutes } from './home/home.ts';
import { liveRoute } from './live/live.ts';
import { messageRoutes } from './messages/messages.ts';
import { openapiRoute } from './openapi.ts';
import { type PeopleOptions, peopleRoutes } from './people/people.ts';
import { detailRoutes } from './playbooks/detail.ts';
import { playbooksRoutes, summariesOf } from './playbooks/list.ts';
import { type ReadSource, sourceRoutes } from './playbooks/source.ts';
import { statusRoutes } from './playbooks/status.ts';
import { reportRoutes } from './reports/reports.ts';
import { calendarRoutes } from './settings/calendars.ts';
import { type ChannelOptions, channelRoutes } from './settings/channels.ts';
import { type WriteKeyOptions, writeKeyRoutes } from './settings/write-keys.ts';
import { type TicketOptions, ticketRoutes } from './tickets/tickets.ts';
import { userRoutes } from './users/users.ts';
import { type WhoOptions, whoRoutes } from './who.ts';
import { taskChangeRoutes } from './work/task-changes.ts';
import { type WorkOptions, workRoutes } from './work/work.ts';

export interface ApiOptions
  extends WhoOptions,
    HomeOptions,
    PeopleOptions,
    WorkOptions,
    TicketOptions,
    ChannelOptions,
    WriteKeyOptions {
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
    ...messageRoutes(options),
    ...workRoutes(options),
    ...taskChangeRoutes(options),
    ...ticketRoutes(options),
    ...reportRoutes(options),
    ...calendarRoutes(options),
    ...channelRoutes(options),
    ...writeKeyRoutes(options),
    ...eventRoutes(options),
    ...userRoutes(options),
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
