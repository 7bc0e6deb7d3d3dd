/** What screens read, each under the key by which news of it makes it be read again. */
import { queryOptions } from '@tanstack/react-query';
import type { getHome } from '../../server/api/contract/home.ts';
import type { listPlaybooks } from '../../server/api/contract/playbooks.ts';
import type { getSession } from '../../server/api/contract/session.ts';
import { call, keepToken } from './client.ts';

export const sessionQuery = queryOptions({
  queryKey: ['session'],
  queryFn: async ({ signal }) => {
    const session = await call<typeof getSession>('GET /api/session', { signal });
    keepToken(session.csrfToken);
    return session;
  },
  staleTime: Number.POSITIVE_INFINITY,
});

export const homeQuery = queryOptions({
  queryKey: ['home'],
  queryFn: ({ signal }) => call<typeof getHome>('GET /api/home', { signal }),
});

export const playbooksQuery = queryOptions({
  queryKey: ['playbooks'],
  queryFn: ({ signal }) => call<typeof listPlaybooks>('GET /api/playbooks', { signal }),
});
