/** Which address shows which screen; each screen is loaded when it is gone to. */
import { createRoute, createRouter, lazyRouteComponent } from '@tanstack/react-router';
import { business } from './routes/business.ts';
import { root } from './routes/root.ts';
import { readMessageSearch, readWorkSearch } from './screens/messages/search.ts';
import { readPeopleSearch, readPersonSearch } from './screens/people/search.ts';
import { readSearch } from './screens/playbook/tabs.ts';

const home = createRoute({
  getParentRoute: () => root,
  path: '/',
  component: lazyRouteComponent(() => import('./screens/home/home.tsx')),
});

const playbooks = createRoute({
  getParentRoute: () => root,
  path: '/playbooks',
  component: lazyRouteComponent(() => import('./screens/playbooks/playbooks.tsx')),
});

const playbook = createRoute({
  getParentRoute: () => root,
  path: '/playbooks/$playbook',
  validateSearch: readSearch,
  component: lazyRouteComponent(() => import('./screens/playbook/playbook.tsx')),
});

const edit = createRoute({
  getParentRoute: () => root,
  path: '/playbooks/$playbook/edit',
  component: lazyRouteComponent(() => import('./screens/edit/edit.tsx')),
});

const people = createRoute({
  getParentRoute: () => root,
  path: '/people',
  validateSearch: readPeopleSearch,
  component: lazyRouteComponent(() => import('./screens/people/people.tsx')),
});

const messages = createRoute({
  getParentRoute: () => root,
  path: '/messages',
  validateSearch: readMessageSearch,
  component: lazyRouteComponent(() => import('./screens/messages/messages.tsx')),
});

const tasks = createRoute({
  getParentRoute: () => root,
  path: '/tasks',
  validateSearch: readWorkSearch,
  component: lazyRouteComponent(() => import('./screens/tasks/tasks.tsx')),
});

const person = createRoute({
  getParentRoute: () => root,
  path: '/people/$type/$id',
  validateSearch: readPersonSearch,
  component: lazyRouteComponent(() => import('./screens/person/person.tsx')),
});

export const router = createRouter({
  routeTree: root.addChildren([home, playbooks, playbook, edit, people, person, messages, tasks, ...business]),
  basepath: '/app',
  defaultPreload: 'intent',
  scrollRestoration: true,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
