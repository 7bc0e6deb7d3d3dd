/** What is read of messages, tasks and approvals. */
import { infiniteQueryOptions } from '@tanstack/react-query';
import type { listMessages, Message } from '../../server/api/contract/messages.ts';
import type { listWork, Work } from '../../server/api/contract/work.ts';
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
}

export const workQuery = (choice: WorkChoice) =>
  infiniteQueryOptions({
    queryKey: ['work', choice],
    queryFn: ({ signal, pageParam }) =>
      call<typeof listWork>('GET /api/work', {
        query: { ...choice, due: choice.due ?? 'all', ...(pageParam !== null && { after: pageParam }) },
        signal,
      }),
    initialPageParam: null as string | null,
    getNextPageParam: ({ next }) => next,
  });
