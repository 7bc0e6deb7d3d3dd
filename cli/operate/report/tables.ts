/** The tables of a report: the same on the screen and as CSV. */
import type { Interval } from '../../../measurement/intervals.ts';
import type { GroupFigures, Lift, TooFew } from '../../../measurement/lift.ts';
import { liftWords, type Report } from '../../../measurement/report.ts';
import type { PlaybookLift } from '../../../store/reports/measured/read-lift.ts';
import type { TableName } from './table-names.ts';

export interface Reported {
  report: Report;
  lifts: readonly PlaybookLift[];
}

export type Cell = string | number | null;

export interface Table {
  title: string;
  columns: string[];
  rows(reported: Reported): Cell[][];
}

export const TABLES: { readonly [name in TableName]: Table } = {
  playbooks: {
    title: 'Playbooks',
    columns: ['playbook', 'fired', 'entered', 'converted', 'value', 'lift'],
    rows: ({ report }) =>
      report.playbooks.map((one) => [one.playbook, one.fired, one.entered, one.converted, one.value, one.lift]),
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
  },
  messages: {
    title: 'Conversions given to messages',
    columns: ['playbook', 'template', 'converted', 'value'],
    rows: ({ report }) => report.messages.map((one) => [one.playbook, one.template, one.converted, one.value]),
  },
  'service-levels': {
    title: 'Service levels',
    columns: ['policy', 'clock', 'met', 'breached', 'met %', 'half late by (h)'],
    rows: ({ report }) =>
      report.service_levels.map((one) => [
        ...[one.policy, one.clock, one.met, one.breached, one.met_percent, one.late_hours],
      ]),
  },
  cadence: {
    title: 'Tasks that were due',
    columns: ['playbook', 'due', 'done in time', 'kept %'],
    rows: ({ report }) => report.cadence.map((one) => [one.playbook, one.due, one.in_time, one.kept_percent]),
  },
  records: {
    title: 'Records with all required fields, now',
    columns: ['record', 'complete', 'of', '%', 'target %'],
    rows: ({ report }) => report.records.map((one) => [one.record, one.complete, one.of, one.percent, one.target]),
  },
  predictions: {
    title: 'Predictions that were due',
    columns: ['trait', 'made', 'precision %', 'recall %', 'base rate %'],
    rows: ({ report }) =>
      report.predictions.map((one) => [one.trait, one.made, one.precision, one.recall, one.base_rate]),
  },
};

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
