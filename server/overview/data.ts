/** What the overview shows, read at most once in half a second however many look at it. */

import type { Instant, Settings } from '../../language/model.ts';
import { DAY_MS } from '../../language/time/duration.ts';
import { readSurroundings } from '../../store/deployments/deployments.ts';
import { type PredictionFigures, predictionFigures } from '../../store/evaluation/predictions.ts';
import { type LookCount, readLookCounts } from '../../store/evaluation/skipped-counts.ts';
import { type ClockReading, readClock } from '../../store/postgres/clock.ts';
import type { Database } from '../../store/postgres/database.ts';
import { type Happening, readHappenings } from '../../store/reports/activity-feed.ts';
import { type Backlog, type PlaybookFigures, readBacklog, readFigures } from '../../store/reports/totals.ts';
import { type Sentence, sentenceOf, type Teller } from '../sentences.ts';

export interface PartShown {
  part: string;
  from: string;
  version: string;
}

export interface Overview {
  clock: ClockReading;
  zone: string;
  playbooks: { [playbook: string]: PlaybookFigures };
  backlog: Backlog;
  /** Events and conditions that took no part (T0). */
  noPart: LookCount[];
  /** Of traits that predict something (T14), over what was decided in the last 7 days. */
  predictions: PredictionFigures[];
  latest: { at: number; playbook: string; kind: string; sentence: Sentence }[];
}

const MOST_SHOWN = 40;
/** Read for one that is shown. */
const READ = 2;
const KEPT_MS = 500;
const PREDICTIONS_MS = 7 * DAY_MS;
/** They change with the days, and are many rows to count. */
const PREDICTIONS_KEPT_MS = 30_000;

/** Undefined before the first deployment. */
export type ReadOverview = () => Promise<Overview | undefined>;

export function overviewOf(database: Database): ReadOverview {
  let kept: { at: number; overview: Promise<Overview | undefined> } | undefined;
  const predictions = keptPredictions(database);
  return () => {
    const now = performance.now();
    if (kept === undefined || now - kept.at > KEPT_MS) {
      const overview = read(database, predictions);
      kept = { at: now, overview };
      // A failure is told to whoever asked; the next one asks again.
      overview.catch(() => (kept = undefined));
    }
    return kept.overview;
  };
}

async function read(
  { pool }: Database,
  predictions: (now: Instant) => Promise<PredictionFigures[]>,
): Promise<Overview | undefined> {
  const clock = await readClock(pool);
  const figures = await readFigures(pool);
  if (figures.size === 0) return undefined;
  const { settings, people } = await readSurroundings(pool);
  const teller: Teller = { zone: zoneOf(settings), people };
  const happenings = await readHappenings(pool, { since: 0, most: READ * MOST_SHOWN });
  // That a journey came to its end is seen in the count; what it did on the way stands here.
  const shownOnes = happenings.filter(({ detail }) => detail.outcome !== 'completed').slice(0, MOST_SHOWN);
  return {
    clock,
    zone: teller.zone,
    playbooks: Object.fromEntries(figures),
    backlog: await readBacklog(pool),
    noPart: await readLookCounts(pool),
    predictions: await predictions(clock.now),
    latest: shownOnes.map((happening) => shown(happening, teller)),
  };
}

function keptPredictions({ pool }: Database): (now: Instant) => Promise<PredictionFigures[]> {
  let kept: { at: number; figures: PredictionFigures[] } | undefined;
  return async (now) => {
    const at = performance.now();
    if (kept === undefined || at - kept.at > PREDICTIONS_KEPT_MS) {
      kept = { at, figures: await predictionFigures(pool, { from: now - PREDICTIONS_MS, to: now + 1 }) };
    }
    return kept.figures;
  };
}

function shown(happening: Happening, teller: Teller): Overview['latest'][number] {
  const { at, playbook, kind } = happening;
  return { at, playbook, kind, sentence: sentenceOf(happening, teller) };
}

function zoneOf(settings: Settings): string {
  return settings.timeZone;
}
