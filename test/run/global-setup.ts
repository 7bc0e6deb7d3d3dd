import { mkdir, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { identify } from '../../cli/boot/process-identity.ts';
import { serveParts } from './parts-server.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** Where the test run's own process gives out databases and servers; see parts-server.ts. */
    partsUrl: string;
  }
}

const PREFIX = 'cuebook-test-';

/**
 * Parts that test files share (PostgreSQL, a Temporal server) live in the process of the test run, so that they outlive
 * a worker and end with the run. They are booted on first use: a run of pure tests boots nothing.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  await removeLeftovers();
  const folder = join(tmpdir(), `${PREFIX}${process.pid}-${Date.now()}`);
  await mkdir(folder, { mode: 0o755 });
  const parts = await serveParts(folder);
  project.provide('partsUrl', parts.url);
  return async () => {
    await parts.stop();
    await rm(folder, { recursive: true, force: true });
  };
}

/** Folders of runs that were killed. Their servers are gone: a guard stops them when the run's process dies. */
async function removeLeftovers(): Promise<void> {
  for (const name of await readdir(tmpdir())) {
    const pid = name.startsWith(PREFIX) ? Number(name.slice(PREFIX.length).split('-')[0]) : Number.NaN;
    if (Number.isInteger(pid) && (await identify(pid)) === undefined) {
      await rm(join(tmpdir(), name), { recursive: true, force: true });
    }
  }
}
