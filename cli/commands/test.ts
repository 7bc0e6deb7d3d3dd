import type { Command } from 'commander';
import { withExample } from '../program.ts';

/** `cuebook test`: the `tests:` of playbooks in virtual time (V2). Ends with 1 when one fails, or a playbook is faulty. */
export function register(program: Command): void {
  const command = program
    .command('test')
    .description('Runs the tests of playbooks, in virtual time.')
    .argument('[path...]', 'folders of playbooks, or playbooks (default: CUEBOOK_PLAYBOOKS, else playbooks)')
    .option('--only <text>', 'only the tests whose name has this in it')
    .option(
      '--trace',
      'show all that each test did and looked at: events, firings, decisions with their values, effects',
    )
    .option('--json', 'print one JSON object a line: each fault, each test, and a summary')
    .action(async (paths: string[], options: { only?: string; trace?: boolean; json?: boolean }) => {
      const { testPlaybooks } = await import('../playbooks/test.ts');
      await testPlaybooks(paths, options);
    });
  withExample(command, 'test', 'test playbooks/cart-abandoned.yaml --only "leaves a cart alone" --trace');
}
