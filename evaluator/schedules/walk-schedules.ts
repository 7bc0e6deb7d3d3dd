/**
 * Walks the subjects of schedules (T11) and predictions (T14), chunk by chunk: a transaction takes a due row, enters what
 * its next subjects fire at the instant, or writes what is predicted of them, and moves the row's cursor. A crash repeats
 * nothing: what was made and the cursor are committed together, and a firing's id is its instant's, subject's and arm's
 * (N3). Any number of evaluators may walk.
 */
import { enterFiring } from '../../evaluation/enter-firing.ts';
import { storeThreshold } from '../../evaluation/subscriptions.ts';
import type { Instant, SubjectRef } from '../../language/model.ts';
import { subjectKey } from '../../language/records/subject-key.ts';
import { comparePlaces, placeOfDeadline } from '../../language/records/timeline.ts';
import { isRecord } from '../../language/records/world.ts';
import { readGeneration } from '../../store/deployments/deployments.ts';
import {
  claimSchedule,
  deleteSchedules,
  hasPendingUpTo,
  hasScheduleBefore,
  moveSchedule,
  readIdsAfter,
  readSchedules,
  type ScheduleRow,
} from '../../store/evaluation/schedules.ts';
import { writeStates } from '../../store/evaluation/trigger-states.ts';
import type { Database, Queryable } from '../../store/postgres/database.ts';
import type { Watermark } from '../../store/postgres/watermark.ts';
import { compareText } from '../../triggers/engine/merge-firings.ts';
import { firingsAt, WORKSPACE } from '../../triggers/engine/run-schedules.ts';
import { nextDueAt } from '../../triggers/engine/state.ts';
import type { Deployed } from '../deployed-program.ts';
import { BatchSession } from '../round/batch-session.ts';
import { loadBatch, openSession } from '../round/load-batch.ts';
import { UnitOfWork } from '../round/unit-of-work.ts';
import { type CalendarWalk, walksOf } from './calendar-walks.ts';
import { PredictionWalk, sweepPredictions } from './predictions.ts';
import { isOf, LOOKS_FOR_ZONES, lookForZones, syncSchedules } from './schedule-rows.ts';
import { asOf } from './subject-as-of.ts';

export interface ScheduleRunner {
  /** Walks one chunk of what is due. False where there was nothing to do, or no subject was ready. */
  walk(deployed: Deployed): Promise<boolean>;
  /** True while a walk is due before an instant, or a deployment's walks have not been begun. */
  isDue(before: Instant): Promise<boolean>;
}

/** Subjects that one transaction walks at most. */
const CHUNK = 500;

/** A chunk of one due row. */
interface Chunk {
  client: Queryable;
  deployed: Deployed;
  walk: CalendarWalk;
  row: ScheduleRow;
  settled: Instant;
}

export function openSchedules(database: Database, watermark: Watermark): ScheduleRunner {
  let synced = 0;
  let swept = 0;
  return {
    async walk(deployed) {
      if (synced !== deployed.generation) {
        const done = await database.transaction((client) => syncSchedules(client, deployed));
        if (!done) return true; // something else is deployed by now: the next poll reads it
        synced = deployed.generation;
      }
      if (swept !== deployed.generation) {
        if (await sweepPredictions(database, deployed)) return true;
        swept = deployed.generation;
      }
      const walks = walksOf(deployed);
      if (walks.length === 0) return false;
      const settled = await watermark.read();
      return database.transaction(async (client) => {
        const row = await claimSchedule(client, settled);
        const walk = row && walks.find((one) => isOf(row, one));
        if (!row || !walk) return false; // the next poll reads what is deployed
        // Under the table's lock, as where the rows are made: no deployment comes between here and the end.
        if ((await readGeneration(client)) !== deployed.generation) return true;
        // Everything earlier is consumed first, for all subjects: a pending event may create a subject that has no record yet.
        if (await hasPendingUpTo(client, row.nextAt)) return false;
        if (row.zone === LOOKS_FOR_ZONES) await lookForZones({ client, deployed, walk, row, settled });
        else return walkChunk({ client, deployed, walk, row, settled });
        return true;
      });
    },
    async isDue(before) {
      const generation = await readGeneration(database.pool);
      return (generation !== 0 && generation !== swept) || hasScheduleBefore(database.pool, before);
    },
  };
}

