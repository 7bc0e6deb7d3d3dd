/** The values that a person gives with `--with FILE`. */
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { Diagnostics, FileReport } from '../../../language/compile/report.ts';
import { checkShape } from '../../../language/compile/shape.ts';
import { formatDiagnostic } from '../../../language/diagnostics/diagnostics.ts';
import type { Json } from '../../../language/model.ts';
import { parseYaml } from '../../../language/yaml.ts';
import { Failure, messageOf } from '../../failure.ts';
import { paintSeverity, print } from '../../output.ts';

const values = z.record(z.string(), z.json());
const shape = z.strictObject({
  contact: values.optional(),
  account: values.optional(),
  deal: values.optional(),
  ticket: values.optional(),
  trigger: values.optional(),
  steps: values.optional(),
});

/** By root. */
export type Given = { [root in keyof z.infer<typeof shape>]?: { [name: string]: Json } };

/**
 * @returns undefined where faults of the file have been printed
 * @throws Failure NOT_READ
 */
export async function givenIn(path: string): Promise<Given | undefined> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    const hint = 'Name a file with YAML or JSON in it: contact: { name: Ada }';
    throw new Failure('NOT_READ', `${path} could not be read: ${messageOf(error)}`, hint, { cause: error });
  });
  const { file, source, diagnostics } = parseYaml(path, text);
  const found = new Diagnostics();
  for (const diagnostic of diagnostics) found.add(diagnostic);
  const given = file && checkShape(file.value, shape, [], new FileReport(file, found));
  const faults = found.sorted().filter(({ severity }) => severity === 'error');
  for (const fault of faults) print(`${formatDiagnostic(fault, source, paintSeverity)}\n`);
  return faults.length > 0 ? undefined : (given as Given | undefined);
}
