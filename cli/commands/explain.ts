import type { Command } from 'commander';
import type { ExplainOptions } from '../explain/explain.ts';
import { withExample } from '../program.ts';
import { instantOption } from '../run/option-values.ts';

/** `cuebook explain`: what was fired and decided about a subject, with the values that were looked at (V5). */
export function register(program: Command): void {
  const command = program
    .command('explain')
    .description('Says why something happened to somebody, or why not, as was known at an instant.')
    .requiredOption('--subject <id>', 'whom it is about: an id, or type/id where records of two kinds have the same')
    .option('--playbook <name>', 'only this playbook')
    .option('--at <instant>', 'only what was known then, and nothing later', instantOption)
    .option('--data-dir <folder>', 'the data folder (default: CUEBOOK_DATA_DIR, else .cuebook)')
    .option('--json', 'print one JSON object a line')
    .action(async (options: ExplainOptions) => {
      const { explain } = await import('../explain/explain.ts');
      await explain(options);
    });
  withExample(
    command,
    'explain --subject ada',
    'explain --subject ticket/4711 --playbook sla-escalation --at 2026-03-02T12:00:00Z',
  );
}
