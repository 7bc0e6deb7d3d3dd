/** What the overview shows, read at most once in half a second however many look at it. */

import type { Instant, Settings } from '../../language/model.ts';
import type { Registry } from '../../language/syntax.ts';
import { DAY_MS } from '../../language/time/duration.ts';
import { readDeployedConfig } from '../../store/deployments/deployments.ts';
import { type PredictionTotals, predictionTotals } from '../../store/evaluation/predictions.ts';
import { readSkippedCounts, type SkippedCount } from '../../store/evaluation/skipped-counts.ts';
import { type ClockReading, readClock } from '../../store/postgres/clock.ts';
import type { Database } from '../../store/postgres/database.ts';
import { type Activity, readActivities } from '../../store/reports/activity-feed.ts';
import { type Backlog, type PlaybookTotals, readBacklog, readTotals } from '../../store/reports/totals.ts';
import { type FeedTeller, type Sentence, sentenceOf } from '../sentences.ts';

export interface PartShown {
  part: string;
  from: string;
  version: string;
}

export interface Overview {
  clock: ClockReading;
  zone: string;
  playbooks: { [playbook: string]: PlaybookTotals };
  backlog: Backlog;
  /** Events and conditions that took no part (T0). */
  noPart: SkippedCount[];
  /** Of traits that predict something (T14), over what was decided in the last 7 days. */
  predictions: PredictionTotals[];
  latest: { at: number; playbook: string; kind: string; sentence: Sentence }[];
}

const MAX_SHOWN = 40;
/** Read for one that is shown. */
const READ = 2;
const KEPT_MS = 500;
const PREDICTIONS_MS = 7 * DAY_MS;
/** They change with the days, and are many rows to count. */
const PREDICTIONS_KEPT_MS = 30_000;

/** Undefined before the first deployment. */
export type ReadOverview = () => Promise<Overview | undefined>;

export function overviewOf(database: Database, { steps }: Pick<Registry, 'steps'>): ReadOverview {
  let kept: { at: number; overview: Promise<Overview | undefined> } | undefined;
  const predictions = keptPredictions(database);
  return () => {
    const now = performance.now();
    if (kept === undefined || now - kept.at > KEPT_MS) {
      const overview = read(database, steps, predictions);
      kept = { at: now, overview };
      // A failure is told to whoever asked; the next one asks again.
      overview.catch(() => (kept = undefined));
    }
    return kept.overview;
  };
}

async function read(
  { pool }: Database,
  steps: Registry['steps'],
  predictions: (now: Instant) => Promise<PredictionTotals[]>,
): Promise<Overview | undefined> {
  const clock = await readClock(pool);
  const figures = await readTotals(pool);
  if (figures.size === 0) return undefined;
  const { settings, people } = await readDeployedConfig(pool);
  const teller: FeedTeller = { zone: zoneOf(settings), people, steps };
  const happenings = await readActivities(pool, { since: 0, most: READ * MAX_SHOWN });
  // That a journey came to its end is seen in the count; what it did on the way stands here.
  const shownOnes = happenings.filter(({ detail }) => detail.outcome !== 'completed').slice(0, MAX_SHOWN);
  return {
    clock,
    zone: teller.zone,
    playbooks: Object.fromEntries(figures),
    backlog: await readBacklog(pool),
    noPart: await readSkippedCounts(pool),
    predictions: await predictions(clock.now),
    latest: shownOnes.map((happening) => shown(happening, teller)),
  };
}

function keptPredictions({ pool }: Database): (now: Instant) => Promise<PredictionTotals[]> {
  let kept: { at: number; figures: PredictionTotals[] } | undefined;
  return async (now) => {
    const at = performance.now();
    if (kept === undefined || at - kept.at > PREDICTIONS_KEPT_MS) {
      kept = { at, figures: await predictionTotals(pool, { from: now - PREDICTIONS_MS, to: now + 1 }) };
    }
    return kept.figures;
  };
}

function shown(happening: Activity, teller: FeedTeller): Overview['latest'][number] {
  const { at, playbook, kind } = happening;
  return { at, playbook, kind, sentence: sentenceOf(happening, teller) };
}

function zoneOf(settings: Settings): string {
  return settings.timeZone;
}
