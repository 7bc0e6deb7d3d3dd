/** A year of a shop replayed through thirty playbooks, against a loop that only reads the same lines. */
import { createReadStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { readFiles } from '../cli/backtest/read-files.ts';
import { replay } from '../cli/backtest/replay.ts';
import { registry } from '../evaluation/registry.ts';
import { compileWorkspace } from '../language/compile.ts';
import { type Bench, type BenchContext, sized } from './lib/bench.ts';
import { type Figure, rate, round } from './lib/figures.ts';
import { shopPlaybooks, writeShopYear } from './lib/shop.ts';

const EVENTS = 1_000_000;
const PEOPLE = 50_000;
const MB = 1024 * 1024;
const SAMPLED_EVERY_MS = 100;

export const backtest: Bench = {
  needs: { temporal: false },
  async run(context) {
    const folder = await mkdtemp(join(tmpdir(), 'cuebook-bench-backtest-'));
    try {
      return await measure(folder, context);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
};

/** One round: a full one takes minutes, and what it measures is an average over a million events already. */
async function measure(folder: string, { scale, say }: BenchContext): Promise<Figure[]> {
  const events = sized(EVENTS, scale, 1_000);
  const file = join(folder, 'year.ndjson');
  say(`backtest: writing a year of ${events} events`);
  await writeShopYear(file, { events, people: sized(PEOPLE, scale, 50) });
  const bare = await timed(events, () => parseOnly(file));
  const { versions, workspace, diagnostics } = compileWorkspace(shopPlaybooks(), registry);
  const fault = diagnostics.find(({ severity }) => severity === 'error');
  if (fault) throw new Error(`${fault.file}: ${fault.message}`);
  const peak = peakMemory();
  let lines = 0;
  const perSecond = await timed(events, async () => {
    const { settings, people } = workspace;
    const replayed = await replay(
      {
        folder,
        sets: [{ versions, settings, people }],
        processors: { count: availableParallelism(), asked: false },
        say: (line) => say(`backtest: ${line}`),
      },
      async ({ spool }) => {
        await readFiles([file], {
          onEvent: (event) => spool.addOnce(event),
          onRefused: ({ line, message }) => {
            throw new Error(`line ${line}: ${message}`);
          },
          onProgress: () => undefined,
        });
        return {};
      },
    );
    for (const _line of replayed.sets[0]!.texts()) lines += 1;
  });
  const name = `${events.toLocaleString('en')} events, ${versions.length} playbooks, ${lines.toLocaleString('en')} lines`;
  return [
    rate(name, 'events/s', [perSecond], { name: 'reading and parsing the lines, nothing else', value: bare }),
    { name: 'the whole process, at most', unit: 'MB', value: round(peak.end() / MB) },
  ];
}

async function parseOnly(file: string): Promise<void> {
  let named = 0;
  for await (const line of createInterface({ input: createReadStream(file) })) {
    if ((JSON.parse(line) as { userId?: string }).userId !== undefined) named += 1;
  }
  if (named === 0) throw new Error(`${file} names nobody`);
}

/** A rate per second. */
async function timed(count: number, work: () => Promise<void>): Promise<number> {
  const startMs = performance.now();
  await work();
  return (count / (performance.now() - startMs)) * 1000;
}

/** The resident memory of the process with its threads, sampled. */
function peakMemory(): { end(): number } {
  let most = process.memoryUsage.rss();
  const look = () => {
    most = Math.max(most, process.memoryUsage.rss());
  };
  const timer = setInterval(look, SAMPLED_EVERY_MS);
  return {
    end() {
      clearInterval(timer);
      look();
      return most;
    },
  };
}
