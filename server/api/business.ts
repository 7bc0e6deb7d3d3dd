/** The routes for running the business: what waits, what breaks, what came in, what it came to, and what it runs on. */
import { type EventOptions, eventRoutes } from './events/events.ts';
import type { Handled } from './handled.ts';
import { messageRoutes } from './messages/messages.ts';
import { reportRoutes } from './reports/reports.ts';
import { calendarRoutes } from './settings/calendars.ts';
import { type ChannelOptions, channelRoutes } from './settings/channels.ts';
import { userRoutes } from './settings/users.ts';
import { type WriteKeyOptions, writeKeyRoutes } from './settings/write-keys.ts';
import { type TicketOptions, ticketRoutes } from './tickets/tickets.ts';
import { taskChangeRoutes } from './work/task-changes.ts';
import { type WorkOptions, workRoutes } from './work/work.ts';

export type BusinessOptions = EventOptions & WorkOptions & TicketOptions & ChannelOptions & WriteKeyOptions;

export function businessRoutes(options: BusinessOptions): Handled[] {
  return [
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
