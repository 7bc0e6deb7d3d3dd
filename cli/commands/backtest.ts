import { availableParallelism } from 'node:os';
import { type Command, InvalidArgumentError } from 'commander';
import type { Instant } from '../../language/model.ts';
import { LINE_TYPES, type LineType } from '../../simulate/backtest/lines.ts';
import type { BacktestRequest } from '../backtest/backtest.ts';
import { Failure } from '../failure.ts';
import { withExample } from '../program.ts';
import { instantOption } from '../run/option-values.ts';

interface Options {
  events?: string[];
  store?: boolean;
  from?: Instant;
  to?: Instant;
  until?: Instant;
  only?: LineType[];
  compare?: string;
  vary?: string;
  processors?: number;
  dataDir?: string;
  json?: boolean;
}

/** More threads than this never helped; each holds a part of the subjects. */
const MAX_PROCESSORS = 16;

/** `cuebook backtest`: what playbooks would have done over a history of events (V4). */
export function register(program: Command): void {
  const command = program
    .command('backtest')
    .description('Replays a history through playbooks: whom they would have reached, when, and what came of it.')
    .argument('<path...>', 'a folder of playbooks, or playbooks of one folder')
    .option('--events <file...>', 'files of one JSON object a line, packed with gzip or not; - is standard input')
    .option('--store', 'the events that are stored, instead of files')
    .option('--from <instant>', 'with --store: nothing fires before; earlier events make the state', instantOption)
    .option('--to <instant>', 'with --store: events before this instant, and time ends there', instantOption)
    .option('--until <instant>', 'time ends here (default: when nothing is pending)', instantOption)
    .option('--only <types>', `with --json: only these lines, of ${LINE_TYPES.join(', ')}`, typesOption)
    .option('--compare <path>', 'the changed playbooks: whom they reach anew, and whom no more')
    .option('--vary <key=values>', 'the same with other values of a key of the trigger: within=30m,1h,2h')
    .option('--processors <n>', 'how many threads replay at once (default: one a core)', processorsOption)
    .option('--data-dir <folder>', 'with --store: the data folder (default: CUEBOOK_DATA_DIR, else .cuebook)')
    .option('--json', 'print one JSON object a line: what happened, in order, and a summary')
    .action(async (paths: string[], options: Options) => {
      const request = requestOf(paths, options);
      const { backtest } = await import('../backtest/backtest.ts');
      await backtest(request);
    });
  withExample(
    command,
    'backtest playbooks/cart-abandoned.yaml --events history.ndjson.gz',
    'backtest playbooks --events june.ndjson july.ndjson --json --only enrolment',
    'backtest playbooks/cart-abandoned.yaml --events history.ndjson.gz --vary within=30m,1h,2h',
    'backtest playbooks --store --from 2026-01-01T00:00:00Z',
  );
}

/** @throws Failure WRONG_USE for options that do not go together */
function requestOf(paths: string[], options: Options): BacktestRequest {
  const { events, store, from, to, until, only, compare, vary, processors, dataDir, json } = options;
  const wrong = (message: string, hint: string) => new Failure('WRONG_USE', message, hint);
  if ((events === undefined) === (store === undefined)) {
    throw wrong('A backtest reads files or the store.', 'Give either --events FILE… or --store.');
  }
  if (!store && (from !== undefined || to !== undefined)) {
    throw wrong('--from and --to are about stored events.', 'With files, give --until to end time earlier.');
  }
  if (compare !== undefined && vary !== undefined) {
    throw wrong('--compare and --vary were both given.', 'Ask one after the other.');
  }
  if (events && events.filter((file) => file === '-').length > 1) {
    throw wrong('Standard input is named twice.', 'Give `-` once.');
  }
  const most = Math.min(MAX_PROCESSORS, availableParallelism());
  return {
    paths,
    input: events ? { kind: 'files', files: events } : { kind: 'store', from, to, dataDir },
    until,
    only,
    compare,
    vary,
    processors: { count: processors ?? most, asked: processors !== undefined },
    json: json ?? false,
  };
}

function typesOption(text: string): LineType[] {
  const types = text.split(',').map((type) => type.trim());
  const unknown = types.find((type) => !LINE_TYPES.includes(type as LineType));
  if (unknown === undefined) return types as LineType[];
  throw new InvalidArgumentError(`Allowed are ${LINE_TYPES.join(', ')}, with commas between; "${unknown}" came.`);
}

function processorsOption(text: string): number {
  const count = Number(text);
  if (Number.isInteger(count) && count >= 1 && count <= MAX_PROCESSORS) return count;
  throw new InvalidArgumentError(`Allowed is a whole number from 1 to ${MAX_PROCESSORS}.`);
}
