/** What the settings read. */
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import type { listCalendars, listChannels, listWriteKeys } from '../../server/api/contract/settings.ts';
import type { getAudit, listUsers } from '../../server/api/contract/users.ts';
import { call } from './client.ts';

export const writeKeysQuery = queryOptions({
  queryKey: ['settings', 'write-keys'],
  queryFn: ({ signal }) => call<typeof listWriteKeys>('GET /api/write-keys', { signal }),
});

export const usersQuery = queryOptions({
  queryKey: ['settings', 'users'],
  queryFn: ({ signal }) => call<typeof listUsers>('GET /api/users', { signal }),
});

export const calendarsQuery = queryOptions({
  queryKey: ['settings', 'calendars'],
  queryFn: ({ signal }) => call<typeof listCalendars>('GET /api/calendars', { signal }),
});

export const channelsQuery = queryOptions({
  queryKey: ['settings', 'channels'],
  queryFn: ({ signal }) => call<typeof listChannels>('GET /api/channels', { signal }),
});

export interface AuditChoice {
  action?: string | undefined;
}

export const auditQuery = (choice: AuditChoice) =>
  infiniteQueryOptions({
    queryKey: ['settings', 'audit', choice],
    queryFn: ({ signal, pageParam }) =>
      call<typeof getAudit>('GET /api/audit', {
        query: { ...choice, ...(pageParam !== null && { after: pageParam }) },
        signal,
      }),
    initialPageParam: null as string | null,
    getNextPageParam: ({ next }) => next,
  });
