import type { Command } from 'commander';
import type { MigrateCommand } from '../operate/migrate.ts';
import { withExample } from '../program.ts';

/** `cuebook migrate`: who is under way goes on in the deployed version, where that is certain (N5). */
export function register(program: Command): void {
  const command = program
    .command('migrate')
    .argument('<playbook>', 'its name')
    .description('Takes who is under way in a playbook over to its deployed version, where that is certain.')
    .option('--from <version>', 'only those of this version, by the beginning of its hash (see `plan`)')
    .option('--yes', 'do it without asking')
    .option('--data-dir <folder>', 'the data folder (default: CUEBOOK_DATA_DIR, else .cuebook)')
    .option('--json', 'print what is done, or without --yes would be, as JSON')
    .action(async (playbook: string, options: MigrateCommand) => {
      const { migrate } = await import('../operate/migrate.ts');
      await migrate(playbook, options);
    });
  withExample(command, 'migrate cart-abandoned', 'migrate cart-abandoned --from 20cc6218 --yes');
}
