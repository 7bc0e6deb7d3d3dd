/** How many keys one arm of a playbook may have open for one subject. */
import type { ArmProgram } from '../index/program.ts';
import { type EvaluationResult, putStateEntry, type StateEntry, type SubjectState } from './state.ts';

/** Beyond so many the key that was opened first is closed: a key that never repeats would else grow without end. */
export const MAX_KEYS = 1_000;

/** Closes what is too much, and says so. Called where an event has opened a key. */
export function closeExcessKeys(arm: ArmProgram, state: SubjectState, looked: EvaluationResult): void {
  // Most subjects have less state in all than one arm may have.
  if (state.slots.size <= MAX_KEYS) return;
  const own: StateEntry[] = [];
  for (const slot of state.slots.values()) if (slot.owner === arm.owner) own.push(slot);
  if (own.length <= MAX_KEYS) return;
  own.sort((a, b) => (a.openedAt ?? 0) - (b.openedAt ?? 0) || (a.key < b.key ? -1 : 1));
  for (const { owner, key } of own.slice(0, own.length - MAX_KEYS)) {
    putStateEntry(state, { owner, key, state: undefined });
    looked.closedKeys.push({ playbook: arm.playbook, key });
  }
}
