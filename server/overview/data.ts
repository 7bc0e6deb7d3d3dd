/** What the overview shows, read at most once in half a second however many people watch it. */

import type { Settings } from '../../language/model.ts';
import type { Registry } from '../../language/syntax.ts';
import { DAY_MS } from '../../language/time/duration.ts';
import { readDeployedConfig } from '../../store/deployments/deployments.ts';
import { readStopped, type StatusShown } from '../../store/deployments/playbook-status.ts';
import { type PredictionTotals, predictionTotals } from '../../store/evaluation/predictions.ts';
import { readSkippedCounts, type SkippedCount } from '../../store/evaluation/skipped-counts.ts';
import { type ClockReading, now, readClock } from '../../store/postgres/clock.ts';
import type { Database } from '../../store/postgres/database.ts';
import { type Activity, readActivities } from '../../store/reports/activity-feed.ts';
import { type RefusalCount, refusalCounts } from '../../store/reports/refusals.ts';
import { type Backlog, type PlaybookTotals, readBacklog, readTotals } from '../../store/reports/totals.ts';
import { cached } from '../cached.ts';
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
  /** Playbooks that are paused or halted (N6). */
  stopped: StatusShown[];
  backlog: Backlog;
  /** Events and conditions that were skipped (T0). */
  noPart: SkippedCount[];
  /** Of traits that predict something (T14), over what was decided in the last 7 days. */
  predictions: PredictionTotals[];
  /** Firings of the last 7 days that nobody entered by, with why. */
  refusals: RefusalCount[];
  latest: { at: number; playbook: string; kind: string; sentence: Sentence }[];
}

const MAX_SHOWN = 40;
/** Read for one that is shown. */
const READ = 2;
const KEPT_MS = 500;
const COUNTED_MS = 7 * DAY_MS;
/** Predictions change with the days, and are many rows to count. */
const PREDICTIONS_KEPT_MS = 30_000;
const REFUSALS_KEPT_MS = 5_000;

/** Undefined before the first deployment. */
export type ReadOverview = () => Promise<Overview | undefined>;

export function overviewOf(database: Database, { steps }: Pick<Registry, 'steps'>): ReadOverview {
  const predictions = cached(PREDICTIONS_KEPT_MS, async () => {
    const until = await now(database.pool);
    return predictionTotals(database.pool, { from: until - COUNTED_MS, to: until + 1 });
  });
  const refusals = cached(REFUSALS_KEPT_MS, async () => {
    const until = await now(database.pool);
    const playbooks = [...(await readTotals(database)).keys()];
    return refusalCounts(database.pool, playbooks, { from: until - COUNTED_MS, until: until + 1 });
  });
  return cached(KEPT_MS, () => read(database, steps, { predictions, refusals }));
}

async function read(
  database: Database,
  steps: Registry['steps'],
  counted: { predictions: () => Promise<PredictionTotals[]>; refusals: () => Promise<RefusalCount[]> },
): Promise<Overview | undefined> {
  const clock = await readClock(database.pool);
  const totals = await readTotals(database);
  if (totals.size === 0) return undefined;
  const { settings, people } = await readDeployedConfig(database.pool);
  const teller: FeedTeller = { zone: zoneOf(settings), people, steps };
  const activities = await readActivities(database, { since: 0, most: READ * MAX_SHOWN });
  // That a journey was completed is seen in the totals; the list shows what it did on the way.
  const latest = activities.filter(({ detail }) => detail.outcome !== 'completed').slice(0, MAX_SHOWN);
  return {
    clock,
    zone: teller.zone,
    playbooks: Object.fromEntries(totals),
    stopped: await readStopped(database.pool),
    backlog: await readBacklog(database),
    noPart: await readSkippedCounts(database),
    predictions: await counted.predictions(),
    refusals: await counted.refusals(),
    latest: latest.map((activity) => shown(activity, teller)),
  };
}

function shown(activity: Activity, teller: FeedTeller): Overview['latest'][number] {
  const { at, playbook, kind } = activity;
  return { at, playbook, kind, sentence: sentenceOf(activity, teller) };
}

function zoneOf(settings: Settings): string {
  return settings.timeZone;
}
