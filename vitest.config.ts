import { availableParallelism } from 'node:os';
import { configDefaults, defineConfig } from 'vitest/config';
import { LongestFirst } from './test/run/longest-first.ts';

/** What needs little more than Node: no database, no server, nothing of the process that a test changes. */
const QUICK = ['evaluation', 'events', 'journey', 'language', 'mail', 'rules', 'sla', 'time'].map(
  (name) => `test/${name}/**/*.test.ts`,
);

const shared = { pool: 'forks', testTimeout: 20_000, hookTimeout: 60_000 } as const;

export default defineConfig({
  test: {
    // Tests wait for parts as often as they compute: two workers on two cores leave a third of them idle.
    maxWorkers: Math.max(3, Math.floor(availableParallelism() / 2)),
    sequence: { sequencer: LongestFirst },
    projects: [
      // Modules are loaded once for all files.
      { test: { ...shared, name: 'quick', include: QUICK, isolate: false } },
      {
        test: {
          ...shared,
          name: 'parts',
          include: ['test/**/*.test.ts'],
          exclude: [...configDefaults.exclude, ...QUICK],
          globalSetup: ['test/run/global-setup.ts'],
        },
      },
    ],
  },
});
