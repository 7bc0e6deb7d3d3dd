/** The benchmarks at the smallest size: what they measure here says nothing, but that they still can. */
import { execFile } from 'node:child_process';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Built, build } from '../demo/cli-process.ts';
import { ROOT, textOf } from '../structure/sources.ts';
import { makeTempFolder } from '../support/temp-folder.ts';

interface Ended {
  code: number;
  stdout: string;
  stderr: string;
}

async function bench(folder: string, ...args: string[]): Promise<Ended> {
  const env = { ...process.env, CUEBOOK_DATA_DIR: folder };
  const run = promisify(execFile)(process.execPath, [join(dirname(built.cli), '../bench/main.js'), ...args], {
    cwd: ROOT,
    env,
  });
  return run.then(
    (printed) => ({ code: 0, ...printed }),
    (error: Ended) => ({ code: error.code, stdout: error.stdout, stderr: error.stderr }),
  );
}

interface Figure {
  name: string;
  unit: string;
  value: number;
  rounds?: number[];
  bound?: { name: string; value: number };
}

interface Found {
  machine: { cores: number };
  benchmarks: { [name: string]: Figure[] };
}

/** Benchmarks have a section of their own in the page that quotes their figures. */
const documented = [...textOf('docs/benchmarks.md').matchAll(/^## ([a-z]+)$/gm)].map(([, name]) => name!);

let built: Built;
beforeAll(async () => {
  built = await build();
}, 60_000);

describe('npm run bench', () => {
  it('measures every benchmark of the page, each against something bare', { timeout: 240_000 }, async () => {
    const { code, stdout, stderr } = await bench(await makeTempFolder(), '--json', '--scale', '0.01');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const { machine, benchmarks } = JSON.parse(stdout) as Found;
    expect(machine.cores).toBeGreaterThan(0);
    expect(Object.keys(benchmarks).sort()).toEqual([...documented].sort());
    for (const [name, figures] of Object.entries(benchmarks)) {
      const isCompared = ({ bound, unit }: Figure) => bound !== undefined || unit === 'times';
      expect(figures.filter(isCompared), `${name} compares nothing`).not.toEqual([]);
      // A bound that measured nothing, or a rate of no round, would look like a figure.
      const measured = figures.flatMap(({ value, bound, rounds = [] }) => [value, bound?.value ?? value, ...rounds]);
      expect(measured.filter((number) => !(number > 0))).toEqual([]);
      expect(figures.filter((figure) => figure.name === '' || figure.bound?.name === '')).toEqual([]);
    }
  });

  it('says which benchmarks there are to somebody who asks for another', async () => {
    const { code, stderr } = await bench('unused', 'speed');
    expect(code).toBe(2);
    expect(stderr).toContain('There is no benchmark "speed".');
    for (const name of documented) expect(stderr).toContain(name);
  });
});
