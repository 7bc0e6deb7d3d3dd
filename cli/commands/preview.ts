import type { Command } from 'commander';
import type { PreviewOptions } from '../playbooks/preview/preview.ts';
import { withExample } from '../program.ts';

/** `cuebook preview`: a mail as it would leave. Nothing is sent, and nothing is recorded. */
export function register(program: Command): void {
  const command = program
    .command('preview')
    .description('Shows a mail as it would leave now: its head, its text and its HTML. Nothing is sent or recorded.')
    .argument('<template>', "a template's name, or its file")
    .option('--as <id>', 'with the values of this person or record: an id, an e-mail address or a name')
    .option('--playbook <name>', 'as this playbook sends it (default: the first that does)')
    .option('--with <file>', 'values of your own: YAML or JSON with contact, account, deal, ticket, trigger, steps')
    .option('--open', 'write the HTML part into a file and show it in the browser')
    .option('--html', 'print the HTML part alone')
    .option('--text', 'print the text part alone')
    .option('--json', 'print all of it as one JSON object')
    .option('--data-dir <folder>', 'the data folder (default: CUEBOOK_DATA_DIR, else .cuebook)')
    .action(async (template: string, options: PreviewOptions) => {
      const { preview } = await import('../playbooks/preview/preview.ts');
      await preview(template, options);
    });
  withExample(
    command,
    'preview cart-reminder',
    'preview cart-reminder --as ada --open',
    'preview playbooks/templates/cart-reminder.mjml --with values.yaml --text',
  );
}
