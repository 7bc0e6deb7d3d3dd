/** State that says no more than none would: let go of where memory is bounded by what is open. */
import type { Instant } from '../../language/model.ts';
import { putStateEntry, type SubjectState } from '../engine/state.ts';
import type { TriggerProgram } from '../index/program.ts';

/**
 * Drops what nothing can come of any more, once every event up to `at` has been consumed: none may come late. Keys keep
 * their state: how many there are is what closes the oldest.
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
