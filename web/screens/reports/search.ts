/** What the address of the reports may say. */
import type { ReportChoice } from '../../api/report-queries.ts';

const DAY = /^\d{4}-\d\d-\d\d$/;

export function readReportSearch({ period, from, to }: { [name: string]: unknown }): ReportChoice {
  const known = (['last_week', '28d', '91d', 'days'] as const).find((it) => it === period);
  const isDay = (value: unknown): value is string => typeof value === 'string' && DAY.test(value);
  if (known !== 'days') return known === undefined ? {} : { period: known };
  return isDay(from) && isDay(to) ? { period: known, from, to } : {};
}
