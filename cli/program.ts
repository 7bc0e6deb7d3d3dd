import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { Command } from 'commander';
import { writable } from './output.ts';
import { packageVersion } from './package-version.ts';

/** What every file in `cli/commands/` exports: it adds one command, with its options, action and example. */
export interface CommandModule {
  register(program: Command): void;
}

/**
 * The `cuebook` program with every command of `cli/commands/`: to add one, add a file there. Wrong use throws
 * commander's own error, so that the caller decides about the exit code.
 *
 * @param asked the first word of the command line: where it names a command, no other is loaded
 */
export async function buildProgram(asked?: string): Promise<Command> {
  const program = new Command('cuebook')
    .description('Workflow automation for behavioural triggers: YAML playbooks become durable workflows.')
    .version(await packageVersion())
    .helpCommand(false)
    .showSuggestionAfterError()
    .configureOutput({
      writeOut: (text) => process.stdout.write(writable(text)),
      writeErr: (text) => process.stderr.write(writable(text)),
    })
    .exitOverride();
  withExample(program, 'doctor');
  const folder = fileURLToPath(new URL('./commands/', import.meta.url));
  // Compiled and as written: `.js` with its map and types, or `.ts`.
  const all = (await readdir(folder)).filter((file) => /(?<!\.d)\.(ts|js)$/.test(file)).sort();
  const own = all.filter((file) => file.replace(/\.\w+$/, '') === asked);
  for (const file of own.length > 0 ? own : all) {
    const { register } = (await import(pathToFileURL(join(folder, file)).href)) as CommandModule;
    register(program);
  }
  return program;
}

/** Adds examples below a command's help. @param lines without `npx cuebook` */
export function withExample(command: Command, ...lines: string[]): Command {
  const shown = lines.map((line) => `  $ npx cuebook ${line}`).join('\n');
  return command.addHelpText('after', `\nExample${lines.length === 1 ? '' : 's'}:\n${shown}`);
}
