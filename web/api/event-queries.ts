/** What is read of events. */
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import type { getEvent, listEventNames, listEvents, listSetAside } from '../../server/api/contract/events.ts';
import { call } from './client.ts';

export interface EventChoice {
  name?: string | undefined;
  source?: string | undefined;
}

export const eventsQuery = (choice: EventChoice) =>
  infiniteQueryOptions({
    queryKey: ['events', 'stream', choice],
    queryFn: ({ signal, pageParam }) =>
      call<typeof listEvents>('GET /api/events', {
        query: { ...choice, ...(pageParam !== null && { after: pageParam }) },
        signal,
      }),
    initialPageParam: null as string | null,
    getNextPageParam: ({ next }) => next,
  });

export const eventNamesQuery = queryOptions({
  queryKey: ['events', 'names'],
  queryFn: ({ signal }) => call<typeof listEventNames>('GET /api/events/names', { signal }),
});

export const eventQuery = (arrival: string) =>
  queryOptions({
    queryKey: ['event', arrival],
    queryFn: ({ signal }) =>
      call<typeof getEvent>('GET /api/events/{arrival}', { params: { arrival: arrival as unknown as number }, signal }),
  });

export const setAsideQuery = infiniteQueryOptions({
  queryKey: ['events', 'aside'],
  queryFn: ({ signal, pageParam }) =>
    call<typeof listSetAside>('GET /api/set-aside', {
      query: pageParam === null ? {} : { after: pageParam },
      signal,
    }),
  initialPageParam: null as string | null,
  getNextPageParam: ({ next }) => next,
});
