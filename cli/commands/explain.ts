import type { Command } from 'commander';
import type { ExplainOptions } from '../explain/explain.ts';
import { withExample } from '../program.ts';
import { countOption, instantOption } from '../run/option-values.ts';

/** `cuebook explain`: what was fired and decided about a subject, with the values that were looked at (V5). */
export function register(program: Command): void {
  const command = program
    .command('explain')
    .description('Says why something happened to a person or record, or why not, as was known at an instant.')
    .option(
      '--subject <id>',
      'the person or record: an id, an e-mail address or a name; type/id where records of two kinds have the same',
    )
    .option(
      '--message <id>',
      'a mail instead: from its Message-ID, or its id, back to step, version, line, commit and events',
    )
    .option('--playbook <name>', 'only this playbook; also what its trigger still needs where it has fired')
    .option('--at <instant>', 'only what was known then, and nothing later', instantOption)
    .option('--limit <count>', 'at most so many firings (default: 20, with --json 500)', countOption)
    .option('--before <instant>', 'only firings of before: the next page', instantOption)
    .option('--data-dir <folder>', 'the data folder (default: CUEBOOK_DATA_DIR, else .cuebook)')
    .option('--json', 'print one JSON object a line')
    .action(async (options: ExplainOptions) => {
      const { explain } = await import('../explain/explain.ts');
      await explain(options);
    });
  withExample(
    command,
    'explain --subject ada',
    'explain --subject ada@example.com',
    'explain --message 5f0c1e@shop.example',
    'explain --subject ticket/4711 --playbook sla-escalation --at 2026-03-02T12:00:00Z',
  );
}
