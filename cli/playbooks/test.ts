/** Runs the tests that stand in playbooks, and prints what each came to (V2). */
import { formatDiagnostic } from '../../language/diagnostics/diagnostics.ts';
import { runTest, type TestResult } from '../../simulate/tests/playbook-tests.ts';
import { refusedText } from '../events/show-refused.ts';
import { Failure } from '../failure.ts';
import { paint, paintSeverity, print } from '../output.ts';
import { type ReadPlaybooks, readPlaybooks } from './read.ts';
import { targetsOf } from './target.ts';

interface Tally {
  passed: number;
  failed: number;
  /** Errors that keep playbooks from being tested. */
  errors: number;
}

/** @throws Failure NO_SUCH_TEST when `only` fits none. */
export async function testPlaybooks(paths: string[], options: { only?: string; json?: boolean }): Promise<void> {
  const tally: Tally = { passed: 0, failed: 0, errors: 0 };
  for (const target of await targetsOf(paths)) testAll(await readPlaybooks(target), options, tally);
  const { passed, failed, errors } = tally;
  if (options.only !== undefined && passed + failed + errors === 0) {
    const hint = '`cuebook test` without --only lists the names of all.';
    throw new Failure('NO_SUCH_TEST', `No test's name has "${options.only}" in it.`, hint);
  }
  if (failed + errors > 0) process.exitCode = 1;
  if (options.json) print(JSON.stringify({ type: 'summary', passed, failed, errors }));
  else
    print(paint(failed + errors > 0 ? 'red' : 'green', `${passed} passed, ${failed + errors} failed`, process.stdout));
}

function testAll(read: ReadPlaybooks, options: { only?: string; json?: boolean }, tally: Tally): void {
  const { compiled, diagnostics, sources, files } = read;
  const faulty = diagnostics.filter(({ severity }) => severity === 'error');
  tally.errors += faulty.length;
  for (const diagnostic of faulty) {
    if (options.json) print(JSON.stringify({ type: 'fault', ...diagnostic }));
    else print(`${formatDiagnostic(diagnostic, sources.get(diagnostic.file), paintSeverity)}\n`);
  }
  const wanted = options.only?.toLowerCase();
  for (const version of compiled.versions) {
    const file = files.get(version.playbook.playbook);
    const all = compiled.tests.get(version.playbook.playbook) ?? [];
    const tests = all.filter((test) => wanted === undefined || test.it.toLowerCase().includes(wanted));
    if (file === undefined || tests.length === 0) continue;
    if (!options.json) print(paint('bold', version.playbook.playbook, process.stdout));
    for (const test of tests) {
      const result = runTest(version, test, compiled.workspace.people);
      if (result.passed) tally.passed += 1;
      else tally.failed += 1;
      if (options.json) print(JSON.stringify({ type: 'test', ...named(result), file }));
      else printResult(result, file);
    }
    if (!options.json) print();
  }
}

function named({ playbook, it, line, passed, faults, refused }: TestResult) {
  return { playbook, it, line, passed, faults, ...(refused.length > 0 && { refused }) };
}

function printResult({ it, line, passed, faults, refused }: TestResult, file: string): void {
  if (passed) {
    print(`  ${paint('green', '✓', process.stdout)} ${it}`);
    return;
  }
  print(`  ${paint('red', '✗', process.stdout)} ${it}  ${paint('dim', `${file}:${line}`, process.stdout)}`);
  const reasons = refused.length > 0 ? refused.map((event) => refusedText({ file, ...event })) : faults;
  for (const fault of reasons)
    print(
      fault
        .split('\n')
        .map((part) => `      ${part}`)
        .join('\n'),
    );
}
