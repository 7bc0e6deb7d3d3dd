/** The tests of playbooks as they are run, one after the other: whoever shows them shows the same (V2). */
import type { PlaybookTest } from '../../../language/compile.ts';
import type { Diagnostic } from '../../../language/diagnostics/diagnostics.ts';
import type { PlaybookVersion } from '../../../language/model.ts';
import type { Coverage } from '../../../simulate/tests/coverage.ts';
import { runTest } from '../../../simulate/tests/playbook-tests.ts';
import type { ReadPlaybooks } from '../read.ts';
import type { Ran, TestOptions } from './results.ts';

export const NOT_RUN = 'not run: the playbook has faults, or what it needs has';

/** The tests of a playbook that are asked for. */
export interface TestedPlaybook {
  playbook: PlaybookVersion;
  file: string;
  /** Those that are asked for; at least one. */
  tests: readonly PlaybookTest[];
  all: readonly PlaybookTest[];
}

export function isWanted(it: string, { only }: Pick<TestOptions, 'only'>): boolean {
  return only === undefined || it.toLowerCase().includes(only.toLowerCase());
}

export function testsOf({ compiled, files }: ReadPlaybooks, options: TestOptions): TestedPlaybook[] {
  return compiled.versions.flatMap((playbook) => {
    const file = files.get(playbook.playbook.playbook);
    const all = compiled.tests.get(playbook.playbook.playbook) ?? [];
    const tests = all.filter(({ it }) => isWanted(it, options));
    return file === undefined || tests.length === 0 ? [] : [{ playbook, file, tests, all }];
  });
}

/** Runs one of them; one with faults of its own is not run. */
export function runOne(
  { playbook: version, file, all }: Omit<TestedPlaybook, 'tests'>,
  test: PlaybookTest,
  { compiled, diagnostics }: ReadPlaybooks,
  { options, coverage }: { options: TestOptions; coverage?: Coverage },
): Ran {
  const own = faultsInside(test, { all, file }, diagnostics);
  if (own.length > 0) return notRun(test, { version, file }, own);
  const began = performance.now();
  const { people } = compiled.workspace;
  const result = runTest(version, test, people, {
    trace: options.trace ?? false,
    folder: compiled.versions,
    ...(options.coverage && coverage && { onDecided: coverage.note }),
  });
  return { ...result, tookMs: performance.now() - began, file };
}

function notRun(
  { it, line }: PlaybookTest,
  { version, file }: { version: PlaybookVersion; file: string },
  own: readonly Diagnostic[],
): Ran {
  const faults = own.map((fault) => `line ${fault.line}: ${fault.code} ${fault.message}`);
  const why = 'not run, as it has faults of its own';
  const { playbook } = version.playbook;
  return { playbook, it, line, passed: false, faults: [why, ...faults], notRun: true, tookMs: 0, file };
}

/** Of a playbook with faults no test can be run: they are told, and are no pass. */
export function untestedOf(untested: ReadPlaybooks['untested'], options: Pick<TestOptions, 'only'>): Ran[] {
  return [...untested].flatMap(([file, all]) =>
    all
      .filter(({ it }) => isWanted(it, options))
      .map(({ it, line }): Ran => ({ it, line, passed: false, faults: [NOT_RUN], notRun: true, file, tookMs: 0 })),
  );
}

/** A line that could not be read is missing in the test: what is left may pass and says nothing. */
function faultsInside(
  test: PlaybookTest,
  { all, file }: { all: readonly PlaybookTest[]; file: string },
  diagnostics: readonly Diagnostic[],
): Diagnostic[] {
  const next = Math.min(...all.map(({ line }) => line).filter((line) => line > test.line));
  return diagnostics.filter(
    (fault) => fault.severity === 'error' && fault.file === file && fault.line >= test.line && fault.line < next,
  );
}
