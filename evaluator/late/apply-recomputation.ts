/** Applies a recomputation (E5): firings that are retracted, moved or made late, and what was derived from them (E9). */

import { SLA_EVENTS, slaChangedAt, slaEvent } from '../../evaluation/system-events.ts';
import { subjectKey } from '../../language/records/subject-key.ts';
import { placeOfDeadline } from '../../language/records/timeline.ts';
import type { FiringRow } from '../../store/evaluation/firings.ts';
import { readTimeline, type StoredEvent } from '../../store/events/timeline.ts';
import { isScheduled } from '../../triggers/engine/run-schedules.ts';
import { MAX_REPLAYED } from '../../triggers/history/checkpoints.ts';
import { triggerWindowMs } from '../../triggers/history/horizon.ts';
import { type MadeFiring, reconcile } from '../../triggers/history/reconcile.ts';
import type { ReplayResult, Seed } from '../../triggers/history/replay.ts';
import type { Recomputation } from './recompute.ts';

/** What a recomputation says of itself, and where its changes go. */
type Reconciliation = Pick<Recomputation, 'deployed' | 'event' | 'session'>;

interface Made extends MadeFiring {
  row: FiringRow;
}

/** @param made from the replay's start on */
export function applyReconciliation(
  task: Reconciliation,
  made: ReadonlyMap<string, FiringRow>,
  fired: readonly Seed[],
  enter: (given: Seed) => void,
): void {
  const { deployed, event } = task;
  const { work } = task.session;
  const undoneBy = event.undoneBy ?? event.messageId;
  const rows = [...made.values()].filter((row) => belongs(row, task)).map(madeOf);
  const given = fired.filter((entry) => isGiven(entry, task));
  const { undone, moved, restored, fresh } = reconcile(rows, given, event.at, (firing) =>
    triggerWindowMs(deployed.program.versions.get(firing.version)!),
  );
  for (const { row } of undone) {
    work.marks.set(row.id, { undoneBy, moved: false, standsFor: null, standsAt: null });
    markDerived(row.id, undoneBy, task);
    if (row.status === 'deferred') work.decided.push({ id: row.id, status: 'refused', reason: 'overtaken' });
    if (row.status !== 'enrolled' || !row.byTime) continue;
    const input = { enrolmentId: row.id, kind: 'undone', path: '', iteration: '', arm: 0, at: row.at } as const;
    work.inputs.push({ ...input, event: undoneBy });
  }
  // The firing that was made replaces the one that is given: nothing ends, nothing enters.
  for (const { made: one, to } of moved) {
    work.marks.set(one.id, { undoneBy, moved: true, standsFor: to.id, standsAt: to.at });
  }
  for (const { id } of restored) {
    work.marks.set(id, { undoneBy: null, moved: false, standsFor: null, standsAt: null });
    markDerived(id, null, task);
  }
  for (const entry of fresh) enter(entry);
}

function madeOf(row: FiringRow): Made {
  const { id, playbook, key, at, undoneBy, standsFor, standsAt } = row;
  const mark = typeof row.trigger.mark === 'string' ? row.trigger.mark : undefined;
  const stands = standsFor && standsAt ? { id: standsFor, at: standsAt } : null;
  return { id, playbook, key, at, mark, isUndone: Boolean(undoneBy), standsFor: stands, row };
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
function isGiven({ firing }: Seed, { deployed, event }: Reconciliation): boolean {
  const deployedAt = deployed.deployments.get(firing.playbook)?.deployedAt ?? Number.POSITIVE_INFINITY;
  return firing.at >= deployedAt || firing.evidence.includes(event.messageId);
}

/** That an enrolment began and ended is derived from its firing. */
function markDerived(id: string, undoneBy: string | null, { session }: Reconciliation): void {
  for (const name of ['enrolment.started', 'enrolment.ended'])
    session.work.systemEventMarks.set(`${name}:${id}`, undoneBy);
}

/** Changes of clocks that the order no longer gives are retracted, those that it now gives are put on the timeline. */
export async function retractDerived(task: Recomputation, notices: ReplayResult['notices']): Promise<void> {
  const { deployed, state, event, session } = task;
  const stored = await clockEvents(task);
  const { work } = session;
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
    if (!isOfSubject || slaChangedAt(own.messageId) < event.at || given.has(own.messageId)) continue;
    work.systemEventMarks.set(own.messageId, event.undoneBy ?? event.messageId);
  }
  for (const [id, own] of given) {
    if (work.systemEventMarks.get(id)) work.systemEventMarks.delete(id);
    if (!known.has(id) && slaChangedAt(id) >= event.at) work.systemEvents.push(own);
  }
}

/** What changes of the subject's clocks have put on its timeline: they were written no earlier than they changed. */
function clockEvents({ client, deployed, state, event }: Recomputation): Promise<StoredEvent[]> | StoredEvent[] {
  const { subject } = state;
  if (!deployed.program.subjects.get(subject.type)?.clocks.size) return [];
  const after = placeOfDeadline(event.at - 1);
  return readTimeline(client, subject, { names: SLA_EVENTS, after, limit: MAX_REPLAYED });
}
