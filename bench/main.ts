/** `npm run bench -- [NAME…] [--json] [--scale SHARE]`: benchmarks on real parts, against their lower bounds. */
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { Failure } from '../cli/failure.ts';
import { print, progress } from '../cli/output.ts';
import { createLogger } from '../cli/report/log.ts';
import { reportFailure } from '../cli/report/report-failure.ts';
import { app } from './app/app.ts';
import { author } from './author.ts';
import { backtest } from './backtest.ts';
import { crowd } from './crowd.ts';
import { deadlines } from './deadlines.ts';
import { enrol } from './enrol.ts';
import { hostile } from './hostile.ts';
import { ingest } from './ingest.ts';
import type { Bench } from './lib/bench.ts';
import type { Figure } from './lib/figures.ts';
import { withBenchParts } from './lib/parts.ts';
import { printFigures } from './lib/print.ts';
import { match } from './match.ts';

const BENCHES: { [name: string]: Bench } = { ingest, enrol, deadlines, crowd, match, backtest, hostile, author, app };

interface Wanted {
  names: string[];
  json: boolean;
  scale: number;
}

async function main(args: string[]): Promise<void> {
  const { names, json, scale } = wanted(args);
  const log = createLogger({ level: 'warn' });
  const temporal = names.some((name) => BENCHES[name]!.needs.temporal);
  await withBenchParts({ temporal, log, say: progress }, async (parts) => {
    const found: { [name: string]: Figure[] } = {};
    for (const name of names) {
      found[name] = await BENCHES[name]!.run({ parts, log, scale, say: progress });
      if (!json) printFigures(name, found[name]);
    }
    const machine = { cores: cpus().length, cpu: cpus()[0]?.model ?? 'unknown', node: process.version };
    if (json) print(JSON.stringify({ machine, parts: parts.versions, scale, benchmarks: found }));
  });
}

function wanted(args: string[]): Wanted {
  const options = { json: { type: 'boolean' }, scale: { type: 'string' } } as const;
  const { values, positionals } = parsed(() => parseArgs({ args, options, allowPositionals: true }));
  const known = Object.keys(BENCHES);
  const unknown = positionals.find((name) => !known.includes(name));
  if (unknown !== undefined) {
    throw new Failure('UNKNOWN_BENCHMARK', `There is no benchmark "${unknown}".`, `There are: ${known.join(', ')}.`);
  }
  const scale = Number(values.scale ?? 1);
  if (!(scale > 0 && scale <= 1)) {
    throw new Failure('WRONG_SCALE', `--scale is ${values.scale}.`, 'Give a share of the usual sizes: 0.01 to 1.');
  }
  return { names: positionals.length > 0 ? positionals : known, json: values.json ?? false, scale };
}

function parsed<T>(work: () => T): T {
  try {
    return work();
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause);
    throw new Failure('WRONG_USE', message, 'Use: npm run bench -- [NAME…] [--json] [--scale SHARE]', { cause });
  }
}

const args = process.argv.slice(2);
try {
  await main(args);
} catch (error) {
  const debug = ['debug', 'trace'].includes(process.env.LOG_LEVEL ?? '');
  process.exitCode = reportFailure(error, { json: args.includes('--json'), debug });
}
// A library's open handle must not keep a finished run alive, and the exit must not cut output that is still being written.
process.stdout.write('', () => process.exit());
