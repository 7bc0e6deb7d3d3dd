/** Does what `cuebook backtest` asks: reads, replays, prints. */
import type { Instant } from '../../language/model.ts';
import { LINE_TYPES, type LineType } from '../../simulate/backtest/lines.ts';
import { print, progress } from '../output.ts';
import { compareReached } from './comparison.ts';
import { type Input, inputOf, type ReadSummary } from './input.ts';
import { printComparison, printTally, printVariants, type VariantRow } from './print.ts';
import { type Replayed, replay } from './replay.ts';
import { withScratch } from './scratch.ts';
import { type Asked, askedFor, changedBy, comparedWith, variantsOf, variationOf } from './sets.ts';
import { writeLines } from './write-lines.ts';

export interface BacktestRequest {
  paths: string[];
  input: Input;
  until: Instant | undefined;
  /** Lines of `--json`; absent: all. */
  only: LineType[] | undefined;
  compare: string | undefined;
  vary: string | undefined;
  processors: { count: number; asked: boolean };
  json: boolean;
}

const SAID_EVERY_MS = 1_000;

/**
 * Replays and prints. The exit code is 1 where lines of the input were refused, as in `events import`.
 *
 * @throws Failure for playbooks that do not compile, and input that cannot be read
 */
export async function backtest(request: BacktestRequest): Promise<void> {
  const began = performance.now();
  const asked = await askedFor(request.paths);
  const variation = request.vary === undefined ? undefined : variationOf(request.vary);
  const variants = variation && (await variantsOf(asked, variation));
  const other = request.compare === undefined ? undefined : await comparedWith(asked, request.compare);
  const sets = variants ?? (other ? [asked, changedBy(asked, other)] : [asked]);
  const input = inputOf(request.input, request.json);
  await withScratch(async (folder) => {
    const { until, processors } = request;
    const { from } = request.input.kind === 'store' ? request.input : {};
    const say = everySoOften(progress);
    const replayed = await replay({ folder, sets, processors, from, until, ...neededOf(request), say }, (to) =>
      input.feed(to, { ...asked, versions: sets.flatMap(({ versions }) => versions) }),
    );
    const summary = { ...input.summary, seconds: () => Math.round(performance.now() - began) / 1000 };
    if (variation) printVaried(request, variation, replayed, summary);
    else await printReplayed(request, asked, replayed, summary);
  });
  if (input.summary.refused > 0) process.exitCode = 1;
}

type Summary = ReadSummary & { seconds(): number };

/** What need not be printed need not be written, and what need not be known need not be played. */
function neededOf({ json, only, compare, vary }: BacktestRequest): {
  keeps: LineType[];
  firingsOnly: boolean;
} {
  const printed: readonly LineType[] = json && vary === undefined ? (only ?? LINE_TYPES) : [];
  const keeps = LINE_TYPES.filter((type) => printed.includes(type) || (compare !== undefined && type === 'enrolment'));
  return { keeps, firingsOnly: onlyFirings({ json, only, compare, vary }) };
}

function onlyFirings({
  json,
  only = [],
  compare,
  vary,
}: Pick<BacktestRequest, 'json' | 'only' | 'compare' | 'vary'>): boolean {
  return (
    json && compare === undefined && vary === undefined && only.every((type) => type === 'firing') && only.length > 0
  );
}

async function printReplayed(request: BacktestRequest, asked: Asked, replayed: Replayed, summary: Summary) {
  const { json, only, compare } = request;
  const [main, changed] = replayed.sets;
  const comparisons = () => compareReached(main!.lines(), changed!.lines());
  if (json) {
    await writeLines(main!.texts(only));
    if (compare !== undefined) for (const one of comparisons()) print(JSON.stringify({ type: 'compare', ...one }));
    const { firings, enrolments, effects } = main!.tally;
    const { events, repeats: duplicates } = replayed;
    const { refused, seconds } = summary;
    const noPart = main!.noPart.length > 0 ? { no_part: main!.noPart } : {};
    const near = main!.missed.length > 0 ? { near_misses: main!.missed } : {};
    const due = main!.stillDue.length > 0 ? { still_due: main!.stillDue } : {};
    const read = { events, duplicates, ...(refused > 0 && { refused_lines: refused }), seconds: seconds() };
    const counts = { firings, ...(!onlyFirings(request) && { enrolments, effects }) };
    print(JSON.stringify({ type: 'summary', ...read, ...counts, ...near, ...noPart, ...due }));
    return;
  }
  printRead(replayed, summary);
  printTally(main!, asked.names);
  if (compare !== undefined) printComparison(comparisons());
}

function printVaried(
  { json }: BacktestRequest,
  { key, values }: { key: string; values: string[] },
  replayed: Replayed,
  summary: Summary,
): void {
  const rows = values.map((value, n): VariantRow => {
    const { tally, missed } = replayed.sets[n]!;
    const { firings, enrolments, effects } = tally;
    return { value, firings, enrolments, effects, nearMisses: missed.reduce((sum, { count }) => sum + count, 0) };
  });
  if (json) {
    for (const { nearMisses, ...row } of rows)
      print(JSON.stringify({ type: 'variant', key, ...row, near_misses: nearMisses }));
    print(
      JSON.stringify({
        type: 'summary',
        events: replayed.events,
        duplicates: replayed.repeats,
        seconds: summary.seconds(),
      }),
    );
    return;
  }
  printRead(replayed, summary);
  printVariants(key, rows);
}

function printRead({ events, repeats, sorted }: Replayed, { refused, seconds }: Summary): void {
  const more = [
    ...(repeats > 0 ? [`${repeats} repeats passed over`] : []),
    ...(refused > 0 ? [`${refused} ${refused === 1 ? 'line' : 'lines'} refused`] : []),
    ...(sorted ? ['sorted by time'] : []),
  ];
  print(`${events.toLocaleString('en')} events in ${seconds()} s${more.map((part) => `, ${part}`).join('')}.`);
}

function everySoOften(say: (line: string) => void): (line: string) => void {
  let last = Number.NEGATIVE_INFINITY;
  return (line) => {
    if (performance.now() - last < SAID_EVERY_MS) return;
    last = performance.now();
    say(line);
  };
}
