/** The figures of Home. */
import { DAY_MS } from '../../../language/time/duration.ts';
import { localDate, startOfDay } from '../../../language/time/zones.ts';
import { readStopped } from '../../../store/deployments/playbook-status.ts';
import type { Database } from '../../../store/postgres/database.ts';
import { countConversions, countJourneys } from '../../../store/reports/app/journeys.ts';
import { readNeeds } from '../../../store/reports/app/needs.ts';
import { happenedSince } from '../../../store/reports/app/today.ts';
import { refusalCounts } from '../../../store/reports/refusals.ts';
import { type Backlog, readTotals } from '../../../store/reports/totals.ts';
import type { Home } from '../contract/home.ts';
import { iso } from '../cursor.ts';
import { endingsShown, journeysShown, reasonsShown } from '../words.ts';

const FAILED_WITHIN_MS = 7 * DAY_MS;

export async function readTotal(database: Database): Promise<Home['total']> {
  const counts = await countJourneys(database.pool);
  const converted = await countConversions(database.pool, [...new Set(counts.map(({ playbook }) => playbook))]);
  return {
    ...journeysShown(counts),
    conversions: converted.reduce((sum, { conversions }) => sum + conversions, 0),
    value: converted.reduce((sum, { value }) => sum + value, 0),
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

/** Since midnight of the zone. */
export async function readToday(
  database: Database,
  { now, zone }: { now: number; zone: string },
): Promise<Home['today']> {
  const since = startOfDay(localDate(now, zone), zone);
  const playbooks = [...(await readTotals(database)).keys()];
  const { ended, ...happened } = await happenedSince(database.pool, playbooks, since);
  const refused = await refusalCounts(database.pool, playbooks, { from: since, until: now + 1 });
  return { since: iso(since), ...happened, ended: endingsShown(ended), refused: reasonsShown(refused) };
}

export async function readNeeded(
  database: Database,
  { now, backlog }: { now: number; backlog: Backlog },
): Promise<Home['needs']> {
  const needs = await readNeeds(database.pool, { now, failedSince: now - FAILED_WITHIN_MS });
  return { ...needs, ...waitingOf(backlog), stopped: await stoppedOf(database) };
}
