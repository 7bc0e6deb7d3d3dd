/** The figures of a report (W3), read from the store: only what was asked for. */
import { LIFT_MS, type Report, type ReportParts, type ReportPeriod, reportOf } from '../../../measurement/report.ts';
import { readDeployedConfig } from '../../deployments/deployments.ts';
import { predictionTotals } from '../../evaluation/predictions.ts';
import type { Queryable } from '../../postgres/database.ts';
import { recordFigures } from './completeness.ts';
import { cadenceFigures, knownPlaybooks, messageFigures, playbookFigures } from './figures.ts';
import { type PlaybookLift, readLift } from './read-lift.ts';
import { serviceLevelFigures } from './service-levels.ts';

type Part = keyof ReportParts;

/** What each field of a report is made from. */
const NEEDS: { readonly [field in keyof Report]: readonly Part[] } = {
  from: [],
  to: [],
  fired: ['playbooks'],
  entered: ['playbooks'],
  converted: ['playbooks'],
  value: ['playbooks'],
  sla_met: ['serviceLevels'],
  cadence_kept: ['cadence'],
  complete_profiles: ['records'],
  playbooks: ['playbooks', 'lifts'],
  service_levels: ['serviceLevels'],
  cadence: ['cadence'],
  records: ['records'],
  messages: ['messages'],
  predictions: ['predictions'],
};

/** @param fields what will be read of it; the others are as of a week in which nothing happened */
export async function readReport(
  client: Queryable,
  period: ReportPeriod,
  fields: readonly (keyof Report)[],
): Promise<Report> {
  return reportOf(period, await readParts(client, period, fields));
}

/** What a report is made from, with each lift's groups. */
export async function readParts(
  client: Queryable,
  period: ReportPeriod,
  fields: readonly (keyof Report)[],
): Promise<ReportParts & { lifts?: PlaybookLift[] }> {
  const parts: Awaited<ReturnType<typeof readParts>> = {};
  const needed = new Set(fields.flatMap((field) => NEEDS[field]));
  const playbooks = await knownPlaybooks(client);
  // One after the other: they share a connection.
  if (needed.has('playbooks')) parts.playbooks = await playbookFigures(client, playbooks, period);
  if (needed.has('lifts')) {
    const from = Math.min(period.from, period.until - LIFT_MS);
    parts.lifts = await readLift(client, playbooks, { from, until: period.until });
  }
  if (needed.has('serviceLevels')) parts.serviceLevels = await serviceLevelFigures(client, period);
  if (needed.has('cadence')) parts.cadence = await cadenceFigures(client, period);
  if (needed.has('messages')) parts.messages = await messageFigures(client, playbooks, period);
  if (needed.has('records')) {
    const { settings } = await readDeployedConfig(client);
    parts.records = await recordFigures(client, settings.required);
  }
  if (needed.has('predictions')) {
    parts.predictions = await predictionTotals(client, { from: period.from, to: period.until });
  }
  return parts;
}

export const REPORTED = Object.keys(NEEDS) as (keyof Report)[];
