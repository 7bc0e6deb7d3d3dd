import { Argument, type Command } from 'commander';
import { SCHEMA_KINDS, type SchemaKind } from '../../language/compile/files/file-kinds.ts';
import type { SchemaOptions } from '../playbooks/schemas.ts';
import { withExample } from '../program.ts';

/** `cuebook schema`: the JSON Schema of a kind of file, by which editors complete and check it. */
export function register(program: Command): void {
  const command = program
    .command('schema')
    .description('Prints the JSON Schema of playbooks, or of another kind of file, for editors.')
    .addArgument(new Argument('[kind]', 'which files').choices(SCHEMA_KINDS).default('playbooks'))
    .option('--folder <folder>', 'complete it with the names found in this folder of playbooks')
    .option('--out <file>', 'write it to a file instead')
    .option('--into <folder>', 'write those of all kinds into a folder')
    .option('--json', 'the schema is JSON with or without this')
    .action(async (kind: SchemaKind, options: SchemaOptions) => {
      const { schemas } = await import('../playbooks/schemas.ts');
      await schemas(kind, options);
    });
  withExample(
    command,
    'schema --out playbook.schema.json',
    'schema calendars --out calendar.schema.json',
    'schema --folder playbooks --into .vscode/schemas',
  );
}
