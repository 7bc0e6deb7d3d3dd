import type { Command } from 'commander';
import { type StatusOptions, withStatusOptions } from '../operate/status-options.ts';
import { withExample } from '../program.ts';

/** `cuebook resume`: a paused or halted playbook goes on (N6). */
export function register(program: Command): void {
  const command = program
    .command('resume')
    .argument('<playbook>', 'its name')
    .description('Lets a paused or halted playbook go on. What was held is done, if it still applies.')
    .action(async (playbook: string, options: StatusOptions) => {
      const { setStatus } = await import('../operate/change-status.ts');
      await setStatus(playbook, 'active', options);
    });
  withExample(withStatusOptions(command), 'resume cart-abandoned');
}
