import type { Command } from 'commander';
import { withExample } from '../program.ts';
import { portOption, urlOption, warpOption } from '../run/option-values.ts';
import type { StartOptions } from '../run/start.ts';

/** `cuebook start`: the product on one's own data; what is missing is brought along. */
export function register(program: Command): void {
  const command = program
    .command('start')
    .description('Runs Cuebook on your own data: takes events in, evaluates, acts. Starts the parts that are missing.')
    .option('--port <port>', 'where it listens (default: a free port)', portOption)
    .option('--host <address>', 'the address at which it listens (default: 127.0.0.1)')
    .option('--public-url <url>', 'where links in mails lead (default: its own address)', urlOption)
    .option('--data-dir <folder>', 'where data is kept (default: CUEBOOK_DATA_DIR, else .cuebook)')
    .option('--warp <n>', 'virtual seconds a real second (default: as the store has it, at first 1)', warpOption)
    .option('--yes', 'where there is no playbook yet, copy those that ship without asking')
    .action(async (options: StartOptions) => {
      const { start } = await import('../run/start.ts');
      await start(options);
    });
  withExample(command, 'start --port 3000', 'start --yes');
}
