import { availableParallelism } from 'node:os';
import { configDefaults, defineConfig } from 'vitest/config';
import { LongestFirst } from './test/run/longest-first.ts';

/** What needs little more than Node: no database, no server, nothing of the process that a test changes. */
const QUICK = ['evaluation', 'events', 'journey', 'language', 'mail', 'rules', 'sla', 'time'].map(
  (name) => `test/${name}/**/*.test.ts`,
);

/**
 * What shares a worker's modules with the files before it: loading them anew is a third of what these files cost. Whoever changes
 * what is the process's own (its environment, its output) puts it back.
 */
const SHARED = ['activities/*', 'activities/twin/*', 'cli/**/*', 'cohort/*', 'evaluator/**/*', 'store/**/*'].map(
  (files) => `test/${files}.test.ts`,
);

/** They end what hangs: a machine that does much else may take its time, and boots what a first test asks for. */
const shared = { pool: 'forks', testTimeout: 60_000, hookTimeout: 120_000 } as const;

export default defineConfig({
  test: {
    // Tests wait for parts as often as they compute: two workers on two cores leave a third of them idle.
    maxWorkers: Math.max(3, Math.floor(availableParallelism() / 2)),
    sequence: { sequencer: LongestFirst },
    globalSetup: ['test/run/global-setup.ts'],
    projects: [
      { test: { ...shared, name: 'quick', include: QUICK, isolate: false } },
      { test: { ...shared, name: 'stored', include: SHARED, isolate: false } },
      {
        test: {
          ...shared,
          name: 'parts',
          include: ['test/**/*.test.ts'],
          exclude: [...configDefaults.exclude, ...QUICK, ...SHARED],
        },
      },
    ],
  },
});
