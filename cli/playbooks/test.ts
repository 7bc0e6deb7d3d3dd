/** Runs the tests of playbooks, and prints the result of each (V2). */
import type { PlaybookTest } from '../../language/compile.ts';
import { type Diagnostic, formatDiagnostic } from '../../language/diagnostics/diagnostics.ts';
import { runTest, type TestResult } from '../../simulate/tests/playbook-tests.ts';
import { refusedText } from '../events/show-refused.ts';
import { Failure } from '../failure.ts';
import { counted, paint, paintSeverity, print, printLine } from '../output.ts';
import { exampleText, whoseNoPart, whyNoPart } from '../report/no-part.ts';
import { type ReadPlaybooks, readPlaybooks } from './read.ts';
import { targetsOf } from './target.ts';

interface TestOptions {
  only?: string;
  json?: boolean;
  trace?: boolean;
}

interface Tally {
  passed: number;
  failed: number;
  /** Tests with a fault in their own lines: what is left of them says nothing. */
  notRun: number;
  /** Faults of the files. */
  errors: number;
}

/** @throws Failure NO_SUCH_TEST when `only` fits none. */
export async function testPlaybooks(paths: string[], options: TestOptions): Promise<void> {
  const tally: Tally = { passed: 0, failed: 0, notRun: 0, errors: 0 };
  for (const target of await targetsOf(paths)) testAll(await readPlaybooks(target), options, tally);
  const { passed, failed, notRun, errors } = tally;
  if (options.only !== undefined && passed + failed + notRun + errors === 0) {
    const hint = '`cuebook test` without --only lists the names of all.';
    throw new Failure('NO_SUCH_TEST', `No test's name has "${options.only}" in it.`, hint);
  }
  const isGreen = failed + notRun + errors === 0;
  if (!isGreen) process.exitCode = 1;
  if (options.json) print(JSON.stringify({ type: 'summary', passed, failed, errors, notRun }));
  else print(paint(isGreen ? 'green' : 'red', summaryOf(tally), process.stdout));
}

/** `5 passed, 1 failed, 1 not run; 2 faults in the files` */
function summaryOf({ passed, failed, notRun, errors }: Tally): string {
  const tests = [`${passed} passed`, `${failed} failed`, ...(notRun > 0 ? [`${notRun} not run`] : [])].join(', ');
  return errors === 0 ? tests : `${tests}; ${errors} ${errors === 1 ? 'fault' : 'faults'} in the files`;
}

function testAll(read: ReadPlaybooks, options: TestOptions, tally: Tally): void {
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
      const ownFaults = faultsInside(test, all, file, faulty);
      if (ownFaults.length > 0) {
        tally.notRun += 1;
        const { it, line } = test;
        const playbook = version.playbook.playbook;
        const faults = ownFaults.map((fault) => `line ${fault.line}: ${fault.code} ${fault.message}`);
        const result = {
          playbook,
          it,
          line,
          passed: false,
          faults: ['not run, as it has faults of its own', ...faults],
        };
        if (options.json) print(JSON.stringify({ type: 'test', ...result, notRun: true, file }));
        else printResult({ ...result, came: [], refused: [] }, file);
        continue;
      }
      const result = runTest(version, test, compiled.workspace.people, {
        trace: options.trace ?? false,
        folder: compiled.versions,
      });
      if (result.passed) tally.passed += 1;
      else tally.failed += 1;
      if (options.json) print(JSON.stringify({ type: 'test', ...named(result), file }));
      else printResult(result, file);
    }
    if (!options.json) print();
  }
  tally.notRun += tellUntested(read.untested, options);
}

/** Of a playbook with faults no test can be run: they are told, and are no pass. */
function tellUntested(untested: ReadPlaybooks['untested'], { only, json }: TestOptions): number {
  let count = 0;
  const wanted = only?.toLowerCase();
  for (const [file, all] of untested) {
    const tests = all.filter(({ it }) => wanted === undefined || it.toLowerCase().includes(wanted));
    if (tests.length === 0) continue;
    count += tests.length;
    const why = 'not run: the playbook has faults, or what it needs has';
    if (json) {
      for (const { it, line } of tests)
        print(JSON.stringify({ type: 'test', it, line, passed: false, faults: [why], notRun: true, file }));
    } else print(`${file}: ${counted(tests.length, 'test')} ${why}\n`);
  }
  return count;
}

/** A line that could not be read is missing in the test: what is left may pass and says nothing. */
function faultsInside(
  test: PlaybookTest,
  all: readonly PlaybookTest[],
  file: string,
  faulty: readonly Diagnostic[],
): Diagnostic[] {
  const next = Math.min(...all.map(({ line }) => line).filter((line) => line > test.line));
  return faulty.filter((fault) => fault.file === file && fault.line >= test.line && fault.line < next);
}

function named({ playbook, it, line, passed, faults, refused, noPart = [], trace }: TestResult) {
  return {
    ...{ playbook, it, line, passed, faults },
    ...(refused.length > 0 && { refused }),
    ...(noPart.length > 0 && { no_part: noPart }),
    ...(trace && { trace }),
  };
}

function printResult(result: TestResult, file: string): void {
  printFaults(result, file);
  for (const one of result.noPart ?? []) {
    const example = exampleText(one);
    const words = `${whoseNoPart(one)}: ${whyNoPart(one)}, ${counted(one.count, 'time')}${example && `: ${example}`}`;
    print(`      ${paint('yellow', words, process.stdout)}`);
  }
  for (const line of result.trace ?? []) printLine(`      ${paint('dim', line, process.stdout)}`);
}

function printFaults({ it, line, passed, faults, refused }: TestResult, file: string): void {
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
