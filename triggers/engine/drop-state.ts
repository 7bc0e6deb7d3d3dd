/** State that goes: of what is no longer deployed, of what can come to nothing any more, and of too many keys. */
import type { Instant } from '../../language/model.ts';
import { AWAITED_OWNER } from '../index/owners.ts';
import type { ArmProgram, SubjectProgram, TriggerProgram } from '../index/program.ts';
import { type EvaluationResult, putStateEntry, type StateEntry, type SubjectState } from './state.ts';

/** Beyond so many the key that was opened first is closed: a key that never repeats would else grow without end. */
export const MAX_KEYS = 1_000;

/** Drops what is due by `at` and belongs to nothing deployed, or to another version of it (T18). */
export function dropStale(state: SubjectState, listeners: SubjectProgram | undefined, at: Instant): void {
  for (const { owner, key, hash, dueAt } of state.slots.values()) {
    if (dueAt === undefined || dueAt > at || owner === AWAITED_OWNER) continue;
    const program = listeners?.arms.get(owner) ?? listeners?.clocks.get(owner) ?? listeners?.traits.get(owner);
    if (program?.hash !== hash) putStateEntry(state, { owner, key, state: undefined });
  }
}

/**
 * Drops what nothing can come of, once every event up to `at` has been consumed: none may come late. For memory that is
 * bounded by what is open. Keys keep their state: how many there are is what closes the oldest.
 */
export function dropInert(program: TriggerProgram, state: SubjectState, at: Instant): void {
  const arms = program.subjects.get(state.subject.type)?.arms;
  if (!arms) return;
  for (const { owner, key, hash, dueAt, state: kept } of state.slots.values()) {
    if (key !== '' || dueAt !== undefined) continue;
    const arm = arms.get(owner);
    if (arm?.hash === hash && arm.condition.isInert?.(arm.arm, kept as never, at)) {
      putStateEntry(state, { owner, key, state: undefined });
    }
  }
}

/** Closes what one arm has open beyond `MAX_KEYS`, and says so. Called where an event has opened a key. */
export function closeExcessKeys(arm: ArmProgram, state: SubjectState, result: EvaluationResult): void {
  // Most subjects have less state in all than one arm may have.
  if (state.slots.size <= MAX_KEYS) return;
  const own: StateEntry[] = [];
  for (const slot of state.slots.values()) if (slot.owner === arm.owner) own.push(slot);
  if (own.length <= MAX_KEYS) return;
  own.sort((a, b) => (a.openedAt ?? 0) - (b.openedAt ?? 0) || (a.key < b.key ? -1 : 1));
  for (const { owner, key } of own.slice(0, own.length - MAX_KEYS)) {
    putStateEntry(state, { owner, key, state: undefined });
    result.closedKeys.push({ playbook: arm.playbook, key });
  }
}
