/** How many keys one arm of a playbook may have open for one subject. */
import type { ArmProgram } from '../index/program.ts';
import { type Looked, putSlot, type Slot, type SubjectState } from './state.ts';

/** Beyond so many the key that was opened first is closed: a key that never repeats would else grow without end. */
export const MOST_KEYS = 1_000;

/** Closes what is too much, and says so. Called where an event has opened a key. */
export function boundKeys(arm: ArmProgram, state: SubjectState, looked: Looked): void {
  // Most subjects have less state in all than one arm may have.
  if (state.slots.size <= MOST_KEYS) return;
  const own: Slot[] = [];
  for (const slot of state.slots.values()) if (slot.owner === arm.owner) own.push(slot);
  if (own.length <= MOST_KEYS) return;
  own.sort((a, b) => (a.openedAt ?? 0) - (b.openedAt ?? 0) || (a.key < b.key ? -1 : 1));
  for (const { owner, key } of own.slice(0, own.length - MOST_KEYS)) {
    putSlot(state, { owner, key, state: undefined });
    looked.closedKeys.push({ playbook: arm.playbook, key });
  }
}
