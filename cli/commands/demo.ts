import type { Command } from 'commander';
import type { DemoOptions } from '../demo/demo.ts';
import { withExample } from '../program.ts';
import { durationOption, portOption, seedOption, warpOption } from '../run/option-values.ts';

/** `cuebook demo`: a small company's traffic under a warped clock. */
export function register(program: Command): void {
  const command = program
    .command('demo')
    .description('Plays a small company: its shoppers, customers, leads and tickets, an hour in every second.')
    .option('--warp <n>', 'virtual seconds a real second', warpOption, 3600)
    .option('--for <time>', 'ends after so long, as 60s (default: goes on until it is stopped)', durationOption)
    .option('--json', 'print one JSON object at the end, and nothing else')
    .option('--port <port>', 'where it listens (default: a free port)', portOption)
    .option('--seed <n>', 'another seed plays another company', seedOption, 1)
    .option('--data-dir <folder>', 'its data is kept in demo/ in there (default: CUEBOOK_DATA_DIR, else .cuebook)')
    .action(async (options: DemoOptions) => {
      const { demo } = await import('../demo/demo.ts');
      await demo(options);
    });
  withExample(command, 'demo', 'demo --for 60s --json');
}
