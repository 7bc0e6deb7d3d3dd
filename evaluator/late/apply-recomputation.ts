/** Applies a recomputation (E5): firings that are retracted, moved or made late, and what was derived from them (E9). */

import { isDeepStrictEqual } from 'node:util';
import { SLA_EVENTS, slaChangedAt, slaEvent } from '../../evaluation/system-events.ts';
import { enrolmentIdOf } from '../../language/hash.ts';
import type { Instant, SubjectRef } from '../../language/model.ts';
import { subjectKey } from '../../language/records/subject-key.ts';
import { placeOfDeadline, placeOfEvent } from '../../language/records/timeline.ts';
import type { FiringRow } from '../../store/evaluation/firings.ts';
import { readTimeline, type StoredEvent } from '../../store/events/timeline.ts';
import { isScheduled } from '../../triggers/engine/run-schedules.ts';
import { type Firing, givenAt } from '../../triggers/engine/state.ts';
import { MAX_REPLAYED } from '../../triggers/history/checkpoints.ts';
import { triggerWindowMs } from '../../triggers/history/horizon.ts';
import { type MadeFiring, reconcile, standsFor } from '../../triggers/history/reconcile.ts';
import type { ReplayResult, Seed } from '../../triggers/history/replay.ts';
import type { Recomputation } from './recompute.ts';

/** What a recomputation says of itself, and where its changes go. */
type Reconciliation = Pick<Recomputation, 'deployed' | 'events' | 'session'> & {
  subject: SubjectRef;
  isMerge?: boolean;
};

interface Made extends MadeFiring {
  row: FiringRow;
}

/**
 * @param made from the replay's start on, and what this round has taken back or moved
 * @returns what an earlier round took back while it waited, and is given again: N1 decides it anew
 */
export function applyReconciliation(
  task: Reconciliation,
  made: ReadonlyMap<string, FiringRow>,
  fired: readonly Seed[],
  enter: (given: Seed) => void,
): Seed[] {
  const { events, session } = task;
  const { verdicts } = session.work;
  const rows = [...made.values()].filter((row) => belongs(row, task)).map(madeOf);
  const given = fired.filter((entry) => isGiven(entry, task));
  const late = { place: placeOfEvent(events[0]!), isMerge: task.isMerge ?? false };
  const { undone, moved, restored, standing, fresh } = reconcile(rows, given, late, windowsOf(task));
  for (const one of undone) undo(one, task);
  // The firing that was made replaces the one that is given: nothing ends, nothing enters.
  for (const { made: one, to } of moved) verdicts.move(one.row, to, undoneByAt(events, Math.max(givenAt(one), to.at)));
  for (const one of restored) restore(one.made.row, session);
  for (const one of standing) bringUpToDate(one, session);
  for (const entry of fresh) if (!isMovedHere(task, entry.firing)) enter(entry);
  return restored.flatMap(({ made: { row }, given: seed }) => (wasOvertaken(row) ? [seed] : []));
}

/** It was taken back, and ended `overtaken` if it waited. */
export function wasOvertaken({ status, reason, undoneBy }: FiringRow): boolean {
  return status === 'refused' && reason === 'overtaken' && undoneBy !== null;
}

/**
 * Whether a firing that the round makes after it took another back is that one, moved: several events that come together
 * are one recomputation (E5). It is then not made.
 */
export function isMovedHere(task: Pick<Recomputation, 'deployed' | 'session'>, firing: Firing): boolean {
  const { session } = task;
  const id = enrolmentIdOf(firing);
  for (const { row, undoneBy } of session.work.verdicts.undoneOf(firing.subject)) {
    if (row.id !== id && !standsFor(madeOf(row), firing, windowsOf(task))) continue;
    restore(row, session);
    if (row.id !== id) session.work.verdicts.move(row, { id, at: givenAt(firing) }, undoneBy);
    return true;
  }
  return false;
}

function windowsOf({ deployed }: Pick<Recomputation, 'deployed'>): (firing: Firing) => number {
  return (firing) => triggerWindowMs(deployed.program.versions.get(firing.version)!);
}

type Marking = Pick<Recomputation, 'events' | 'session'>;

function undo({ row }: Made, { events, session }: Marking): void {
  const { work } = session;
  const undoneBy = undoneByAt(events, givenAt(row));
  work.verdicts.undo(row, undoneBy);
  markDerived(row.id, undoneBy, session);
  if (row.status === 'deferred') work.decide({ id: row.id, status: 'refused', reason: 'overtaken' });
}

/** What was derived from it is given again; where this round had taken it back, it waits on if it waited. */
function restore(row: FiringRow, session: Recomputation['session']): void {
  const { decided, verdicts } = session.work;
  verdicts.restore(row);
  markDerived(row.id, null, session);
  const waits = decided.findIndex((one) => one.id === row.id && one.reason === 'overtaken');
  if (waits >= 0) decided.splice(waits, 1);
}

