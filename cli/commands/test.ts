import type { Command } from 'commander';
import type { TestOptions } from '../playbooks/test/results.ts';
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
    .option('--coverage', 'show the steps and branches that no test reaches')
    .option('--junit <file>', 'write the results into a file, as the XML of JUnit')
    .option('--watch', 'run again what a change of a file concerns, until Ctrl-C')
    .option('--json', 'print one JSON object a line: each fault, each test, coverage, and a summary')
    .action(async (paths: string[], options: TestOptions) => {
      const { testPlaybooks } = await import('../playbooks/test/test.ts');
      await testPlaybooks(paths, options);
    });
  withExample(
    command,
    'test',
    'test playbooks/cart-abandoned.yaml --only "leaves a cart alone" --trace',
    'test playbooks/cart-abandoned.yaml --coverage --watch',
    'test --junit results.xml',
  );
}
