/** `GET /api/home`. Read at most once in two seconds, however many look at it. */
import type { Registry } from '../../language/syntax.ts';
import { DAY_MS } from '../../language/time/duration.ts';
import { localDate, startOfDay } from '../../language/time/zones.ts';
import { readStopped } from '../../store/deployments/playbook-status.ts';
import { readClock } from '../../store/postgres/clock.ts';
import type { Database } from '../../store/postgres/database.ts';
import { type Activity, readActivities } from '../../store/reports/activity-feed.ts';
import { countConversions, countJourneys } from '../../store/reports/app/journeys.ts';
import { readNeeds } from '../../store/reports/app/needs.ts';
import { happenedSince } from '../../store/reports/app/today.ts';
import { refusalCounts } from '../../store/reports/refusals.ts';
import { type Backlog, readBacklog, readTotals } from '../../store/reports/totals.ts';
import { cached } from '../cached.ts';
import type { PartShown } from '../overview/data.ts';
import { sentenceOf } from '../sentences.ts';
import { getHome, type Health, type Home, type Latest } from './contract/home.ts';
import { iso } from './cursor.ts';
import { isDeployed, tellerOf } from './deployed.ts';
import { type Handled, on } from './handled.ts';
import { healthOf } from './health.ts';
import { endingsShown, journeysShown, reasonsShown } from './words.ts';

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
const FAILED_WITHIN_MS = 7 * DAY_MS;

export function homeRoutes(options: HomeOptions): Handled[] {
  const total = cached(TOTAL_KEPT_MS, () => readTotal(options.database));
  const read = cached(KEPT_MS, () => readHome(options, total));
  return [on(getHome, read)];
}

async function readTotal(database: Database): Promise<Home['total']> {
  const counts = await countJourneys(database.pool);
  const converted = await countConversions(database.pool, [...new Set(counts.map(({ playbook }) => playbook))]);
  return {
    ...journeysShown(counts),
    conversions: converted.reduce((sum, { conversions }) => sum + conversions, 0),
    value: converted.reduce((sum, { value }) => sum + value, 0),
  };
}

async function readHome(
  { database, registry, parts, partStates }: HomeOptions,
  total: () => Promise<Home['total']>,
): Promise<Home> {
  const { pool } = database;
  const teller = await tellerOf(database, registry);
  const { mode, warp, now } = await readClock(pool);
  const since = startOfDay(localDate(now, teller.zone), teller.zone);
  const playbooks = [...(await readTotals(database)).keys()];
  const { ended, ...happened } = await happenedSince(pool, playbooks, since);
  const refused = await refusalCounts(pool, playbooks, { from: since, until: now + 1 });
  const backlog = await readBacklog(database);
  const needs = await readNeeds(pool, { now, failedSince: now - FAILED_WITHIN_MS });
  const activities = await readActivities(database, { since: 0, most: MAX_LATEST });
  return {
    now: iso(now),
    zone: teller.zone,
    clock: { mode, warp },
    deployed: await isDeployed(database),
    today: { since: iso(since), ...happened, ended: endingsShown(ended), refused: reasonsShown(refused) },
    total: await total(),
    needs: { ...needs, ...waitingOf(backlog), stopped: await stoppedOf(database) },
    health: healthOf(backlog, parts, partStates?.() ?? []) satisfies Health,
    latest: activities.map((activity) => shown(activity, sentenceOf(activity, teller))),
  };
}

function waitingOf({ waitingMessages, unknownMessages, setAsideEvents }: Backlog) {
  return { messagesWaiting: waitingMessages, messagesUnknown: unknownMessages, eventsSetAside: setAsideEvents };
}

async function stoppedOf({ pool }: Database): Promise<Home['needs']['stopped']> {
  const stopped = await readStopped(pool);
  return stopped.map(({ playbook, status, since, by, reason, held }) => ({
    ...{ playbook, by, reason, held, since: iso(since) },
    state: status === 'halted' ? 'halted' : 'paused',
  }));
}

function shown(activity: Activity, sentence: Latest['sentence']): Latest {
  const { id, at, playbook, kind, enrolment, subjectType, subjectId, subjectName } = activity;
  const subject = { type: subjectType, id: subjectId, name: subjectName };
  return { id, at: iso(at), playbook, kind, enrolment, subject, sentence };
}