/** Of the late events the last up to an instant: what it took back, it took back there. */
function undoneByAt(events: readonly StoredEvent[], at: Instant): string {
  const event = events.findLast((one) => one.at <= at) ?? events[0]!;
  return event.undoneBy ?? event.messageId;
}

/** The firing is the same one, its evidence may be another: what was counted beside its last event (T15). */
function bringUpToDate({ made, given }: { made: Made; given: Seed }, session: Recomputation['session']): void {
  const { row } = made;
  const { evidence } = given.firing;
  // As it is stored: what is not there is not there.
  const trigger = JSON.parse(JSON.stringify(given.firing.trigger)) as FiringRow['trigger'];
  if (isDeepStrictEqual(row.evidence, evidence) && isDeepStrictEqual(row.trigger, trigger)) return;
  const { work } = session;
  const own = work.firings.find(({ id }) => id === row.id);
  if (own) Object.assign(own, { evidence, trigger });
  else work.evidence.set(row.id, { evidence, trigger });
}

function madeOf(row: FiringRow): Made {
  const { id, playbook, key, at, status, undoneBy, standsFor, standsAt } = row;
  const isOutside = status !== 'enrolled';
  const mark = typeof row.trigger.mark === 'string' ? row.trigger.mark : undefined;
  const stands = standsFor && standsAt ? { id: standsFor, at: standsAt } : null;
  return {
    id,
    playbook,
    key,
    at,
    givenAt: row.givenAt,
    mark,
    isOutside,
    isUndone: Boolean(undoneBy),
    standsFor: stands,
    row,
  };
}

/**
 * A replay does not retract firings of an earlier trigger, of a playbook that is no longer deployed, of a schedule, and
 * those that a deployment made for what held then.
 */
function belongs(row: FiringRow, { deployed }: Reconciliation): boolean {
  const deployment = deployed.deployments.get(row.playbook);
  if (!deployment || row.at < deployment.deployedAt || row.atDeploy) return false;
  const arm = deployed.program.versions.get(deployment.versionHash)?.playbook.trigger.arms[row.arm];
  return arm !== undefined && !isScheduled(arm);
}

/** What fired before the deployment was counted then (T18): of it only what the late event itself makes is new. */
function isGiven({ firing }: Seed, { deployed, events }: Reconciliation): boolean {
  const deployedAt = deployed.deployments.get(firing.playbook)?.deployedAt ?? Number.POSITIVE_INFINITY;
  return firing.at >= deployedAt || events.some(({ messageId }) => firing.evidence.includes(messageId));
}

/** That an enrolment began and ended is derived from its firing. */
function markDerived(id: string, undoneBy: string | null, session: Recomputation['session']): void {
  for (const name of ['enrolment.started', 'enrolment.ended'])
    session.work.systemEventMarks.set(`${name}:${id}`, undoneBy);
}

/** Changes of clocks that the order no longer gives are retracted, those that it now gives are put on the timeline. */
export async function retractDerived(task: Recomputation, notices: ReplayResult['notices']): Promise<void> {
  const { deployed, state, events, session } = task;
  const stored = await clockEvents(task);
  const { work } = session;
  const since = events[0]!.at;
  const key = subjectKey(state.subject);
  const given = new Map(
    notices.flatMap(({ notice }) => {
      const own = slaEvent(state.subject, notice);
      return own ? [[own.messageId, { ...own, consumed: !deployed.program.names.has(own.name) }] as const] : [];
    }),
  );
  const known = new Set([...stored.map((own) => own.messageId), ...work.systemEvents.map((own) => own.messageId)]);
  for (const own of stored) {
    const isOfSubject = own.subjects.some((subject) => subjectKey(subject) === key);
    if (!isOfSubject || slaChangedAt(own.messageId) < since || given.has(own.messageId)) continue;
    work.systemEventMarks.set(own.messageId, undoneByAt(events, slaChangedAt(own.messageId)));
  }
  for (const [id, own] of given) {
    if (work.systemEventMarks.get(id)) work.systemEventMarks.delete(id);
    if (!known.has(id) && slaChangedAt(id) >= since) work.systemEvents.push(own);
  }
}

/** What changes of the subject's clocks have put on its timeline: they were written no earlier than they changed. */
function clockEvents({ client, deployed, state, events }: Recomputation): Promise<StoredEvent[]> | StoredEvent[] {
  const { subject } = state;
  if (!deployed.program.subjects.get(subject.type)?.clocks.size) return [];
  const after = placeOfDeadline(events[0]!.at - 1);
  return readTimeline(client, subject, { names: SLA_EVENTS, after, limit: MAX_REPLAYED });
}
