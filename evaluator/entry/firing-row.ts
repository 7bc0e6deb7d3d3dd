/** A firing read back from its row. */
import type { FiringRow } from '../../store/evaluation/firings.ts';
import type { Firing } from '../../triggers/engine/state.ts';

/** The firing of a row, as the engine gave it. @param version in place of its own, where that is no longer deployed */
export function firingOf(row: FiringRow, version: string = row.versionHash): Firing {
  const { playbook, subject, key, at, arm, evidence, byTime, trigger } = row;
  const reach = typeof trigger.mark === 'string' && typeof trigger.clock === 'string' ? { reach: 0 } : {};
  return {
    playbook,
    version,
    subject,
    key,
    at,
    arm,
    evidence,
    byTime,
    trigger,
    overtaken: false,
    ...reach,
  };
}
