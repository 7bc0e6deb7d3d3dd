import { relative } from 'node:path';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/**
 * What takes longest, the longest first: mostly waiting for what is away or killed, beside which others compute. On a fresh
 * checkout nothing else tells, and one of them begun last would be waited for alone.
 */
export const LONGEST = [
  'test/activities/twin/twin.test.ts',
  'test/crash/kill.test.ts',
  'test/demo/demo.test.ts',
  'test/web/screens.test.ts',
  'test/e2e/processes.test.ts',
  'test/outage/outages.test.ts',
  'test/bench/runs.test.ts',
  'test/e2e/live-equals-virtual.test.ts',
  'test/boot/parts.test.ts',
  'test/cohort/hundred.test.ts',
  'test/cohort/dispatcher.test.ts',
  'test/cohort/cohort.test.ts',
  'test/worlds/found-waits.test.ts',
];

/** Longest first, then as Vitest does it: by how long they took before, or by their size. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId }: TestSpecification) => {
      const found = LONGEST.indexOf(relative(this.ctx.config.root, moduleId).replaceAll('\\', '/'));
      return found < 0 ? LONGEST.length : found;
    };
    return (await super.sort(files)).sort((a, b) => place(a) - place(b));
  }
}
