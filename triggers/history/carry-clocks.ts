/**
 * Clocks over a deployment (T18, L3). A clock that runs is a promise: new opening hours change how it is measured, and
 * take back nothing that has happened.
 */

import type { Calendar, Instant, Json } from '../../language/model.ts';
import { parseMark } from '../../language/time/duration.ts';
import type { ClockEntry } from '../engine/run-clocks.ts';
import { entryKey, type Firing, putStateEntry, type SubjectState } from '../engine/state.ts';
import { clockOwner } from '../index/owners.ts';
import type { TriggerProgram } from '../index/program.ts';
import { nextClockDeadline } from '../sla/clock.ts';
import { isReached } from '../sla/marks.ts';
import { advance, remeasure } from '../sla/running.ts';
import type { ClockInstance } from '../sla/state.ts';

/**
 * Puts what stays of a subject's clocks into the state that a rebuild gave.
 *
 * - Same policy, same calendar: the replay gave what the clock did; its row counts.
 * - Same policy, other calendar: the row stays, with start, pauses, number and the marks that it has reached. It is due at
 *   the deployment, where the engine measures it by the new calendar: marks that it has passed fire then, with the
 *   deployment's instant as `at`.
 * - Other policy: the replayed row counts, and marks and a breach that its instances had reached stay reached.
 *
 * @param before the state as it stood under the deployment before
 * @param rebuilt the same subject's state, replayed under `program`; changed in place
 * @param at the deployment's instant
 * @returns whether a firing of the replay is not to be made: it was made before, or the row that stays makes it
 */
export function carryClocks(
  program: TriggerProgram,
  before: SubjectState,
  rebuilt: SubjectState,
  at: Instant,
): (firing: Firing) => boolean {
  const clocks = program.subjects.get(before.subject.type)?.clocks;
  const rows = new Map<string, { kept: ClockEntry; stays: boolean }>();
  for (const row of before.slots.values()) {
    const clock = clocks?.get(row.owner);
    if (clock === undefined) continue;
    const kept = row.state as unknown as ClockEntry;
    const isSame = row.hash === clock.hash;
    const stays = isSame && kept.calendar !== clock.calendarHash;
    if (!isSame || stays) rows.set(row.owner, { kept, stays });
    if (stays) putStateEntry(rebuilt, isRunning(kept) ? { ...row, dueAt: at } : row);
    const walked = isSame ? undefined : rebuilt.slots.get(entryKey(row.owner, row.key));
    if (walked?.hash !== clock.hash) continue;
    const state = withReached(walked.state as unknown as ClockEntry, kept, clock.calendar);
    const dueAt = nextClockDeadline(state.clock, clock.calendar, clock.marks);
    putStateEntry(rebuilt, { ...walked, state: state as unknown as Json, dueAt });
  }
  return ({ trigger: { policy, clock, mark }, evidence }) => {
    const row = rows.get(clockOwner(String(policy), String(clock)));
    if (row === undefined || row.stays) return row !== undefined;
    const instance = row.kept.clock.instances.find((one) => one.startEvent === evidence[0]);
    return instance !== undefined && hasReached(instance, String(mark));
  };
}

function isRunning({ clock }: ClockEntry): boolean {
  return clock.instances.at(-1)?.runningSince !== undefined;
}

/** A mark as it is written in a trigger, which `parseMark` has read before. */
function hasReached(instance: ClockInstance, written: string): boolean {
  const read = parseMark(written);
  return !('error' in read) && isReached(instance, read.mark);
}

function withReached(fresh: ClockEntry, kept: ClockEntry, calendar: Calendar): ClockEntry {
  const known = new Map(kept.clock.instances.map((instance) => [instance.startEvent, instance]));
  const instances = fresh.clock.instances.map((instance) => {
    const was = known.get(instance.startEvent);
    if (was === undefined) return instance;
    const draft: ClockInstance = { ...instance, reached: { ...instance.reached, ...was.reached } };
    if (was.breachedAt === undefined || draft.breachedAt === was.breachedAt) return draft;
    // What counts from the breach begins where the breach was: no running span reaches over it.
    if (draft.runningSince !== undefined && draft.runningSince < was.breachedAt)
      advance(draft, calendar, was.breachedAt);
    draft.breachedAt = was.breachedAt;
    remeasure(draft, calendar);
    return draft;
  });
  return { ...fresh, clock: { ...fresh.clock, instances } };
}
