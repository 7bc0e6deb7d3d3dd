import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { TestSpecification, Vitest } from 'vitest/node';
import { ROOT } from '../structure/sources.ts';
import { LONGEST, LongestFirst } from './longest-first.ts';

describe('the order of test files', () => {
  it('names files that there are', () => {
    expect(LONGEST.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
  });

  it('begins with the longest, whatever their size', async () => {
    const cache = { getFileTestResults: () => undefined, getFileStats: () => undefined };
    const sequencer = new LongestFirst({ config: { root: ROOT }, cache } as unknown as Vitest);
    const project = { name: 'parts', config: { isolate: true, sequence: { groupOrder: 0 } } };
    const others = ['test/store/events.test.ts', 'test/api/home.test.ts'];
    const files = [...others, ...LONGEST.toReversed()].map((path) => ({ project, moduleId: join(ROOT, path) }));
    const sorted = await sequencer.sort(files as TestSpecification[]);
    expect(sorted.map(({ moduleId }) => moduleId)).toEqual([...LONGEST, ...others].map((path) => join(ROOT, path)));
  });
});
