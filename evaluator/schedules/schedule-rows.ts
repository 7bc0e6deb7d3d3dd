/** Which walks there are to do: rows of what is deployed, one for each zone by which subjects count (T11, T14). */
import type { Instant, SubjectRef } from '../../language/model.ts';
import { readZone } from '../../language/time/read-zone.ts';
import { readGeneration } from '../../store/deployments/deployments.ts';
import {
  deleteSchedules,
  insertSchedules,
  lockSchedules,
  moveSchedule,
  readIdsAfter,
  readOwnZones,
  readSchedules,
  type ScheduleRow,
} from '../../store/evaluation/schedules.ts';
import { now } from '../../store/postgres/clock.ts';
import type { Queryable } from '../../store/postgres/database.ts';
import { compareText } from '../../triggers/engine/merge-firings.ts';
import { WORKSPACE } from '../../triggers/engine/run-schedules.ts';
import type { Deployed } from '../deployed-program.ts';
import { type CalendarWalk, walksOf } from './calendar-walks.ts';

/** The zone of the row by which a walk looks for new zones. No zone has an empty name. */
export const LOOKS_FOR_ZONES = '';
/** A new zone is seen after this long at the latest, and what it has missed is walked then. */
const LOOK_EVERY_MS = 60_000;

/** Subjects that one transaction walks at most. */
export const MAX_CHUNK = 500;

/** A chunk of the walk of one due row. */
export interface Chunk {
  client: Queryable;
  deployed: Deployed;
  walk: CalendarWalk;
  row: ScheduleRow;
  safeAt: Instant;
}

/**
 * Makes the rows those of the deployed walks: rows of others are deleted, known ones keep their position, and
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
 * Begins the walks of new zones. Everything received by the row's `nextAt` has been consumed; its cursor is the instant, in
 * milliseconds, for which that was so the last time: a zone that is new since may have missed what came after it.
 */
export async function lookForZones({ client, deployed, walk, row, safeAt }: Chunk): Promise<void> {
  await insertSchedules(client, await rowsOf(client, deployed, walk, Number(row.cursor)));
  await moveSchedule(client, { ...row, nextAt: safeAt + LOOK_EVERY_MS, cursor: String(row.nextAt) });
}

/** The next subjects of a walk, in the order of ids: at most a chunk of them. */
export async function nextSubjects({ client, deployed: { people }, walk, row }: Chunk): Promise<SubjectRef[]> {
  const { subject: type, perSubject, zone } = walk;
  const isLeft = (id: string) => row.cursor === null || compareText(id, row.cursor) > 0;
  if (type === 'workspace') return [WORKSPACE].filter(({ id }) => isLeft(id));
  if (type === 'colleague') {
    const ids = people.persons.map(({ id }) => id).filter(isLeft);
    return ids
      .sort(compareText)
      .slice(0, MAX_CHUNK)
      .map((id) => ({ type, id }));
  }
  // Subjects whose zone has no row of its own count by the fallback: those without a zone, and those with an invalid one.
  const others = async () =>
    (await readSchedules(client))
      .filter(
        (other) =>
          other.playbook === row.playbook && other.arm === row.arm && ![row.zone, LOOKS_FOR_ZONES].includes(other.zone),
      )
      .map((other) => other.zone);
  const written = async (zones: readonly string[]) =>
    (await readOwnZones(client, type)).filter((one) => zones.includes(readZone(one) ?? ''));
  const walked = !perSubject
    ? 'any'
    : row.zone === zone
      ? { isNone: await written(await others()) }
      : { is: await written([row.zone]) };
  return (await readIdsAfter(client, { type, zone: walked, cursor: row.cursor, limit: MAX_CHUNK })).map((id) => ({
    type,
    id,
  }));
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
  return written.flatMap((one) => readZone(one) ?? []);
}
