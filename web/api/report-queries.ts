/** What is read of reports. */
import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import type { getReport } from '../../server/api/contract/reports.ts';
import { call } from './client.ts';

export interface ReportChoice {
  /** Left out: this week. */
  period?: 'last_week' | '28d' | '91d' | 'days' | undefined;
  /** Of `days`. */
  from?: string | undefined;
  to?: string | undefined;
}

export const reportQuery = (choice: ReportChoice) =>
  queryOptions({
    queryKey: ['reports', choice],
    queryFn: ({ signal }) =>
      call<typeof getReport>('GET /api/reports', {
        query: { ...choice, period: choice.period ?? 'this_week' },
        signal,
      }),
    staleTime: 60_000,
    placeholderData: keepPreviousData,
  });
