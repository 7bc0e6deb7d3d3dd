/** Runs the tests of playbooks, and prints the result of each (V2). */
import type { PlaybookTest } from '../../../language/compile.ts';
import type { Diagnostic } from '../../../language/diagnostics/diagnostics.ts';
import type { PlaybookVersion } from '../../../language/model.ts';
import { Coverage } from '../../../simulate/tests/coverage.ts';
import { runTest } from '../../../simulate/tests/playbook-tests.ts';
import { Failure } from '../../failure.ts';
import { counted, paint, print } from '../../output.ts';
import { type ReadPlaybooks, readPlaybooks } from '../read.ts';
import { type Target, targetsOf } from '../target.ts';
import { printCoverage, printFault, printJson, printResult, printSummary } from './print.ts';
import { type Ran, Results, type TestOptions } from './results.ts';

/** @throws Failure NO_SUCH_TEST when `only` fits none. */
export async function testPlaybooks(paths: string[], options: TestOptions): Promise<void> {
  const targets = await targetsOf(paths);
  if (!options.watch) return runTargets(targets, options);
  const { watching } = await import('./watch.ts');
  await watching(targets, (some) => runTargets(some, options));
}

/** @throws Failure NO_SUCH_TEST and NOT_WRITTEN */
export async function runTargets(targets: readonly Target[], options: TestOptions): Promise<void> {
  const results = new Results();
  for (const target of targets) {
    // MJML takes longer to load than the tests of a file to run: what it says comes behind them.
    const read = await readPlaybooks(target, { layouts: 'later' });
    testAll(read, options, results);
    tellFaults(await read.layoutFaults(), read, { options, results });
  }
  const { only, json } = options;
  if (only !== undefined && results.ran.length + results.faults.length === 0) {
    const hint = '`cuebook test` without --only lists the names of all.';
    throw new Failure('NO_SUCH_TEST', `No test's name has "${only}" in it.`, hint);
  }
  if (options.coverage) printCoverage(results.covered, json);
  if (options.junit !== undefined) {
    const { writeJunit } = await import('./junit.ts');
    await writeJunit(options.junit, results);
  }
  if (!results.isGreen) process.exitCode = 1;
  printSummary(results, json);
}

interface Into {
  options: TestOptions;
  results: Results;
}

function tellFaults(
  diagnostics: readonly Diagnostic[],
  { sources }: ReadPlaybooks,
  { options, results }: Into,
): Diagnostic[] {
  const faulty = diagnostics.filter(({ severity }) => severity === 'error');
  results.faults.push(...faulty);
  for (const fault of faulty) printFault(fault, sources.get(fault.file), options.json);
  return faulty;
}

function testAll(read: ReadPlaybooks, options: TestOptions, results: Results): void {
  const { compiled, diagnostics, files } = read;
  const into = { options, results };
  const faulty = tellFaults(diagnostics, read, into);
  for (const version of compiled.versions) {
    const { playbook } = version.playbook;
    const file = files.get(playbook);
    const all = compiled.tests.get(playbook) ?? [];
    const tests = all.filter(({ it }) => isWanted(it, options));
    if (file === undefined || tests.length === 0) continue;
    if (!options.json) print(paint('bold', playbook, process.stdout));
    const coverage = new Coverage(version.playbook);
    for (const test of tests) {
      const ownFaults = faultsInside(test, all, file, faulty);
      const one =
        ownFaults.length > 0 ? notRun(test, playbook, ownFaults) : run(version, test, read, { options, coverage });
      tell({ ...one, file }, into);
    }
    if (options.coverage) {
      results.covered.push({ playbook, file, lines: tests[0]!.stepLines, ...coverage.result() });
    }
    if (!options.json) print();
  }
  tellUntested(read.untested, into);
}

function isWanted(it: string, { only }: TestOptions): boolean {
  return only === undefined || it.toLowerCase().includes(only.toLowerCase());
}

function run(
  version: PlaybookVersion,
  test: PlaybookTest,
  { compiled }: ReadPlaybooks,
  { options, coverage }: { options: TestOptions; coverage: Coverage },
): Omit<Ran, 'file'> {
  const began = performance.now();
  const { people } = compiled.workspace;
  const result = runTest(version, test, people, {
    trace: options.trace ?? false,
    folder: compiled.versions,
    ...(options.coverage && { onDecided: coverage.note }),
  });
  return { ...result, tookMs: performance.now() - began };
}

function notRun({ it, line }: PlaybookTest, playbook: string, own: readonly Diagnostic[]): Omit<Ran, 'file'> {
  const faults = own.map((fault) => `line ${fault.line}: ${fault.code} ${fault.message}`);
  const why = 'not run, as it has faults of its own';
  return { playbook, it, line, passed: false, faults: [why, ...faults], notRun: true, tookMs: 0 };
}

function tell(ran: Ran, { options, results }: Into): void {
  results.ran.push(ran);
  if (options.json) printJson(ran);
  else printResult(ran);
}

/** Of a playbook with faults no test can be run: they are told, and are no pass. */
function tellUntested(untested: ReadPlaybooks['untested'], { options, results }: Into): void {
  for (const [file, all] of untested) {
    const tests = all.filter(({ it }) => isWanted(it, options));
    if (tests.length === 0) continue;
    const why = 'not run: the playbook has faults, or what it needs has';
    for (const { it, line } of tests) {
      const ran: Ran = { it, line, passed: false, faults: [why], notRun: true, file, tookMs: 0 };
      results.ran.push(ran);
      if (options.json) printJson(ran);
    }
    if (!options.json) print(`${file}: ${counted(tests.length, 'test')} ${why}\n`);
  }
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
