import type { Command } from 'commander';
import { withExample } from '../program.ts';

/** `cuebook new`: begins a file from one that works. */
export function register(program: Command): void {
  const command = program.command('new').description('Begins a file from one that works.');
  withExample(command, 'new playbook cart-abandoned-vip --from cart-abandoned', 'new activity look-up-company');
  const activity = command
    .command('activity')
    .description('Writes a custom activity, for the step `do`, and a playbook with a test that uses it (S17).')
    .argument('<name>', 'small letters, digits and dashes')
    .action(async (name: string) => (await import('../playbooks/begin/new-activity.ts')).newActivity(name));
  const playbook = command
    .command('playbook')
    .description('Writes a playbook with its templates and tests, from the one that ships and comes closest.')
    .argument('[name]', 'small letters, digits and dashes (default: asks)')
    .option('--from <playbook>', 'one that ships with Cuebook (default: shows them, and asks)')
    .action(async (name: string | undefined, options: { from?: string }) =>
      (await import('../playbooks/begin/new-playbook.ts')).newPlaybook(name, options),
    );
  withExample(playbook, 'new playbook', 'new playbook cart-abandoned-vip --from cart-abandoned');
  withExample(activity, 'new activity look-up-company');
}
