import type { Command } from 'commander';
import { type StatusOptions, withStatusOptions } from '../operate/status-options.ts';
import { withExample } from '../program.ts';

/** `cuebook pause`: nobody enters a playbook any more; who is in it goes on (N6). */
export function register(program: Command): void {
  const command = program
    .command('pause')
    .argument('<playbook>', 'its name')
    .description('Lets nobody enter a playbook any more. Who is in it goes on.')
    .action(async (playbook: string, options: StatusOptions) => {
      const { setStatus } = await import('../operate/change-status.ts');
      await setStatus(playbook, 'paused', options);
    });
  withExample(withStatusOptions(command), 'pause cart-abandoned --reason "wrong prices"');
}
