import { writeFile } from 'node:fs/promises';
import { Argument, type Command } from 'commander';
import { SCHEMA_KINDS, type SchemaKind } from '../../language/compile/files/file-kinds.ts';
import { Failure, messageOf } from '../failure.ts';
import { print, progress } from '../output.ts';
import { withExample } from '../program.ts';

/** `cuebook schema`: the JSON Schema of a kind of file, by which editors complete and check it. */
export function register(program: Command): void {
  const command = program
    .command('schema')
    .description('Prints the JSON Schema of playbooks, or of another kind of file, for editors.')
    .addArgument(new Argument('[kind]', 'which files').choices(SCHEMA_KINDS).default('playbooks'))
    .option('--out <file>', 'write it to a file instead')
    .option('--json', 'the schema is JSON with or without this')
    .action(async (kind: SchemaKind, { out }: { out?: string }) => {
      const { fileJsonSchema } = await import('../../language/compile/files/json-schema.ts');
      const { registryBeside } = await import('../playbooks/activities.ts');
      const { readEnvironment } = await import('../environment.ts');
      const registry = await registryBeside(readEnvironment().CUEBOOK_PLAYBOOKS);
      const text = JSON.stringify(fileJsonSchema(kind, registry), null, 2);
      if (out === undefined) return print(text);
      await writeFile(out, `${text}\n`).catch((error: unknown) => {
        const hint = 'Name a file in a folder that exists and may be written.';
        throw new Failure('NOT_WRITTEN', `${out} could not be written: ${messageOf(error)}`, hint, { cause: error });
      });
      progress(`Written to ${out}. An editor finds it by a first line "# yaml-language-server: $schema=${out}".`);
    });
  withExample(command, 'schema --out playbook.schema.json', 'schema calendars --out calendar.schema.json');
}
