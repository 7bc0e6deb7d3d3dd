/** What the tests of a command came to. */
import type { Diagnostic } from '../../../language/diagnostics/diagnostics.ts';
import type { Covered } from '../../../simulate/tests/coverage.ts';
import type { TestResult } from '../../../simulate/tests/playbook-tests.ts';

export interface TestOptions {
  only?: string;
  json?: boolean;
  trace?: boolean;
  coverage?: boolean;
  junit?: string;
  watch?: boolean;
}

type Told = Pick<TestResult, 'it' | 'line' | 'passed' | 'faults'>;

/** One test. `came` and the like are missing where it was not run. */
export interface Ran extends Told, Partial<Omit<TestResult, keyof Told>> {
  /** As diagnostics name it. */
  file: string;
  notRun?: true;
  /** Real time. */
  tookMs: number;
}

/** What no test of a playbook reaches. */
export interface CoveredFile extends Covered {
  playbook: string;
  file: string;
  /** The lines of steps, by their paths. */
  lines: { readonly [path: string]: number };
}

export class Results {
  readonly ran: Ran[] = [];
  /** Faults of the files. */
  readonly faults: Diagnostic[] = [];
  readonly covered: CoveredFile[] = [];

  get tally() {
    const failed = this.ran.filter(({ passed, notRun }) => !passed && !notRun).length;
    const notRun = this.ran.filter((one) => one.notRun).length;
    return { passed: this.ran.length - failed - notRun, failed, errors: this.faults.length, notRun };
  }

  get isGreen(): boolean {
    return this.faults.length === 0 && this.ran.every(({ passed }) => passed);
  }
}
