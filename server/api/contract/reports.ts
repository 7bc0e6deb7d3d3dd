/** What playbooks achieved in some days: the tables of `cuebook report`, each with its picture and as CSV. */
import { z } from 'zod';
import { endpoint } from './endpoint.ts';

export const PERIODS = ['this_week', 'last_week', '28d', '91d', 'days'] as const;

const day = z.iso.date();

export const picture = z.object({
  unit: z.enum(['count', 'percent']),
  /** Names of what each bar of a row shows. */
  series: z.array(z.string()).min(1),
  bars: z.array(z.object({ name: z.string(), values: z.array(z.number().nullable()) })),
});
export type Picture = z.infer<typeof picture>;

export const reportTable = z.object({
  name: z.string(),
  columns: z.array(z.string()),
  rows: z.array(z.array(z.union([z.string(), z.number(), z.null()]))),
  /** Left out where nothing of it can be drawn. */
  picture: picture.nullable(),
  csv: z.string(),
});
export type ReportTable = z.infer<typeof reportTable>;

export const report = z.object({
  /** First and last day, in the zone of the settings. */
  from: day,
  to: day,
  zone: z.string(),
  figures: z.object({
    fired: z.int(),
    entered: z.int(),
    converted: z.int(),
    value: z.number(),
    /** Percentages; null of nothing. */
    sla_met: z.number().nullable(),
    cadence_kept: z.number().nullable(),
    complete_profiles: z.number().nullable(),
  }),
  tables: z.array(reportTable),
});
export type ReportShown = z.infer<typeof report>;

export const MAX_REPORT_DAYS = 400;

export const getReport = endpoint({
  method: 'GET',
  path: '/api/reports',
  role: 'viewer',
  summary: `The figures of some days, at most ${MAX_REPORT_DAYS}; read once for all who ask within a minute.`,
  query: z.strictObject({
    period: z.enum(PERIODS).default('this_week'),
    from: day.optional().describe('Of `days`: the first.'),
    to: day.optional().describe('Of `days`: the last.'),
  }),
  answer: report,
});
