import type { Command } from 'commander';
import { type StatusOptions, withStatusOptions } from '../operate/status-options.ts';
import { withExample } from '../program.ts';

/** `cuebook halt`: pauses a playbook, and holds what its journeys would do (N6). */
export function register(program: Command): void {
  const command = program
    .command('halt')
    .argument('<playbook>', 'its name')
    .description('Pauses a playbook, and holds the mails, tasks and other effects of those who are in it.')
    .action(async (playbook: string, options: StatusOptions) => {
      const { setStatus } = await import('../operate/change-status.ts');
      await setStatus(playbook, 'halted', options);
    });
  withExample(withStatusOptions(command), 'halt cart-abandoned --reason "wrong prices in the mail"');
}
