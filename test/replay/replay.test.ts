import { existsSync } from 'node:fs';
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

/** @param code of the workflow; that of the sources where none is given */
async function replay(histories: { workflowId: string; history: unknown }[], code?: string): Promise<string[]> {
  installRuntime(log);
  const options = { workflowBundle: code === undefined ? { codePath: await workflowBundle() } : { code } };
  const results: string[] = [];
  for await (const { workflowId, error } of Worker.runReplayHistories(options, histories)) {
    results.push(`${workflowId}: ${error ? error.name : 'as recorded'}`);
  }
  return results;
}

/**
 * `RECORD_HISTORIES=missing npx vitest run test/replay` records what there is no history of; `RECORD_HISTORIES=all` records anew:
 * only when running cohorts need not be taken over.
 */
describe.runIf(process.env.RECORD_HISTORIES)('Recording', () => {
  it.each(Object.entries(RECORDINGS))('%s', { timeout: 600_000 }, async (name, record) => {
    // Which machine it was is nobody's business.
    const withoutIdentity = (key: string, value: unknown) =>
      key === 'identity' || (key === 'name' && typeof value === 'string' && value.includes('@')) ? 'worker' : value;
    if (process.env.RECORD_HISTORIES !== 'missing' || !existsSync(pathOf(name)))
      await writeFile(pathOf(name), `${JSON.stringify(await record(), withoutIdentity, 2)}\n`);
  });
});

describe('A worker that was changed takes over the cohorts that run', () => {
  const read = async (name: string) => History.fromObject(JSON.parse(await readFile(pathOf(name), 'utf8')));

  it.each(Object.keys(RECORDINGS))('%s goes as it was recorded', async (name) => {
    expect(await replay([{ workflowId: name, history: await read(name) }])).toEqual([`${name}: as recorded`]);
  });

  it('and holds nothing of the person whom its journey is about (decision 7)', async () => {
    const { events } = await read('cart-journey');
    // What the workflow and its activities were given, and have answered, stands there in base64.
    const texts: string[] = [];
    JSON.stringify(events, (key, value: unknown) => {
      if (key === 'data' && typeof value === 'string') texts.push(Buffer.from(value, 'base64').toString('utf8'));
      return value;
    });
    const text = texts.join('\n');
    expect(text).toContain('versionHash');
    for (const personal of ['Ada', 'ada', 'Ben', 'ben', 'kim', 'c1', 'c2']) expect(text).not.toContain(`"${personal}"`);
    expect(text).not.toContain('@');
  });

  it.each([
    ['hands over in the house', 'waits-and-hand-overs', "return leaves ? 'deliver' : 'decide'", "return 'decide'"],
    ['plays one round more of a repeat', 'every-step', 'into.round >= parent.atMost', 'into.round > parent.atMost'],
    [
      'asks once more before it begins',
      'waits-and-hand-overs',
      'if (members.isOver)',
      'await (0,_temporalio_workflow__WEBPACK_IMPORTED_MODULE_0__.sleep)(1);\nif (members.isOver)',
    ],
  ])('and one that was changed so that it %s is noticed', async (_, recording, place, changed) => {
    const code = await readFile(await workflowBundle(), 'utf8');
    const mutated = code.replaceAll(place, changed);
    expect(mutated).not.toBe(code);
    const history = await read(recording);
    expect(await replay([{ workflowId: 'changed', history }], mutated)).toEqual(['changed: DeterminismViolationError']);
  });

  it('and a history that it would not have written is noticed', async () => {
    const history = await read('waits-and-hand-overs');
    const scheduled = history.events!.find((event) => event.activityTaskScheduledEventAttributes)!;
    scheduled.activityTaskScheduledEventAttributes!.activityType!.name = 'decide';
    const results = await replay([{ workflowId: 'mutated', history }]);
    expect(results).toEqual(['mutated: DeterminismViolationError']);
  });
});
