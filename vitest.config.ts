import { availableParallelism } from 'node:os';
import { configDefaults, defineConfig } from 'vitest/config';

/** What needs little more than Node: no database, no server, nothing of the process that a test changes. */
const QUICK = ['evaluation', 'events', 'journey', 'language', 'mail', 'rules', 'sla', 'time'].map(
  (name) => `test/${name}/**/*.test.ts`,
);

export default defineConfig({
  test: {
    pool: 'forks',
    // Tests wait for parts as often as they compute: a worker fewer than cores leaves one of two cores idle.
    maxWorkers: Math.max(2, Math.floor(availableParallelism() / 2)),
    testTimeout: 20_000,
    hookTimeout: 60_000,
    projects: [
      // Modules are loaded once for all files.
      { extends: true, test: { name: 'quick', include: QUICK, isolate: false } },
      {
        extends: true,
        test: {
          name: 'parts',
          include: ['test/**/*.test.ts'],
          exclude: [...configDefaults.exclude, ...QUICK],
          globalSetup: ['test/support/global-setup.ts'],
        },
      },
    ],
  },
});
