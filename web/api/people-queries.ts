/** What is read of people. Texts that are searched for, and ids, go by the body: addresses are no log's business. */
import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query';
import type { Subject } from '../../server/api/contract/common.ts';
import type {
  getProfile,
  getTimeline,
  getWhy,
  Happening,
  Person,
  searchPeople,
} from '../../server/api/contract/people.ts';
import { call } from './client.ts';

export type RecordKind = Extract<Person['type'], 'contact' | 'account' | 'deal' | 'ticket'>;

export const searchQuery = (type: RecordKind, q: string) =>
  infiniteQueryOptions({
    queryKey: ['people', 'search', type, q],
    queryFn: ({ signal, pageParam }) =>
      call<typeof searchPeople>('POST /api/people/search', {
        body: { type, q, ...(pageParam !== null && { after: pageParam }) },
        signal,
      }),
    initialPageParam: null as string | null,
    getNextPageParam: ({ next }) => next,
    placeholderData: keepPreviousData,
  });

export const profileQuery = ({ type, id }: Subject) =>
  queryOptions({
    queryKey: ['person', type, id, 'profile'],
    queryFn: ({ signal }) => call<typeof getProfile>('POST /api/people/profile', { body: { type, id }, signal }),
  });

export const timelineQuery = ({ type, id }: Subject, kinds: readonly Happening['kind'][]) =>
  infiniteQueryOptions({
    queryKey: ['person', type, id, 'timeline', kinds],
    queryFn: ({ signal, pageParam }) =>
      call<typeof getTimeline>('POST /api/people/timeline', {
        body: {
          type,
          id,
          ...(kinds.length > 0 && { kinds: [...kinds] }),
          ...(pageParam !== null && { after: pageParam }),
        },
        signal,
      }),
    initialPageParam: null as string | null,
    getNextPageParam: ({ next }) => next,
  });

export const whyQuery = ({ type, id }: Subject, playbook: string, at: string | undefined) =>
  queryOptions({
    queryKey: ['person', type, id, 'why', playbook, at],
    queryFn: ({ signal }) =>
      call<typeof getWhy>('POST /api/people/why', {
        body: { type, id, playbook, ...(at !== undefined && { at }) },
        signal,
      }),
  });
