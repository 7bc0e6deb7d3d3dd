/** What is read of messages, tasks and approvals. */
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import type { listMessages, Message } from '../../server/api/contract/messages.ts';
import type { listWork, listWorkComments, Work } from '../../server/api/contract/work.ts';
import { call } from './client.ts';

export interface MessageChoice {
  status?: Message['status'] | undefined;
  playbook?: string | undefined;
}

export const messagesQuery = (choice: MessageChoice) =>
  infiniteQueryOptions({
    queryKey: ['messages', choice],
    queryFn: ({ signal, pageParam }) =>
      call<typeof listMessages>('GET /api/messages', {
        query: { ...choice, ...(pageParam !== null && { after: pageParam }) },
        signal,
      }),
    initialPageParam: null as string | null,
    getNextPageParam: ({ next }) => next,
  });

export interface WorkChoice {
  kind?: Work['kind'] | undefined;
  person?: 'me' | undefined;
  due?: 'overdue' | 'today' | undefined;
  snoozed?: 'yes' | undefined;
}

export const workQuery = (choice: WorkChoice) =>
  infiniteQueryOptions({
    queryKey: ['work', choice],
    queryFn: ({ signal, pageParam }) =>
      call<typeof listWork>('GET /api/work', {
        query: {
          ...choice,
          due: choice.due ?? 'all',
          snoozed: choice.snoozed ?? 'no',
          ...(pageParam !== null && { after: pageParam }),
        },
        signal,
      }),
    initialPageParam: null as string | null,
    getNextPageParam: ({ next }) => next,
  });

export const commentsQuery = (id: string) =>
  queryOptions({
    queryKey: ['work', 'comments', id],
    queryFn: ({ signal }) => call<typeof listWorkComments>('POST /api/work/comments', { body: { id }, signal }),
  });
