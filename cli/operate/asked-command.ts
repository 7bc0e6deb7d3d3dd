/** The commands with which people see what they are asked for, and answer. */
import { type Command, InvalidArgumentError } from 'commander';
import type { AskedKind } from '../../store/journeys/people-answers.ts';
import { withExample } from '../program.ts';
import type { AskedOptions } from './answers.ts';

export interface AskedCommand {
  /** `tasks`, `approvals` */
  name: string;
  kind: AskedKind;
  description: string;
  /** The states that there are. */
  states: readonly string[];
  /** The command, what it answers, and what that says. */
  answers: readonly (readonly [name: string, is: string, description: string])[];
}

export function registerAsked(program: Command, { name, kind, description, states, answers }: AskedCommand): void {
  const asked = program.command(name).description(description);
  withExample(asked, `${name} list`, `${name} ${answers.at(0)![0]} ID --by kim`);
  const list = asked
    .command('list')
    .description('Lists those that can be answered, newest first.')
    .option('--status <status>', `only those that are: ${states.join(', ')}`, statusOption(states))
    .option('--person <id>', 'only those of this colleague')
    .option('--playbook <name>', 'only those of this playbook')
    .option('--limit <n>', 'how many', limitOption, 50)
    .option('--after <id>', 'only those after this one: the next page');
  shared(list).action(async (options: AskedOptions) => (await import('./answers.ts')).list(kind, options));
  withExample(list, `${name} list --person kim`, `${name} list --status ${states.at(-1)} --json`);
  for (const [verb, is, does] of answers) {
    const command = asked
      .command(verb)
      .description(does)
      .argument('<id...>', `as \`${name} list\` shows them`)
      .option('--by <id>', 'the colleague who answers');
    shared(command).action(async (ids: string[], options: AskedOptions) =>
      (await import('./answers.ts')).answerAll(kind, is, ids, options),
    );
    withExample(command, `${name} ${verb} ID --by kim`);
  }
}

function statusOption(states: readonly string[]) {
  return (text: string): string => {
    if (states.includes(text)) return text;
    throw new InvalidArgumentError(`Allowed are ${states.join(', ')}.`);
  };
}

function shared(command: Command): Command {
  return command
    .option('--data-dir <folder>', 'the data folder (default: CUEBOOK_DATA_DIR, else .cuebook)')
    .option('--json', 'print one JSON object a line');
}

function limitOption(text: string): number {
  const limit = Number(text);
  if (/^\d+$/.test(text) && limit >= 1 && limit <= 1_000) return limit;
  throw new InvalidArgumentError('A whole number from 1 to 1000 is allowed.');
}
