/** `cuebook new playbook`: begins with the one that ships and comes closest. */
import { existsSync } from 'node:fs';
import { join, relative } from 'node:path';
import { loadFolder } from '../../../language/compile/files/load-folder.ts';
import { didYouMean } from '../../../language/diagnostics/nearest.ts';
import { readEnvironment } from '../../environment.ts';
import { Failure } from '../../failure.ts';
import { columns, counted, note, print } from '../../output.ts';
import { registryBeside } from '../activities.ts';
import { adopt } from './adopt.ts';
import { ask, canAsk } from './ask.ts';
import { playbooksAmong, type ShippedPlaybook, shippedFiles } from './shipped.ts';
import { isThere, writeNew } from './write-files.ts';

const NAME = /^[a-z0-9][a-z0-9_-]{0,99}$/;

/** @throws Failure where a name is none, or the file is there already */
export async function newPlaybook(given: string | undefined, options: { from?: string }): Promise<void> {
  const shipped = await shippedFiles();
  const known = playbooksAmong(shipped);
  const from = options.from ?? (await askFor(known));
  if (!known.some(({ name }) => name === from)) throw unknown(from, known);
  const name = given ?? (await askForName(from));
  if (!NAME.test(name)) {
    const hint = 'Small letters, digits and dashes: cart-abandoned-vip.';
    throw new Failure('WRONG_USE', `\`${name}\` cannot be the name of a playbook.`, hint);
  }
  const folder = readEnvironment().CUEBOOK_PLAYBOOKS;
  for (const ending of ['yaml', 'yml']) {
    if (existsSync(join(folder, `${name}.${ending}`))) throw isThere(join(folder, `${name}.${ending}`));
  }
  const present = existsSync(folder) ? (await loadFolder(folder)).files : [];
  const adopted = adopt({ from, name, shipped, present, spoken: await registryBeside(folder) });
  await writeNew(folder, adopted.files);
  const shown = (path: string) => relative('.', join(folder, path));
  print(`Written, from ${from}:`);
  for (const { path } of adopted.files) print(`  ${shown(path)}`);
  const own = shown(`${name}.yaml`);
  if (adopted.errors > 0)
    print(`It does not fit what lies there: ${counted(adopted.errors, 'error')}; npx cuebook lint ${own} shows them.`);
  else if (adopted.failing.length > 0) {
    print(
      `${counted(adopted.failing.length, 'test')} of it ${adopted.failing.length === 1 ? 'does' : 'do'} not pass with the settings that lie there:`,
    );
    for (const it of adopted.failing) print(`  ${it}`);
  }
  print(`Change it, and try it: npx cuebook lint ${own} && npx cuebook test ${own} --watch`);
}

async function askFor(known: readonly ShippedPlaybook[]): Promise<string> {
  const rows = known.map(({ name, description }, i) => [`${i + 1}`, name, description]);
  if (!canAsk()) {
    const hint = `Say --from, with one of: ${known.map(({ name }) => name).join(', ')}.`;
    throw new Failure(
      'WRONG_USE',
      'It is not said which playbook comes closest, and nobody is there to be asked.',
      hint,
    );
  }
  for (const line of columns(rows)) note(line);
  for (;;) {
    const answer = await ask(`Which comes closest? [1-${known.length}, or its name] `);
    const found = known[Number(answer) - 1] ?? known.find(({ name }) => name === answer);
    if (found !== undefined) return found.name;
    if (answer === '') throw new Failure('WRONG_USE', 'None was chosen.', 'Say it by --from.');
    note(`There is no ${answer} among them.`);
  }
}

async function askForName(from: string): Promise<string> {
  if (canAsk()) {
    const answer = await ask(`What is it called? [my-${from}] `);
    return answer === '' ? `my-${from}` : answer;
  }
  throw new Failure(
    'WRONG_USE',
    'The new playbook has no name.',
    `For example: new playbook my-${from} --from ${from}`,
  );
}

function unknown(from: string, known: readonly ShippedPlaybook[]): Failure {
  const names = known.map(({ name }) => name);
  return new Failure('UNKNOWN_PLAYBOOK', `No playbook ${from} ships with Cuebook.`, didYouMean(from, names));
}
