/** JSON Schemas for editors: of one kind of file, or of all, with the names of a folder. */
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { SCHEMA_KINDS, type SchemaKind, schemaFileOf } from '../../language/compile/files/file-kinds.ts';
import { fileJsonSchema } from '../../language/compile/files/json-schema.ts';
import { loadFolder } from '../../language/compile/files/load-folder.ts';
import { type FolderNames, namesIn } from '../../language/compile/files/schema-names.ts';
import { compileWorkspace } from '../../language/compile.ts';
import { readEnvironment } from '../environment.ts';
import { Failure, messageOf } from '../failure.ts';
import { print, progress } from '../output.ts';
import { registryBeside } from './activities.ts';
import { targetsOf } from './target.ts';

export interface SchemaOptions {
  out?: string;
  into?: string;
  folder?: string;
}

/** @throws Failure NOT_WRITTEN, and NO_SUCH_PATH for a folder that is not there */
export async function schemas(kind: SchemaKind, { out, into, folder }: SchemaOptions): Promise<void> {
  const playbooks = folder ?? readEnvironment().CUEBOOK_PLAYBOOKS;
  const registry = await registryBeside(playbooks);
  const names = folder === undefined ? undefined : await namesOf(folder);
  const textOf = (one: SchemaKind) => `${JSON.stringify(fileJsonSchema(one, registry, names), null, 2)}\n`;
  if (into !== undefined) {
    for (const one of SCHEMA_KINDS) await write(join(into, schemaFileOf(one)), textOf(one));
    progress(`Written to ${into}: ${SCHEMA_KINDS.map(schemaFileOf).join(', ')}.`);
  } else if (out !== undefined) {
    await write(out, textOf(kind));
    progress(`Written to ${out}. An editor finds it by a first line "# yaml-language-server: $schema=${out}".`);
  } else print(textOf(kind).trimEnd());
}

/** Of a folder with faults: those of whatever compiles. */
async function namesOf(folder: string): Promise<FolderNames> {
  const [target] = await targetsOf([folder]);
  const { files } = await loadFolder(target!.folder, target!.shown);
  return namesIn(compileWorkspace(files, await registryBeside(target!.folder), target!.shown).workspace);
}

async function write(file: string, text: string): Promise<void> {
  try {
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
  } catch (error) {
    const hint = 'Name a file in a folder that may be written.';
    throw new Failure('NOT_WRITTEN', `${file} could not be written: ${messageOf(error)}`, hint, { cause: error });
  }
}
