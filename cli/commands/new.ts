import type { Command } from 'commander';
import { withExample } from '../program.ts';

/** `cuebook new`: begins a file from one that works. */
export function register(program: Command): void {
  const command = program.command('new').description('Begins a file from one that works.');
  withExample(command, 'new activity look-up-company');
  const activity = command
    .command('activity')
    .description('Writes a custom activity, for the step `do`, and a playbook with a test that uses it (S17).')
    .argument('<name>', 'small letters, digits and dashes')
    .action(async (name: string) => (await import('../playbooks/new-activity.ts')).newActivity(name));
  withExample(activity, 'new activity look-up-company');
}
