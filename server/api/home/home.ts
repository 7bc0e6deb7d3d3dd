/** `GET /api/home`. Read at most once in two seconds, however many look at it. */
import type { Registry } from '../../../language/syntax.ts';
import { readClock } from '../../../store/postgres/clock.ts';
import type { Database } from '../../../store/postgres/database.ts';
import { type Activity, readActivities } from '../../../store/reports/activity-feed.ts';
import { readBacklog } from '../../../store/reports/totals.ts';
import { cached } from '../../cached.ts';
import type { PartShown } from '../../overview/data.ts';
import { sentenceOf } from '../../sentences.ts';
import { getHome, type Health, type Home, type Latest } from '../contract/home.ts';
import { iso } from '../cursor.ts';
import { isDeployed, tellerOf } from '../deployed.ts';
import { type Handled, on } from '../handled.ts';
import { readNeeded, readToday, readTotal } from './figures.ts';
import { healthOf } from './health.ts';

export interface HomeOptions {
  database: Database;
  registry: Pick<Registry, 'steps'>;
  parts: readonly PartShown[];
  partStates?: (() => readonly { part: string; up: boolean }[]) | undefined;
}

const KEPT_MS = 2_000;
/** Counts of everything that ever was. */
const TOTAL_KEPT_MS = 10_000;
const MAX_LATEST = 40;

export function homeRoutes(options: HomeOptions): Handled[] {
  const total = cached(TOTAL_KEPT_MS, () => readTotal(options.database));
  const read = cached(KEPT_MS, () => readHome(options, total));
  return [on(getHome, read)];
}

async function readHome(
  { database, registry, parts, partStates }: HomeOptions,
  total: () => Promise<Home['total']>,
): Promise<Home> {
  const { pool } = database;
  const teller = await tellerOf(database, registry);
  const { mode, warp, now } = await readClock(pool);
  const backlog = await readBacklog(database);
  const activities = await readActivities(database, { since: 0, most: MAX_LATEST });
  return {
    now: iso(now),
    zone: teller.zone,
    clock: { mode, warp },
    deployed: await isDeployed(database),
    today: await readToday(database, { now, zone: teller.zone }),
    total: await total(),
    needs: await readNeeded(database, { now, backlog }),
    health: healthOf(backlog, parts, partStates?.() ?? []) satisfies Health,
    latest: activities.map((activity) => shown(activity, sentenceOf(activity, teller))),
  };
}

function shown(activity: Activity, sentence: Latest['sentence']): Latest {
  const { id, at, playbook, kind, enrolment, subjectType, subjectId, subjectName } = activity;
  const subject = { type: subjectType, id: subjectId, name: subjectName };
  return { id, at: iso(at), playbook, kind, enrolment, subject, sentence };
}
