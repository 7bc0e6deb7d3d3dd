import { type Command, InvalidArgumentError } from 'commander';
import type { MessageOptions } from '../operate/messages.ts';
import { withExample } from '../program.ts';

/** `cuebook messages`: what did not go out, and what to do about it (P5). */
export function register(program: Command): void {
  const messages = program
    .command('messages')
    .description(
      'Shows messages that wait for their provider, failed, or may not have come; tries or drops those that wait.',
    );
  withExample(messages, 'messages list', 'messages retry --all --reason connection', 'messages drop ID');
  const list = messages
    .command('list')
    .description('Lists them, newest first: why, since when, when the next try is, and what to mend.')
    .option('--status <status>', 'only those that are: waiting, failed, unknown', statusOption)
    .option('--limit <n>', 'how many', limitOption, 50)
    .option('--after <id>', 'only those after this one: the next page');
  filtered(list).action(async (options: MessageOptions) => (await import('../operate/messages.ts')).list(options));
  withExample(list, 'messages list --status waiting', 'messages list --playbook cart-abandoned --json');
  for (const [name, description] of [
    ['retry', 'Tries waiting messages at once, through every gate.'],
    ['drop', 'Refuses waiting messages as `dropped`: their journeys go on without them.'],
  ] as const) {
    const command = messages
      .command(name)
      .description(description)
      .argument('[id...]', 'as `messages list` shows them')
      .option('--all', 'all that wait and that the other options let through');
    filtered(command).action(async (ids: string[], options: MessageOptions) =>
      (await import('../operate/messages.ts'))[name](ids, options),
    );
    withExample(command, `messages ${name} ID`, `messages ${name} --all --playbook cart-abandoned`);
  }
}

function filtered(command: Command): Command {
  return command
    .option('--playbook <name>', 'only those of this playbook')
    .option('--reason <code>', 'only those with this reason: connection, smtp-451, …')
    .option('--data-dir <folder>', 'the data folder (default: CUEBOOK_DATA_DIR, else .cuebook)')
    .option('--json', 'print one JSON object a line');
}

function statusOption(text: string): string {
  if (text === 'waiting' || text === 'failed' || text === 'unknown') return text;
  throw new InvalidArgumentError('Allowed are waiting, failed and unknown.');
}

function limitOption(text: string): number {
  const limit = Number(text);
  if (/^\d+$/.test(text) && limit >= 1 && limit <= 1_000) return limit;
  throw new InvalidArgumentError('A whole number from 1 to 1000 is allowed.');
}
