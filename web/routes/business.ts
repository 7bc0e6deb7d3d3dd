/** The screens for running the business: tickets, events, reports, settings. */
import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { readEventSearch } from '../screens/events/search.ts';
import { readReportSearch } from '../screens/reports/search.ts';
import { readSettingsSearch } from '../screens/settings/search.ts';
import { readTicketSearch } from '../screens/tickets/search.ts';
import { root } from './root.ts';

const tickets = createRoute({
  getParentRoute: () => root,
  path: '/tickets',
  validateSearch: readTicketSearch,
  component: lazyRouteComponent(() => import('../screens/tickets/tickets.tsx')),
});

const ticket = createRoute({
  getParentRoute: () => root,
  path: '/tickets/$id',
  component: lazyRouteComponent(() => import('../screens/tickets/ticket.tsx')),
});

const events = createRoute({
  getParentRoute: () => root,
  path: '/events',
  validateSearch: readEventSearch,
  component: lazyRouteComponent(() => import('../screens/events/events.tsx')),
});

const event = createRoute({
  getParentRoute: () => root,
  path: '/events/$arrival',
  component: lazyRouteComponent(() => import('../screens/events/event.tsx')),
});

const reports = createRoute({
  getParentRoute: () => root,
  path: '/reports',
  validateSearch: readReportSearch,
  component: lazyRouteComponent(() => import('../screens/reports/reports.tsx')),
});

const settings = createRoute({
  getParentRoute: () => root,
  path: '/settings',
  validateSearch: readSettingsSearch,
  component: lazyRouteComponent(() => import('../screens/settings/settings.tsx')),
});

export const business = [tickets, ticket, events, event, reports, settings] as const;
