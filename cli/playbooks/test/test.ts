/** Runs the tests of playbooks, and prints the result of each (V2). */
import type { Diagnostic } from '../../../language/diagnostics/diagnostics.ts';
import { Coverage } from '../../../simulate/tests/coverage.ts';
import { Failure } from '../../failure.ts';
import { counted, paint, print } from '../../output.ts';
import { type ReadPlaybooks, readPlaybooks } from '../read.ts';
import { type Target, targetsOf } from '../target.ts';
import { printCoverage, printFault, printJson, printResult, printSummary } from './print.ts';
import { type Ran, Results, type TestOptions } from './results.ts';
import { isWanted, NOT_RUN, runOne, testsOf, untestedOf } from './run.ts';

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
  const into = { options, results };
  tellFaults(read.diagnostics, read, into);
  for (const { playbook, file, tests, all } of testsOf(read, options)) {
    if (!options.json) print(paint('bold', playbook.playbook.playbook, process.stdout));
    const coverage = new Coverage(playbook.playbook);
    for (const test of tests) tell(runOne({ playbook, file, all }, test, read, { options, coverage }), into);
    if (options.coverage) {
      const name = playbook.playbook.playbook;
      results.covered.push({ playbook: name, file, lines: tests[0]!.stepLines, ...coverage.result() });
    }
    if (!options.json) print();
  }
  tellUntested(read.untested, into);
}

function tell(ran: Ran, { options, results }: Into): void {
  results.ran.push(ran);
  if (options.json) printJson(ran);
  else printResult(ran);
}

function tellUntested(untested: ReadPlaybooks['untested'], { options, results }: Into): void {
  for (const ran of untestedOf(untested, options)) {
    results.ran.push(ran);
    if (options.json) printJson(ran);
  }
  if (options.json) return;
  for (const [file, all] of untested) {
    const count = all.filter(({ it }) => isWanted(it, options)).length;
    if (count > 0) print(`${file}: ${counted(count, 'test')} ${NOT_RUN}\n`);
  }
}
