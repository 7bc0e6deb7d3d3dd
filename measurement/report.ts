/**
 * What a report says of one week (W3): the same for texts of playbooks, for `cuebook report` and for programs. Numbers are
 * rounded for readers here, once; a figure that nothing was counted for is null.
 */

import type { Instant, Json } from '../language/model.ts';
import { REPORT_FIELDS } from '../language/roots.ts';
import { DAY_MS } from '../language/time/duration.ts';
import { addDays, localDate, startOfDay, weekday } from '../language/time/zones.ts';
import type { Lift, TooFew } from './lift.ts';

/** `[from, until)`, and its first and last day on the clocks of whoever reads it. */
export interface ReportPeriod {
  from: Instant;
  until: Instant;
  firstDay: string;
  lastDay: string;
}

export interface PlaybookFigures {
  playbook: string;
  /** Firings that were made, and not undone since. */
  fired: number;
  /** Enrolments that began, ghosts too. */
  entered: number;
  /** Goals that were met, ghosts' left out; each as often as it was. */
  converted: number;
  /** Of those, what they were worth. */
  value: number;
}

export interface ServiceLevelFigures {
  policy: string;
  clock: string;
  /** Clocks that stopped in time. */
  met: number;
  breached: number;
  /** Of those breached, how long half of them waited at most for their stop; null where none was. */
  lateMs: number | null;
}

export interface CadenceFigures {
  playbook: string;
  /** Tasks that were due, those taken back left out. */
  due: number;
  /** Of these, done by then. */
  inTime: number;
}

export interface RecordFigures {
  /** `contact`, `deal`, … */
  record: string;
  /** Those of which each required field has a value. */
  complete: number;
  of: number;
}

export interface MessageFigures {
  playbook: string;
  template: string;
  /** Conversions that were given to it (G1). */
  converted: number;
  value: number;
}

export interface PredictionFigures {
  trait: string;
  made: number;
  /** Parts of a whole. */
  precision: number | null;
  recall: number | null;
  base_rate: number;
}

/** What one week's figures are made from; a part that nobody asked for is left out. */
export interface ReportParts {
  playbooks?: readonly PlaybookFigures[];
  lifts?: readonly { playbook: string; lift: Lift | TooFew | null }[];
  serviceLevels?: readonly ServiceLevelFigures[];
  cadence?: readonly CadenceFigures[];
  records?: readonly RecordFigures[];
  messages?: readonly MessageFigures[];
  predictions?: readonly PredictionFigures[];
}

/** Of complete profiles, in percent: below it, data is to be tidied. */
export const COMPLETE_TARGET = 90;
/** How far back the enrolments began that a report's lift counts: a week's are too few, and their goals still open. */
export const LIFT_MS = 91 * DAY_MS;

/** The last full calendar week, Monday to Sunday, that was over at an instant on the clocks of a zone. */
export function lastWeek(at: Instant, zone: string): ReportPeriod {
  const today = localDate(at, zone);
  const monday = addDays(today, -weekday(today));
  return periodOfDays(addDays(monday, -7), addDays(monday, -1), zone);
}

/** From the first instant of a day to the last one of another. */
export function periodOfDays(firstDay: string, lastDay: string, zone: string): ReportPeriod {
  return { from: startOfDay(firstDay, zone), until: startOfDay(addDays(lastDay, 1), zone), firstDay, lastDay };
}

/** The figures as texts and expressions read them: every one of `REPORT_FIELDS`. */
export function reportOf({ firstDay, lastDay }: Pick<ReportPeriod, 'firstDay' | 'lastDay'>, parts: ReportParts) {
  const { playbooks = [], lifts = [], serviceLevels = [], cadence = [], records = [], messages = [] } = parts;
  const met = sum(serviceLevels, 'met');
  const liftOfPlaybook = (name: string) => lifts.find(({ playbook }) => playbook === name)?.lift ?? null;
  return {
    from: firstDay,
    to: lastDay,
    fired: sum(playbooks, 'fired'),
    entered: sum(playbooks, 'entered'),
    converted: sum(playbooks, 'converted'),
    value: rounded(sum(playbooks, 'value')),
    sla_met: percent(met, met + sum(serviceLevels, 'breached')),
    cadence_kept: percent(sum(cadence, 'inTime'), sum(cadence, 'due')),
    complete_profiles: percent(sum(records, 'complete'), sum(records, 'of')),
    playbooks: playbooks.map(({ value, ...figures }) => ({
      ...figures,
      value: rounded(value),
      ...liftWords(liftOfPlaybook(figures.playbook)),
    })),
    service_levels: serviceLevels.map(({ lateMs, ...figures }) => ({
      ...figures,
      met_percent: percent(figures.met, figures.met + figures.breached),
      late_hours: lateMs === null ? null : Math.round(lateMs / 360_000) / 10,
    })),
    cadence: cadence.map(({ playbook, due, inTime }) => ({
      ...{ playbook, due, in_time: inTime, kept_percent: percent(inTime, due) },
    })),
    records: records.map(({ record, complete, of }) => ({
      ...{ record, complete, of, percent: percent(complete, of), target: COMPLETE_TARGET },
    })),
    messages: messages.map(({ value, ...figures }) => ({ ...figures, value: rounded(value) })),
    predictions: (parts.predictions ?? []).map(({ trait, made, precision, recall, base_rate }) => ({
      ...{ trait, made, precision: share(precision), recall: share(recall), base_rate: share(base_rate) },
    })),
  } satisfies { [field: string]: Json };
}

export type Report = ReturnType<typeof reportOf>;

/** Of the paths that a text or an expression reads, the fields of a report. */
export function fieldsRead(reads: readonly string[]): (keyof Report)[] {
  const fields = reads.flatMap((read) => {
    const [root, field] = read.split('.');
    return root === 'report' ? REPORT_FIELDS.filter((known) => known === field) : [];
  });
  return [...new Set(fields)];
}

/** `+33 % (4 to 73)`, or why there is none; and the percentage alone, null without one. */
export function liftWords(lift: Lift | TooFew | null): { lift: string; lift_percent: number | null } {
  if (lift === null) return { lift: 'nobody held out', lift_percent: null };
  if ('tooFew' in lift) return { lift: 'too few people', lift_percent: null };
  if (lift.relative === null) return { lift: 'none held out was converted', lift_percent: null };
  const { estimate, interval } = lift.relative;
  const bounds = interval === null ? '' : ` (${interval.map(signed).join(' to ')})`;
  const unsure = lift.verdict === 'undecided' ? ', undecided' : '';
  return { lift: `${signed(estimate)} %${bounds}${unsure}`, lift_percent: Math.round(estimate * 100) };
}

function signed(part: number): string {
  const whole = Math.round(part * 100);
  return whole > 0 ? `+${whole}` : `${whole}`;
}

function sum<Field extends string>(rows: readonly { [field in Field]: number }[], field: Field): number {
  return rows.reduce((total, row) => total + row[field], 0);
}

/** A whole number; null of nothing. */
function percent(part: number, of: number): number | null {
  return of === 0 ? null : Math.round((part / of) * 100);
}

function share(part: number | null): number | null {
  return part === null ? null : Math.round(part * 100);
}

/** To cents: sums of floats have more places than what was added. */
function rounded(value: number): number {
  return Math.round(value * 100) / 100;
}
