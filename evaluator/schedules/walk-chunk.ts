/** One chunk of a walk: the next subjects of a due row, in one transaction. */
import { enterFiring } from '../../evaluation/enter-firing.ts';
import { storeThreshold } from '../../evaluation/subscriptions.ts';
import type { SubjectRef } from '../../language/model.ts';
import { subjectKey } from '../../language/records/subject-key.ts';
import { comparePlaces, placeOfDeadline } from '../../language/records/timeline.ts';
import { isRecord } from '../../language/records/world.ts';
import { deleteSchedules, moveSchedule } from '../../store/evaluation/schedules.ts';
import { writeStates } from '../../store/evaluation/trigger-states.ts';
import { firingsAt } from '../../triggers/engine/run-schedules.ts';
import { nextDueAt } from '../../triggers/engine/state.ts';
import { BatchSession, openSession } from '../round/batch-session.ts';
import { loadBatch } from '../round/load-batch.ts';
import { UnitOfWork } from '../round/unit-of-work.ts';
import { PredictionWalk } from './predictions.ts';
import { type Chunk, MAX_CHUNK, nextSubjects } from './schedule-rows.ts';
import { asOf } from './subject-as-of.ts';

/** Walks it. @returns false where no subject was ready */
export async function walkChunk(chunk: Chunk): Promise<boolean> {
  const { client, walk, row } = chunk;
  const subjects = await nextSubjects(chunk);
  const walked = await enterReady(chunk, subjects);
  if (walked === subjects.length && subjects.length < MAX_CHUNK) {
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

/**
 * Enters what the subjects fire, or writes what is predicted of them, up to the first that is not ready.
 *
 * @returns the number of subjects walked
 */
async function enterReady({ client, deployed, walk, row, safeAt }: Chunk, subjects: SubjectRef[]): Promise<number> {
  const at = row.nextAt;
  const predicting = walk.does.kind === 'predicts' ? new PredictionWalk(walk.does.prediction) : undefined;
  if (subjects.length === 0) {
    await predicting?.write(client, at);
    return 0;
  }
  const place = placeOfDeadline(at);
  const limits = { events: 1, subjects: MAX_CHUNK };
  const loaded = await loadBatch(client, { claimed: [], events: [], due: subjects, safeAt, limits }, deployed);
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
