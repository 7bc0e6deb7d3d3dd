/** `cuebook report`: the figures of some days, read from the store, printed as tables, CSV or JSON. */
import { addDays, localDate } from '../../../language/time/zones.ts';
import { lastWeek, periodOfDays, type ReportPeriod, reportOf } from '../../../measurement/report.ts';
import { TABLE_NAMES, type TableName } from '../../../server/api/reports/table-names.ts';
import { csvOf, type Reported, TABLES } from '../../../server/api/reports/tables.ts';
import { readDeployedConfig } from '../../../store/deployments/deployments.ts';
import { now } from '../../../store/postgres/clock.ts';
import type { Database } from '../../../store/postgres/database.ts';
import { colleagueFigures } from '../../../store/reports/measured/figures.ts';
import { REPORTED, readParts } from '../../../store/reports/measured/read-report.ts';
import { Failure } from '../../failure.ts';
import { columns, paint, print } from '../../output.ts';
import { reachingStore } from '../../reach-store.ts';

export interface ReportCommandOptions {
  from?: string;
  to?: string;
  csv?: TableName;
  dataDir?: string;
  json?: boolean;
}

/** @throws Failure where nothing is deployed, or where the first day is after the last. */
export async function report(options: ReportCommandOptions): Promise<void> {
  await reachingStore(options.dataDir, async (database) => {
    const period = await periodOf(database, options);
    const { lifts = [], ...parts } = await readParts(database.pool, period, REPORTED);
    const colleagues = await colleagueFigures(database.pool, period);
    const reported: Reported = { report: reportOf(period, { ...parts, lifts }), lifts, colleagues };
    if (options.json === true) print(JSON.stringify({ ...reported.report, lifts, colleagues }));
    else if (options.csv !== undefined) process.stdout.write(csvOf(TABLES[options.csv], reported));
    else printTables(reported);
  });
}

async function periodOf(database: Database, { from, to }: ReportCommandOptions): Promise<ReportPeriod> {
  const { rowCount } = await database.pool.query('SELECT FROM deployments LIMIT 1');
  if (rowCount === 0) {
    throw new Failure(
      'NOT_DEPLOYED',
      'Nothing is deployed yet, so there is nothing to report.',
      'Deploy playbooks: npx cuebook deploy',
    );
  }
  const { settings } = await readDeployedConfig(database.pool);
  const at = await now(database.pool);
  const week = lastWeek(at, settings.timeZone);
  const yesterday = addDays(localDate(at, settings.timeZone), -1);
  const first = from ?? (to === undefined ? week.firstDay : addDays(to, -6));
  const last = to ?? (from === undefined ? week.lastDay : yesterday);
  if (first > last) {
    throw new Failure(
      'NO_DAYS',
      `The report would begin on ${first} and end on ${last}: the first day is after the last.`,
      'Say --from a day that is not after --to; without --to, the last day is yesterday.',
    );
  }
  return periodOfDays(first, last, settings.timeZone);
}

function printTables(reported: Reported): void {
  const { from, to } = reported.report;
  print(paint('bold', `${from} to ${to}`, process.stdout));
  for (const table of TABLE_NAMES.map((name) => TABLES[name])) {
    const rows = table.rows(reported);
    if (rows.length === 0) continue;
    print();
    print(paint('bold', table.title, process.stdout));
    const [head, ...lines] = columns([table.columns, ...rows.map((row) => row.map((cell) => `${cell ?? '–'}`))]);
    print(paint('dim', head!, process.stdout));
    for (const line of lines) print(line);
  }
}
