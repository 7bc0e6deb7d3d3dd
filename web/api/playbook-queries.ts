/** What the screens of one playbook read. */
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import type {
  getFlow,
  getPlaybook,
  getSource,
  listEnrolments,
  listVersions,
} from '../../server/api/contract/playbook.ts';
import { call } from './client.ts';

const keyOf = (playbook: string, what: string) => ['playbook', playbook, what] as const;

export const playbookQuery = (playbook: string) =>
  queryOptions({
    queryKey: keyOf(playbook, 'detail'),
    queryFn: ({ signal }) =>
      call<typeof getPlaybook>('GET /api/playbooks/{playbook}', { params: { playbook }, signal }),
  });

export const flowQuery = (playbook: string, days: number) =>
  queryOptions({
    queryKey: [...keyOf(playbook, 'flow'), days],
    queryFn: ({ signal }) =>
      call<typeof getFlow>('GET /api/playbooks/{playbook}/flow', { params: { playbook }, query: { days }, signal }),
  });

export const sourceQuery = (playbook: string) =>
  queryOptions({
    queryKey: keyOf(playbook, 'source'),
    queryFn: ({ signal }) =>
      call<typeof getSource>('GET /api/playbooks/{playbook}/source', { params: { playbook }, signal }),
  });

export const versionsQuery = (playbook: string) =>
  queryOptions({
    queryKey: keyOf(playbook, 'versions'),
    queryFn: ({ signal }) =>
      call<typeof listVersions>('GET /api/playbooks/{playbook}/versions', { params: { playbook }, signal }),
  });

export interface JourneyChoice {
  state: 'open' | 'ended' | 'all';
  outcome?: string | undefined;
  reason?: string | undefined;
  version?: string | undefined;
}

export const journeysQuery = (playbook: string, choice: JourneyChoice) =>
  infiniteQueryOptions({
    queryKey: [...keyOf(playbook, 'journeys'), choice],
    queryFn: ({ signal, pageParam }) =>
      call<typeof listEnrolments>('GET /api/playbooks/{playbook}/enrolments', {
        params: { playbook },
        query: { ...choice, ...(pageParam !== null && { after: pageParam }) },
        signal,
      }),
    initialPageParam: null as string | null,
    getNextPageParam: ({ next }) => next,
  });
