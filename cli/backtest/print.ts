/** The result of a backtest, for people. */
import { isoInstant } from '../../language/time/instants.ts';
import type { PlaybookTally } from '../../simulate/backtest/tally.ts';
import { columns, paint, print } from '../output.ts';
import { exampleText, whoseNoPart, whyNoPart } from '../report/no-part.ts';
import type { Comparison } from './comparison.ts';
import type { ReplayedSet } from './replay.ts';

const BUSIEST = 10;
const MAX_SUBJECTS = 20;
const MAX_DUE = 10;
const MAX_BARS = 24;
const BAR_WIDTH = 40;

/** @param named the playbooks that have a row whatever they did */
export function printTally(
  { tally, missed, noPart, stillDue }: Pick<ReplayedSet, 'tally' | 'missed' | 'noPart' | 'stillDue'>,
  named: readonly string[],
): void {
  const playbooks = tally.playbooks(named);
  table('', ['playbook', 'firings', 'enrolled', 'refused', 'effects', 'outcomes'], playbooks.map(rowOf));
  printHistogram(tally.days());
  const refusals = playbooks.flatMap(({ playbook, refused, refusedEffects }) => [
    ...sorted(refused).map(([reason, n]) => [playbook, `entry: ${reason}`, shown(n)]),
    ...sorted(refusedEffects).map(([reason, n]) => [playbook, reason, shown(n)]),
  ]);
  if (refusals.length > 0) table('Refused', ['playbook', 'reason', 'times'], refusals);
  const busiest = tally.busiest(BUSIEST).map(([subject, n]) => [subject, shown(n)]);
  if (busiest.length > 0) table('Busiest subjects', ['subject', 'firings'], busiest);
  if (missed.length > 0) {
    const rows = missed.map(({ playbook, by, count }) => [playbook, by, shown(count)]);
    table('Near misses', ['playbook', 'missed by', 'times'], rows);
  }
  if (noPart.length > 0) {
    const rows = noPart.map((one) => [whoseNoPart(one), whyNoPart(one), shown(one.count), exampleText(one)]);
    table('Took no part', ['whose', 'why', 'times', 'the first'], rows);
  }
  if (stillDue.length > 0) {
    const names = stillDue.length > MAX_DUE ? [...stillDue.slice(0, MAX_DUE), '…'] : stillDue;
    print(`\nTime ended when nothing was pending. More would come by date, schedule or drop: ${names.join(', ')}.`);
    print('Say --until to see it.');
  }
}

function rowOf({ playbook, firings, enrolled, refused, effects, outcomes }: PlaybookTally): string[] {
  const total = [...refused.values()].reduce((a, b) => a + b, 0);
  return [playbook, shown(firings), shown(enrolled), shown(total), listed(effects), listed(outcomes)];
}

/** Firings by day; where these are too many for a screen, by as many days as make them few enough. */
function printHistogram(days: ReadonlyMap<string, number>): void {
  if (days.size === 0) return;
  const numbers = [...days.keys()].map(dayOf).sort((a, b) => a - b);
  const first = numbers[0]!;
  const width = Math.ceil((numbers.at(-1)! - first + 1) / MAX_BARS);
  const bars: number[] = [];
  for (const [date, n] of days) {
    const bar = Math.floor((dayOf(date) - first) / width);
    bars[bar] = (bars[bar] ?? 0) + n;
  }
  const most = Math.max(...bars.filter((n) => n !== undefined));
  const rows = Array.from(bars, (n = 0, i) => [
    isoInstant((first + i * width) * 86_400_000).split('T')[0]!,
    '█'.repeat(Math.ceil((n / most) * BAR_WIDTH)) || '·',
    shown(n),
  ]);
  table(`Firings over time, ${width === 1 ? 'a day' : `${width} days`} a line (UTC)`, [], rows);
}

export function printComparison(comparisons: readonly Comparison[]): void {
  for (const { playbook, both, onlyBefore, onlyAfter } of comparisons) {
    print();
    print(
      `${paint('bold', playbook, process.stdout)}: ${shown(both)} reached by both, ` +
        `${shown(onlyBefore.length)} no more, ${shown(onlyAfter.length)} new`,
    );
    if (onlyBefore.length > 0) print(`  no more: ${named(onlyBefore)}`);
    if (onlyAfter.length > 0) print(`  new:     ${named(onlyAfter)}`);
  }
}

export interface VariantRow {
  value: string;
  firings: number;
  enrolments: number;
  effects: number;
  nearMisses: number;
}

export function printVariants(key: string, rows: readonly VariantRow[]): void {
  const cells = rows.map(({ value, firings, enrolments, effects, nearMisses }) => [
    value,
    ...[firings, enrolments, effects, nearMisses].map(shown),
  ]);
  table('', [key, 'firings', 'enrolled', 'effects', 'near misses'], cells);
}

function table(title: string, head: string[], rows: string[][]): void {
  print();
  if (title !== '') print(paint('bold', title, process.stdout));
  const [first, ...others] = columns(head.length > 0 ? [head, ...rows] : rows);
  if (first !== undefined) print(head.length > 0 ? paint('dim', first, process.stdout) : first);
  for (const line of others) print(line);
}

function named(subjects: readonly string[]): string {
  const more = subjects.length - MAX_SUBJECTS;
  const shownOnes = subjects.slice(0, MAX_SUBJECTS).join(', ');
  return more > 0 ? `${shownOnes} and ${shown(more)} more (--json names all)` : shownOnes;
}

function listed(counts: ReadonlyMap<string, number>): string {
  return (
    sorted(counts)
      .map(([name, n]) => `${shown(n)} ${name}`)
      .join(', ') || '–'
  );
}

function sorted(counts: ReadonlyMap<string, number>): [string, number][] {
  return [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
}

function shown(n: number): string {
  return n.toLocaleString('en');
}

function dayOf(date: string): number {
  return Date.parse(`${date}T00:00:00Z`) / 86_400_000;
}
