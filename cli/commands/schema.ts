import { writeFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { registry } from '../../evaluation/registry.ts';
import { playbookJsonSchema } from '../../language/compile/json-schema.ts';
import { Failure, messageOf } from '../failure.ts';
import { print, progress } from '../output.ts';
import { withExample } from '../program.ts';

/** `cuebook schema`: the JSON Schema of playbooks, by which editors complete and check them. */
export function register(program: Command): void {
  const command = program
    .command('schema')
    .description('Prints the JSON Schema of playbooks, for editors.')
    .option('--out <file>', 'write it to a file instead')
    .option('--json', 'the schema is JSON with or without this')
    .action(async ({ out }: { out?: string }) => {
      const text = JSON.stringify(playbookJsonSchema(registry), null, 2);
      if (out === undefined) return print(text);
      await writeFile(out, `${text}\n`).catch((error: unknown) => {
        const hint = 'Name a file in a folder that exists and may be written.';
        throw new Failure('NOT_WRITTEN', `${out} could not be written: ${messageOf(error)}`, hint, { cause: error });
      });
      progress(`Written to ${out}. An editor finds it by a first line "# yaml-language-server: $schema=${out}".`);
    });
  withExample(command, 'schema --out playbook.schema.json');
}
