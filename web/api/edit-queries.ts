/** What the editor reads, and what it has done. */
import { queryOptions } from '@tanstack/react-query';
import type { backtestDraft } from '../../server/api/contract/backtest.ts';
import type {
  beginDraft,
  DraftFile,
  deployDraft,
  discardDraft,
  getDraft,
  getPlaybookSchema,
  lintDraft,
  listDrafts,
  listShipped,
  planDraft,
  saveDraft,
  testDraft,
} from '../../server/api/contract/editing.ts';
import { call, callLines } from './client.ts';

export const draftKey = (playbook: string) => ['playbook', playbook, 'draft'] as const;

export const draftQuery = (playbook: string) =>
  queryOptions({
    queryKey: draftKey(playbook),
    queryFn: ({ signal }) =>
      call<typeof getDraft>('GET /api/playbooks/{playbook}/draft', { params: { playbook }, signal }),
  });

export const draftsQuery = queryOptions({
  queryKey: ['drafts'],
  queryFn: ({ signal }) => call<typeof listDrafts>('GET /api/drafts', { signal }),
});

export const shippedQuery = queryOptions({
  queryKey: ['shipped-playbooks'],
  queryFn: ({ signal }) => call<typeof listShipped>('GET /api/shipped-playbooks', { signal }),
  staleTime: Number.POSITIVE_INFINITY,
});

export const schemaQuery = queryOptions({
  queryKey: ['playbook-schema'],
  queryFn: ({ signal }) => call<typeof getPlaybookSchema>('GET /api/playbook-schema', { signal }),
  staleTime: 300_000,
});

/** Of these texts, saved or not. */
export const lintQuery = (playbook: string, files: DraftFile[]) =>
  queryOptions({
    queryKey: ['lint', playbook, files],
    queryFn: () =>
      call<typeof lintDraft>('POST /api/playbooks/{playbook}/draft/lint', { params: { playbook }, body: { files } }),
    gcTime: 0,
    enabled: files.length > 0,
  });

const of = (playbook: string) => ({ params: { playbook } });

export const save = (playbook: string, revision: number, files: DraftFile[]) =>
  call<typeof saveDraft>('POST /api/playbooks/{playbook}/draft', { ...of(playbook), body: { revision, files } });

export const discard = (playbook: string, revision: number) =>
  call<typeof discardDraft>('POST /api/playbooks/{playbook}/draft/discard', { ...of(playbook), body: { revision } });

export const test = (playbook: string, files: DraftFile[], signal: AbortSignal) =>
  call<typeof testDraft>('POST /api/playbooks/{playbook}/draft/test', { ...of(playbook), body: { files }, signal });

export const plan = (
  playbook: string,
  asked: { revision: number; days: number; enrolExisting: boolean },
  signal: AbortSignal,
) => call<typeof planDraft>('POST /api/playbooks/{playbook}/draft/plan', { ...of(playbook), body: asked, signal });

export const deploy = (
  playbook: string,
  planned: { revision: number; from: string; to: string; enrolExisting: boolean },
) => call<typeof deployDraft>('POST /api/playbooks/{playbook}/draft/deploy', { ...of(playbook), body: planned });

/** As it goes on, until it is done or stopped. */
export const backtest = (playbook: string, asked: { files: DraftFile[]; days: number }, signal: AbortSignal) =>
  callLines<typeof backtestDraft>('POST /api/playbooks/{playbook}/draft/backtest', {
    ...of(playbook),
    body: asked,
    signal,
  });

export const begin = (playbook: string, from: string) =>
  call<typeof beginDraft>('POST /api/drafts', { body: { playbook, from } });
