/** `GET /api/reports`: the figures of some days, by the functions of `cuebook report` and of `report.…` in texts. */
import { LRUCache } from 'lru-cache';
import type { Instant } from '../../../language/model.ts';
import { DAY_MS } from '../../../language/time/duration.ts';
import { addDays, localDate, weekday } from '../../../language/time/zones.ts';
import { lastWeek, periodOfDays, type ReportPeriod, reportOf } from '../../../measurement/report.ts';
import { now as readNow } from '../../../store/postgres/clock.ts';
import type { Database } from '../../../store/postgres/database.ts';
import { colleagueFigures } from '../../../store/reports/measured/figures.ts';
import { REPORTED, readParts } from '../../../store/reports/measured/read-report.ts';
import { Problem } from '../../problems.ts';
import type { QueryOf } from '../contract/endpoint.ts';
import { getReport, MAX_REPORT_DAYS, type ReportShown } from '../contract/reports.ts';
import { isDeployed, readSurroundings } from '../deployed.ts';
import { type Handled, on } from '../handled.ts';
import { TABLE_NAMES } from './table-names.ts';
import { csvOf, type Reported, TABLES } from './tables.ts';

const LIMITS = { timeoutMs: 30_000, totalMs: 120_000 };
const KEPT_MS = 60_000;
const MOST_KEPT = 50;

export function reportRoutes({ database }: { database: Database }): Handled[] {
  const kept = new LRUCache<string, Promise<ReportShown>>({ max: MOST_KEPT, ttl: KEPT_MS });
  return [
    on(getReport, async ({ query }) => {
      const { settings } = await readSurroundings(database);
      const zone = settings.timeZone;
      const period = periodFor(query, await readNow(database.pool), zone);
      const key = JSON.stringify([period, zone, await isDeployed(database)]);
      const found = kept.get(key) ?? read(database, period, zone);
      kept.set(key, found, { noUpdateTTL: true });
      found.catch(() => kept.delete(key));
      return found;
    }),
  ];
}

/** @throws Problem for days that are none, the wrong way round, or too many */
function periodFor({ period, from, to }: QueryOf<typeof getReport>, now: Instant, zone: string): ReportPeriod {
  const today = localDate(now, zone);
  switch (period) {
    case 'last_week':
      return lastWeek(now, zone);
    case '28d':
      return periodOfDays(addDays(today, -27), today, zone);
    case '91d':
      return periodOfDays(addDays(today, -90), today, zone);
    case 'days':
      return daysOf(from, to, zone);
    default:
      return periodOfDays(addDays(today, -weekday(today)), today, zone);
  }
}

function daysOf(from: string | undefined, to: string | undefined, zone: string): ReportPeriod {
  if (from === undefined || to === undefined) {
    throw new Problem('invalid_query', 'Send the first day as `from` and the last one as `to`.', {
      pointer: from === undefined ? '/from' : '/to',
    });
  }
  const days = (Date.parse(to) - Date.parse(from)) / DAY_MS + 1;
  if (days < 1) throw new Problem('invalid_query', 'The first day is after the last.', { pointer: '/from' });
  if (days > MAX_REPORT_DAYS) {
    throw new Problem('invalid_query', `These are ${days} days; ${MAX_REPORT_DAYS} are allowed.`, { pointer: '/from' });
  }
  return periodOfDays(from, to, zone);
}

async function read(database: Database, period: ReportPeriod, zone: string): Promise<ReportShown> {
  const fields = (await isDeployed(database)) ? REPORTED : [];
  const reported = await database.transaction(async (client): Promise<Reported> => {
    const { lifts = [], ...parts } = await readParts(client, period, fields);
    const colleagues = await colleagueFigures(client, period);
    return { report: reportOf(period, { ...parts, lifts }), lifts, colleagues };
  }, LIMITS);
  const { fired, entered, converted, value, sla_met, cadence_kept, complete_profiles } = reported.report;
  return {
    ...{ from: period.firstDay, to: period.lastDay, zone },
    figures: { fired, entered, converted, value, sla_met, cadence_kept, complete_profiles },
    tables: TABLE_NAMES.map((name) => {
      const table = TABLES[name];
      const { columns } = table;
      const picture = table.picture?.(reported) ?? null;
      return { name, columns, rows: table.rows(reported), picture, csv: csvOf(table, reported) };
    }),
  };
}
