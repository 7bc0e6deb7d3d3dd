/** Which walks there are to do: rows of what is deployed, one for each zone by which subjects count (T11, T14). */
import type { Instant } from '../../language/model.ts';
import { isZone } from '../../language/time/zones.ts';
import { readGeneration } from '../../store/deployments/deployments.ts';
import {
  deleteSchedules,
  insertSchedules,
  lockSchedules,
  moveSchedule,
  readOwnZones,
  readSchedules,
  type ScheduleRow,
} from '../../store/evaluation/schedules.ts';
import { now } from '../../store/postgres/clock.ts';
import type { Queryable } from '../../store/postgres/database.ts';
import type { Deployed } from '../deployed-program.ts';
import { type CalendarWalk, walksOf } from './calendar-walks.ts';

/** The row of a walk that looks for zones that have come up. No zone has an empty name. */
export const LOOKS_FOR_ZONES = '';
/** A zone that nobody had before is seen after this long at the latest, and what it has missed is walked then. */
const LOOK_EVERY_MS = 60_000;

/**
 * Makes the rows those of the deployed walks: rows of others go, those that are there stay where they stand, and
 * a new one begins with the first instant after the deployment (T18). False where something else is deployed by now.
 */
export async function syncSchedules(client: Queryable, deployed: Deployed): Promise<boolean> {
  await lockSchedules(client);
  if ((await readGeneration(client)) !== deployed.generation) return false;
  const walks = walksOf(deployed);
  const rows = await readSchedules(client);
  const gone = rows.filter((row) => {
    const walk = walks.find((one) => isOf(row, one));
    return !walk || (!walk.perSubject && row.zone !== walk.zone);
  });
  await deleteSchedules(client, gone);
  const at = await now(client);
  for (const walk of walks) {
    const { deployedAt } = walk;
    const known = rows.some((row) => isOf(row, walk) && !gone.includes(row));
    await insertSchedules(client, await rowsOf(client, deployed, walk, known ? at : deployedAt));
    const looksAgain = { ...rowOf(walk, LOOKS_FOR_ZONES), nextAt: at + LOOK_EVERY_MS, cursor: String(deployedAt) };
    if (walk.perSubject) await insertSchedules(client, [looksAgain]);
  }
  return true;
}

/**
 * Begins the walks of zones that have come up. Everything received by the row's `nextAt` has been consumed; its cursor is
 * the instant, in milliseconds, for which the last look could say so: what came up since may have missed what is behind it.
 */
export async function lookForZones({
  client,
  deployed,
  walk,
  row,
  settled,
}: {
  client: Queryable;
  deployed: Deployed;
  walk: CalendarWalk;
  row: ScheduleRow;
  settled: Instant;
}): Promise<void> {
  await insertSchedules(client, await rowsOf(client, deployed, walk, Number(row.cursor)));
  await moveSchedule(client, { ...row, nextAt: settled + LOOK_EVERY_MS, cursor: String(row.nextAt) });
}

export function isOf(row: ScheduleRow, { playbook, index, hash }: CalendarWalk): boolean {
  return row.playbook === playbook && row.arm === index && row.triggerHash === hash;
}

async function rowsOf(
  client: Queryable,
  deployed: Deployed,
  walk: CalendarWalk,
  after: Instant,
): Promise<ScheduleRow[]> {
  const own = walk.perSubject ? await ownZones(client, deployed, walk) : [];
  return [...new Set([walk.zone, ...own])].flatMap((zone) => {
    const nextAt = walk.nextAt(zone, after);
    return nextAt === undefined ? [] : [{ ...rowOf(walk, zone), nextAt }];
  });
}

function rowOf({ playbook, index, hash }: CalendarWalk, zone: string): Omit<ScheduleRow, 'nextAt'> {
  return { playbook, arm: index, zone, triggerHash: hash, cursor: null };
}

async function ownZones(client: Queryable, { people }: Deployed, { subject }: CalendarWalk): Promise<string[]> {
  if (subject === 'workspace') return [];
  const written =
    subject === 'colleague'
      ? people.persons.flatMap(({ timeZone }) => timeZone ?? [])
      : await readOwnZones(client, subject);
  return written.filter(isZone);
}
