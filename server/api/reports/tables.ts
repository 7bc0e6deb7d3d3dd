/** The tables of a report: the same on the screen, as CSV and in the web app. */
import type { Interval } from '../../../measurement/intervals.ts';
import type { GroupFigures, Lift, TooFew } from '../../../measurement/lift.ts';
import { liftWords, type Report } from '../../../measurement/report.ts';
import type { ColleagueFigures } from '../../../store/reports/measured/figures.ts';
import type { PlaybookLift } from '../../../store/reports/measured/read-lift.ts';
import type { TableName } from './table-names.ts';

export interface Reported {
  report: Report;
  lifts: readonly PlaybookLift[];
  colleagues: readonly ColleagueFigures[];
}

export type Cell = string | number | null;

export interface Table {
  title: string;
  columns: string[];
  rows(reported: Reported): Cell[][];
  /** What of it can be drawn as bars; left out where nothing can. */
  picture?(reported: Reported): Picture;
}

export interface Picture {
  unit: 'count' | 'percent';
  series: string[];
  bars: { name: string; values: (number | null)[] }[];
}

/** One bar each, of a percentage. */
function percents(series: string, bars: readonly [name: string, percent: number | null][]): Picture {
  return { unit: 'percent', series: [series], bars: bars.map(([name, percent]) => ({ name, values: [percent] })) };
}

function shareOf(rate: number | null): number | null {
  return rate === null ? null : tenth(rate * 100);
}

export const TABLES: { readonly [name in TableName]: Table } = {
  playbooks: {
    title: 'Playbooks',
    columns: ['playbook', 'fired', 'entered', 'converted', 'value', 'lift'],
    rows: ({ report }) =>
      report.playbooks.map((one) => [one.playbook, one.fired, one.entered, one.converted, one.value, one.lift]),
    picture: ({ report }) => ({
      unit: 'count',
      series: ['fired', 'entered', 'converted'],
      bars: report.playbooks
        .filter(({ fired, entered, converted }) => fired + entered + converted > 0)
        .map(({ playbook, fired, entered, converted }) => ({ name: playbook, values: [fired, entered, converted] })),
    }),
  },
  holdouts: {
    title: 'Holdouts: treated against held out (G4)',
    columns: ['playbook', 'treated', 'rate %', 'held out', 'rate %', ...compared(), 'incremental value', 'left out'],
    rows: ({ lifts }) =>
      lifts.flatMap(({ playbook, treated, heldOut, lift, leftOut }) =>
        lift === null
          ? []
          : [
              [
                ...[playbook, treated.people, rateOf(treated), heldOut.people, rateOf(heldOut)],
                ...comparison(lift),
                ...[
                  'tooFew' in lift
                    ? null
                    : estimateOf(lift.incremental.value.estimate, lift.incremental.value.interval),
                ],
                leftOut,
              ],
            ],
      ),
    picture: ({ lifts }) => ({
      unit: 'percent',
      series: ['treated', 'held out'],
      bars: lifts
        .filter(({ lift }) => lift !== null)
        .map(({ playbook, treated, heldOut }) => {
          return { name: playbook, values: [shareOf(treated.rate), shareOf(heldOut.rate)] };
        }),
    }),
  },
  experiments: {
    title: 'Experiments: each arm against the first',
    columns: ['playbook', 'experiment', 'arm', 'people', 'converters', 'rate %', 'value a person', ...compared()],
    rows: ({ lifts }) =>
      lifts.flatMap(({ playbook, experiments }) =>
        experiments.flatMap(({ experiment, arms }) =>
          arms.map(({ arm, lift, ...figures }) => [
            ...[playbook, experiment, arm, figures.people, figures.converters, rateOf(figures)],
            figures.valuePerPerson === null ? null : cents(figures.valuePerPerson),
            ...(lift === null ? [null, null, null, null] : comparison(lift)),
          ]),
        ),
      ),
    picture: ({ lifts }) =>
      percents(
        'rate %',
        lifts.flatMap(({ playbook, experiments }) =>
          experiments.flatMap(({ experiment, arms }) =>
            arms.map(({ arm, rate }): [string, number | null] => [`${playbook} ${experiment}: ${arm}`, shareOf(rate)]),
          ),
        ),
      ),
  },
  messages: {
    title: 'Conversions given to messages',
    columns: ['playbook', 'template', 'converted', 'value'],
    rows: ({ report }) => report.messages.map((one) => [one.playbook, one.template, one.converted, one.value]),
    picture: ({ report }) => ({
      unit: 'count',
      series: ['value'],
      bars: report.messages.map(({ playbook, template, value }) => ({
        name: `${playbook}: ${template}`,
        values: [value],
      })),
    }),
  },
  'service-levels': {
    title: 'Service levels',
    columns: ['policy', 'clock', 'met', 'breached', 'met %', 'half late by (h)'],
    rows: ({ report }) =>
      report.service_levels.map((one) => [
        ...[one.policy, one.clock, one.met, one.breached, one.met_percent, one.late_hours],
      ]),
    picture: ({ report }) =>
      percents(
        'met %',
        report.service_levels.map((one) => [`${one.policy}.${one.clock}`, one.met_percent]),
      ),
  },
  cadence: {
    title: 'Tasks that were due',
    columns: ['playbook', 'due', 'done in time', 'kept %'],
    rows: ({ report }) => report.cadence.map((one) => [one.playbook, one.due, one.in_time, one.kept_percent]),
    picture: ({ report }) =>
      percents(
        'kept %',
        report.cadence.map((one) => [one.playbook, one.kept_percent]),
      ),
  },
  colleagues: {
    title: 'Who did them in time',
    columns: ['person', 'due', 'done in time', 'done late', 'not done', 'kept %'],
    rows: ({ colleagues }) =>
      colleagues.map((one) => [
        ...[one.person, one.due, one.inTime, one.late, one.due - one.inTime - one.late],
        keptBy(one),
      ]),
    picture: ({ colleagues }) =>
      percents(
        'kept %',
        colleagues.map((one) => [one.person, keptBy(one)]),
      ),
  },
  records: {
    title: 'Records with all required fields, now',
    columns: ['record', 'complete', 'of', '%', 'target %'],
    rows: ({ report }) => report.records.map((one) => [one.record, one.complete, one.of, one.percent, one.target]),
    picture: ({ report }) =>
      percents(
        'complete %',
        report.records.map((one) => [one.record, one.percent]),
      ),
  },
  predictions: {
    title: 'Predictions that were due',
    columns: ['trait', 'made', 'precision %', 'recall %', 'base rate %'],
    rows: ({ report }) =>
      report.predictions.map((one) => [one.trait, one.made, one.precision, one.recall, one.base_rate]),
    picture: ({ report }) => ({
      unit: 'percent',
      series: ['precision %', 'recall %', 'base rate %'],
      bars: report.predictions.map(({ trait, precision, recall, base_rate }) => {
        return { name: trait, values: [precision, recall, base_rate] };
      }),
    }),
  },
};