async function walkChunk(chunk: Chunk): Promise<boolean> {
  const { client, walk, row } = chunk;
  const subjects = await nextSubjects(chunk);
  const walked = await enterReady(chunk, subjects);
  if (walked === subjects.length && subjects.length < CHUNK) {
    // What was missed while nothing ran is walked too, instant by instant; N1 says what is too late.
    const nextAt = walk.nextAt(row.zone, row.nextAt);
    if (nextAt === undefined) await deleteSchedules(client, [row]);
    else await moveSchedule(client, { ...row, nextAt, cursor: null });
    return true;
  }
  if (walked === 0) return false;
  await moveSchedule(client, { ...row, cursor: subjects[walked - 1]!.id });
  return true;
}

async function nextSubjects({ client, deployed: { people }, walk, row }: Chunk): Promise<SubjectRef[]> {
  const { subject: type, perSubject, zone } = walk;
  const behind = (id: string) => row.cursor === null || compareText(id, row.cursor) > 0;
  if (type === 'workspace') return [WORKSPACE].filter(({ id }) => behind(id));
  if (type === 'colleague') {
    const ids = people.persons.map(({ id }) => id).filter(behind);
    return ids
      .sort(compareText)
      .slice(0, CHUNK)
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
  const walked = !perSubject ? 'any' : row.zone === zone ? { isNone: await others() } : { is: row.zone };
  return (await readIdsAfter(client, { type, zone: walked, cursor: row.cursor, limit: CHUNK })).map((id) => ({
    type,
    id,
  }));
}

/**
 * Enters what the subjects fire, or writes what is predicted of them, up to the first that is not ready.
 *
 * @returns how many were walked
 */
async function enterReady({ client, deployed, walk, row, settled }: Chunk, subjects: SubjectRef[]): Promise<number> {
  const at = row.nextAt;
  const predicting = walk.does.kind === 'predicts' ? new PredictionWalk(walk.does.prediction) : undefined;
  if (subjects.length === 0) {
    await predicting?.write(client, at);
    return 0;
  }
  const place = placeOfDeadline(at);
  const limits = { events: 1, subjects: CHUNK };
  const loaded = await loadBatch(client, { claimed: [], events: [], due: subjects, settled, limits }, deployed);
  const session = openSession(deployed, loaded, new UnitOfWork(deployed.program.names));
  let walked = 0;
  for (const subject of subjects) {
    const key = subjectKey(subject);
    const locked = loaded.locked.get(key);
    // Another evaluator works on it, or what comes before the instant is not consumed yet: the walk goes on from here later.
    if (!locked || (loaded.blockedAt.get(key) ?? Number.POSITIVE_INFINITY) <= at) break;
    const isPast = locked.head !== undefined && comparePlaces(locked.head, place) > 0;
    const latest = session.stateOf(subject);
    if (!isPast && (nextDueAt(latest) ?? Number.POSITIVE_INFINITY) <= at) break;
    const then = isPast
      ? new BatchSession(deployed, { ...session.rows, ...(await asOf(client, deployed, at, latest)) }, session.work)
      : session;
    walked += 1;
    if (isRecord(subject) && then.world.traits(subject.type, subject.id) === undefined) continue; // not there yet
    if (walk.does.kind === 'fires') {
      for (const firing of firingsAt(walk.does.arm, then.world, subject, { zone: row.zone, at }))
        enterFiring(then, firing, place);
      // What is due next is a question to the head, not to the past.
      if (then.thresholds.size > 0 && isPast) storeThreshold(session, subject, place);
    }
    const past = isPast ? latest : undefined;
    await predicting?.look(client, deployed, then.world, { subject, zone: row.zone, at, latest: past });
  }
  await predicting?.write(client, at);
  await session.work.write(client);
  await writeStates(client, [...session.thresholds]);
  return walked;
}
