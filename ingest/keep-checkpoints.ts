/** Writes a checkpoint of each subject that has consumed enough events since its newest (E5). */
import type { Place } from '../language/timeline.ts';
import { loadCheckpoints, replaceCheckpoints } from '../store/checkpoints.ts';
import type { Queryable } from '../store/database.ts';
import type { SubjectRow } from '../store/subjects.ts';
import { CHECKPOINT_EVERY, thinned } from '../triggers/checkpoints.ts';
import type { TriggerProgram } from '../triggers/program.ts';
import type { SubjectState } from '../triggers/state.ts';
import { horizonMsOf } from '../triggers/window.ts';
import { subjectKey } from './waiting.ts';
import { checkpointOf } from './walk-stored.ts';

/** @param rows as they will be written: what is counted in them follows */
export async function writeCheckpoints(
  client: Queryable,
  program: TriggerProgram,
  rows: readonly (SubjectRow & { head: Place })[],
  states: ReadonlyMap<string, SubjectState>,
): Promise<void> {
  for (const row of rows) {
    if (row.consumed - row.checkpointed < CHECKPOINT_EVERY) continue;
    const { subject, head, consumed } = row;
    const all = [...(await loadCheckpoints(client, subject)), checkpointOf(states.get(subjectKey(subject))!, consumed)];
    await replaceCheckpoints(client, subject, thinned(all, head.at, horizonMsOf(program, subject.type)));
    row.checkpointed = consumed;
  }
}
