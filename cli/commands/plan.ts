import { type Command, InvalidArgumentError } from 'commander';
import { print } from '../output.ts';
import { withExample } from '../program.ts';

interface Options {
  out?: string;
  days: number;
  enrolExisting?: boolean;
  yes?: boolean;
  dataDir?: string;
  json?: boolean;
}

const MAX_DAYS = 366;

/** `cuebook plan`: what deploying a folder would change, for whom; asked, it deploys just that (V6). */
export function register(program: Command): void {
  const command = program
    .command('plan')
    .argument('[folder]', 'a folder of playbooks (default: CUEBOOK_PLAYBOOKS, else playbooks)')
    .description('Shows what a deployment would change, who is under way, and whom it would reach; then asks.')
    .option('--out <file>', 'write the plan to a file, for `deploy --plan`')
    .option('--days <n>', 'replay so many days of stored events by old and new; 0: none', daysOption, 30)
    .option(
      '--enrol-existing',
      'plan a deployment in which new triggers fire once for each subject for which they hold now',
    )
    .option('--yes', 'deploy what the plan says without asking')
    .option('--data-dir <folder>', 'the data folder (default: CUEBOOK_DATA_DIR, else .cuebook)')
    .option('--json', 'print the plan as JSON, and do not ask')
    .action(async (folder: string | undefined, options: Options) => {
      const { readEnvironment } = await import('../environment.ts');
      const { reachingStore } = await import('../reach-store.ts');
      const { planFolder } = await import('../operate/plan/plan-folder.ts');
      const path = folder ?? readEnvironment().CUEBOOK_PLAYBOOKS;
      const { dataDir, json = false, ...rest } = options;
      await reachingStore(dataDir, async (database) => {
        const { plan, deployed } = await planFolder(database, path, { ...rest, quiet: json });
        if (json) print(JSON.stringify({ ...plan, deployed }));
        if (plan.faults.length > 0) process.exitCode = 1;
      });
    });
  withExample(command, 'plan playbooks', 'plan playbooks --out plan.json', 'plan playbooks --days 90 --json');
}

function daysOption(text: string): number {
  const days = Number(text);
  if (/^\d{1,3}$/.test(text) && days <= MAX_DAYS) return days;
  throw new InvalidArgumentError(`A whole number of days from 0 to ${MAX_DAYS} is allowed.`);
}
