/** The benchmarks at the smallest size: what they measure here says nothing, but that they still can. */
import { execFile } from 'node:child_process';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Built, build } from '../demo/cli-process.ts';
import { ROOT } from '../structure/sources.ts';
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

type Name = 'ingest' | 'enrol' | 'deadlines' | 'crowd' | 'match' | 'backtest';

interface Figure {
  name: string;
  value: number;
  bound?: { name: string; value: number };
}

let built: Built;
beforeAll(async () => {
  built = await build();
}, 60_000);
afterAll(() => built.remove());

describe('npm run bench', () => {
  it('gives every figure of every benchmark, as one object, beside its bound', { timeout: 240_000 }, async () => {
    const { code, stdout, stderr } = await bench(await makeTempFolder(), '--json', '--scale', '0.01');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const { machine, benchmarks } = JSON.parse(stdout) as {
      machine: { cores: number };
      benchmarks: { [name: string]: Figure[] };
    };
    expect(machine.cores).toBeGreaterThan(0);
    const { ingest, enrol, deadlines, crowd, match, backtest } = benchmarks as { [name in Name]: Figure[] };
    const all = [...ingest, ...enrol, ...deadlines, ...crowd, ...match, ...backtest];
    expect(all.filter(({ value }) => !(value > 0))).toEqual([]);
    expect(all.filter(({ bound }) => bound && !(bound.value > 0))).toEqual([]);
    const rates = ingest.filter(({ name }) => !name.includes('request'));
    expect(rates.map(({ name, bound }) => [name, bound?.name])).toEqual([
      ['batches of 100, 50 at a time', 'bare UNNEST inserts of 100 rows, 1 connection'],
      ['batches of 100, one at a time', 'bare UNNEST inserts of 100 rows, 1 connection'],
      ['singly, 50 at a time', 'bare single inserts, 8 connections'],
      ['singly, one at a time', 'bare single inserts, 1 connection'],
      ['the evaluator, on a backlog of 200', 'bare claims and deletes of 500, 1 connection'],
    ]);
    expect(enrol.map(({ name }) => name)).toEqual([
      'one at a time',
      'a backlog of 20',
      'the backlog against the hand-written workflow',
      'event posted to first activity, at one in flight, p50',
      'event posted to first activity, at one in flight, p99',
    ]);
    expect(deadlines.map(({ name, bound }) => [name, bound?.name])).toEqual([
      ['1000 due of 10000 pending', 'bare SKIP LOCKED claims of 500'],
      ["a deadline's firing written after its instant, while 500 events/s come in, p50", undefined],
      ["a deadline's firing written after its instant, while 500 events/s come in, p99", undefined],
    ]);
    const sizes = ['10 playbooks, 100 contacts', '10 playbooks, 100 contacts', '50 playbooks, 10000 contacts'];
    const against = 'with 10 playbooks and 100 contacts';
    expect(crowd.map(({ name, bound }) => [name, bound?.name])).toEqual(
      sizes.flatMap((size, n) =>
        ['ingest', 'evaluate'].map((what) => [`${what} one event, p50, ${size}`, n > 0 ? against : undefined]),
      ),
    );
    expect(match.map(({ name, bound }) => [name, bound?.name])).toEqual([
      ['10 playbooks', 'JSON.parse alone'],
      ['10 playbooks, json-rules-engine', undefined],
      ['100 playbooks', 'JSON.parse alone'],
      ['100 playbooks, json-rules-engine', undefined],
      ['100 playbooks against 10', undefined],
    ]);
    expect(backtest.map(({ name, bound }) => [name, bound?.name])).toEqual([
      [
        expect.stringMatching(/^10,000 events, 30 playbooks, [\d,]+ lines$/),
        'reading and parsing the lines, nothing else',
      ],
      ['the whole process, at most', undefined],
    ]);
  });

  it('says which benchmarks there are to somebody who asks for another', async () => {
    const { code, stderr } = await bench('unused', 'speed');
    expect(code).toBe(2);
    expect(stderr).toContain('There is no benchmark "speed".');
    expect(stderr).toContain('ingest, enrol, deadlines, crowd, match, backtest');
  });
});