function keptBy({ inTime, due }: ColleagueFigures): number {
  return Math.round((100 * inTime) / due);
}

/** Columns of a comparison. */
function compared(): string[] {
  return ['difference (points)', 'lift', 'verdict', 'people still needed'];
}

function comparison(lift: Lift | TooFew): Cell[] {
  if ('tooFew' in lift) return [null, liftWords(lift).lift, null, null];
  const { difference, verdict, stillNeeded } = lift;
  const points = difference.interval?.map((bound) => bound * 100) as Interval | undefined;
  return [estimateOf(difference.estimate * 100, points ?? null), liftWords(lift).lift, verdict, stillNeeded];
}

/** `8.4 (7.1 to 9.9)` */
function rateOf({ rate, rateInterval }: Pick<GroupFigures, 'rate' | 'rateInterval'>): string | null {
  if (rate === null) return null;
  return estimateOf(rate * 100, rateInterval === null ? null : [rateInterval[0] * 100, rateInterval[1] * 100]);
}

function estimateOf(estimate: number, interval: Interval | null): string {
  const bounds = interval === null ? '' : ` (${tenth(interval[0])} to ${tenth(interval[1])})`;
  return `${tenth(estimate)}${bounds}`;
}

function tenth(value: number): number {
  return Math.round(value * 10) / 10;
}

function cents(value: number): number {
  return Math.round(value * 100) / 100;
}

/** RFC 4180; a cell that a spreadsheet would take for a formula begins with an apostrophe. */
export function csvOf({ columns, rows }: Table, reported: Reported): string {
  const lines = [columns, ...rows(reported)].map((row) => row.map(csvCell).join(','));
  return `${lines.join('\r\n')}\r\n`;
}

function csvCell(cell: Cell): string {
  if (cell === null) return '';
  if (typeof cell === 'number') return String(cell);
  const text = /^[=@\t\r]|^[+-](?!\d)/.test(cell) ? `'${cell}` : cell;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
