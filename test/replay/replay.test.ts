import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { temporal } from '@temporalio/proto';
import { Worker } from '@temporalio/worker';
import { describe, expect, it } from 'vitest';
import { workflowBundle } from '../../worker/bundle.ts';
import { installRuntime } from '../../worker/runtime.ts';
import { log } from '../cohort/support.ts';
import { RECORDINGS } from './record.ts';

const { History } = temporal.api.history.v1;
const pathOf = (name: string) => fileURLToPath(new URL(`./histories/${name}.json`, import.meta.url));

async function replay(histories: { workflowId: string; history: unknown }[]): Promise<string[]> {
  installRuntime(log);
  const options = { workflowBundle: { codePath: await workflowBundle() } };
  const results: string[] = [];
  for await (const { workflowId, error } of Worker.runReplayHistories(options, histories)) {
    results.push(`${workflowId}: ${error ? error.name : 'as recorded'}`);
  }
  return results;
}

/** `RECORD_HISTORIES=1 npx vitest run test/replay` records anew: only when running cohorts need not be taken over. */
describe.runIf(process.env.RECORD_HISTORIES)('Recording', () => {
  it.each(Object.entries(RECORDINGS))('%s', { timeout: 60_000 }, async (name, record) => {
    // Which machine it was is nobody's business.
    const withoutIdentity = (key: string, value: unknown) => (key === 'identity' ? 'worker' : value);
    await writeFile(pathOf(name), `${JSON.stringify(await record(), withoutIdentity, 2)}\n`);
  });
});

describe('A worker that was changed takes over the cohorts that run', () => {
  const read = async (name: string) => History.fromObject(JSON.parse(await readFile(pathOf(name), 'utf8')));

  it.each(Object.keys(RECORDINGS))('%s goes as it was recorded', async (name) => {
    expect(await replay([{ workflowId: name, history: await read(name) }])).toEqual([`${name}: as recorded`]);
  });

  it('and a history that it would not have written is noticed', async () => {
    const history = await read('waits-and-hand-overs');
    const scheduled = history.events!.find((event) => event.activityTaskScheduledEventAttributes)!;
    scheduled.activityTaskScheduledEventAttributes!.activityType!.name = 'decide';
    const results = await replay([{ workflowId: 'mutated', history }]);
    expect(results).toEqual(['mutated: DeterminismViolationError']);
  });
});
