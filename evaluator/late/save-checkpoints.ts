/** Writes a checkpoint of each subject that has consumed enough events since its newest (E5). */
import { subjectKey } from '../../language/records/subject-key.ts';
import type { Place } from '../../language/records/timeline.ts';
import { loadCheckpoints, replaceCheckpoints } from '../../store/evaluation/checkpoints.ts';
import type { SubjectRow } from '../../store/evaluation/subjects.ts';
import type { Queryable } from '../../store/postgres/database.ts';
import type { SubjectState } from '../../triggers/engine/state.ts';
import { CHECKPOINT_EVERY, thinned } from '../../triggers/history/checkpoints.ts';
import { horizonMsOf } from '../../triggers/history/horizon.ts';
import type { TriggerProgram } from '../../triggers/index/program.ts';
import { checkpointOf } from './replay-timeline.ts';

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
