/** Which walks there are to do: the rows of the deployed schedules, one for each zone by which subjects count (T11). */
import type { Instant } from '../language/model.ts';
import { isZone } from '../language/zones.ts';
import { now } from '../store/clock.ts';
import type { Queryable } from '../store/database.ts';
import { readGeneration } from '../store/deployments.ts';
import {
  deleteSchedules,
  insertSchedules,
  lockSchedules,
  moveSchedule,
  readOwnZones,
  readSchedules,
  type ScheduleRow,
} from '../store/schedules.ts';
import { nextScheduledAt, type ScheduledArm, schedulesOf } from '../triggers/schedules.ts';
import type { Deployed } from './deployed.ts';

/** The row of an arm that looks for zones that have come up. No zone has an empty name. */
export const LOOKS_FOR_ZONES = '';
/** A zone that nobody had before is seen after this long at the latest, and what it has missed is walked then. */
const LOOK_EVERY_MS = 60_000;

/**
 * Makes the rows those of the deployed schedules: rows of other triggers go, those that are there stay where they stand, and
 * a new one begins with the first instant after the deployment (T18). False where something else is deployed by now.
 */
export async function syncSchedules(client: Queryable, deployed: Deployed): Promise<boolean> {
  await lockSchedules(client);
  if ((await readGeneration(client)) !== deployed.generation) return false;
  const arms = schedulesOf(deployed.program);
  const rows = await readSchedules(client);
  const gone = rows.filter((row) => {
    const scheduled = arms.find((arm) => isOf(row, arm));
    return !scheduled || (!scheduled.perSubject && row.zone !== scheduled.zone);
  });
  await deleteSchedules(client, gone);
  const at = await now(client);
  for (const scheduled of arms) {
    const deployedAt = deployed.deployments.get(scheduled.arm.playbook)!.deployedAt;
    const known = rows.some((row) => isOf(row, scheduled) && !gone.includes(row));
    await insertSchedules(client, await rowsOf(client, deployed, scheduled, known ? at : deployedAt));
    const looksAgain = {
      ...rowOf(scheduled, LOOKS_FOR_ZONES),
      nextAt: at + LOOK_EVERY_MS,
      cursor: String(deployedAt),
    };
    if (scheduled.perSubject) await insertSchedules(client, [looksAgain]);
  }
  return true;
}

/**
 * Begins the walks of zones that have come up. Everything received by the row's `nextAt` has been consumed; its cursor is
 * the instant, in milliseconds, for which the last look could say so: what came up since may have missed what is behind it.
 */
export async function lookForZones(
  client: Queryable,
  deployed: Deployed,
  scheduled: ScheduledArm,
  row: ScheduleRow,
  settled: Instant,
): Promise<void> {
  await insertSchedules(client, await rowsOf(client, deployed, scheduled, Number(row.cursor)));
  await moveSchedule(client, { ...row, nextAt: settled + LOOK_EVERY_MS, cursor: String(row.nextAt) });
}

export function isOf(row: ScheduleRow, { arm }: ScheduledArm): boolean {
  return row.playbook === arm.playbook && row.arm === arm.index && row.triggerHash === arm.hash;
}

async function rowsOf(
  client: Queryable,
  deployed: Deployed,
  scheduled: ScheduledArm,
  after: Instant,
): Promise<ScheduleRow[]> {
  const own = scheduled.perSubject ? await ownZones(client, deployed, scheduled) : [];
  return [...new Set([scheduled.zone, ...own])].flatMap((zone) => {
    const nextAt = nextScheduledAt(scheduled, zone, after);
    return nextAt === undefined ? [] : [{ ...rowOf(scheduled, zone), nextAt }];
  });
}

function rowOf({ arm }: ScheduledArm, zone: string): Omit<ScheduleRow, 'nextAt'> {
  return { playbook: arm.playbook, arm: arm.index, zone, triggerHash: arm.hash, cursor: null };
}

async function ownZones(client: Queryable, { people }: Deployed, { subject }: ScheduledArm): Promise<string[]> {
  if (subject === 'workspace') return [];
  const written =
    subject === 'colleague'
      ? people.persons.flatMap(({ timeZone }) => timeZone ?? [])
      : await readOwnZones(client, subject);
  return written.filter(isZone);
}
