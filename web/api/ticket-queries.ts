/** What is read of tickets, and of who works on them. */
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import type { getTicket, listColleagues, listTickets } from '../../server/api/contract/tickets.ts';
import { call } from './client.ts';

export interface TicketChoice {
  state?: 'hour' | 'risk' | 'running' | 'breached' | 'paused' | undefined;
  person?: 'me' | undefined;
  team?: string | undefined;
  policy?: string | undefined;
}

export const ticketsQuery = (choice: TicketChoice) =>
  infiniteQueryOptions({
    queryKey: ['tickets', choice],
    queryFn: ({ signal, pageParam }) =>
      call<typeof listTickets>('GET /api/tickets', {
        query: { ...choice, ...(pageParam !== null && { after: pageParam }) },
        signal,
      }),
    initialPageParam: null as string | null,
    getNextPageParam: ({ next }) => next,
  });

export const ticketQuery = (id: string) =>
  queryOptions({
    queryKey: ['ticket', id],
    queryFn: ({ signal }) => call<typeof getTicket>('POST /api/tickets/one', { body: { id }, signal }),
  });

export const colleaguesQuery = queryOptions({
  queryKey: ['colleagues'],
  queryFn: ({ signal }) => call<typeof listColleagues>('GET /api/colleagues', { signal }),
});
