import { type Command, Option } from 'commander';
import { TABLE_NAMES } from '../../server/api/reports/table-names.ts';
import type { ReportCommandOptions } from '../operate/report/report.ts';
import { withExample } from '../program.ts';
import { dayOption } from '../run/option-values.ts';

/** `cuebook report`: what playbooks achieved in some days (W3, G4). */
export function register(program: Command): void {
  const command = program
    .command('report')
    .description(
      'Says what playbooks achieved in some days: conversions, value, lift with its interval, promises, tasks, data.',
    )
    .option(
      '--from <day>',
      'the first day, on the clocks of the settings’ zone (default: Monday of the last full week)',
      dayOption,
    )
    .option('--to <day>', 'the last day (default: Sunday of the last full week; with --from, yesterday)', dayOption)
    .addOption(
      new Option('--csv <table>', 'print one of the tables, with commas').choices(TABLE_NAMES).conflicts('json'),
    )
    .option('--data-dir <folder>', 'the data folder (default: CUEBOOK_DATA_DIR, else .cuebook)')
    .option('--json', 'print one JSON object')
    .action(async (options: ReportCommandOptions) => (await import('../operate/report/report.ts')).report(options));
  withExample(
    command,
    'report',
    'report --from 2026-01-01 --to 2026-03-31',
    'report --from 2026-01-01 --csv experiments > experiments.csv',
  );
}
