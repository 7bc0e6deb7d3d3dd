/** Checkpoints of subjects (E5): one more where enough events were consumed since the newest, and what the spacing keeps. */
import { subjectKey } from '../../language/records/subject-key.ts';
import type { Place } from '../../language/records/timeline.ts';
import { loadCheckpoints, replaceCheckpoints } from '../../store/evaluation/checkpoints.ts';
import type { SubjectRow } from '../../store/evaluation/subjects.ts';
import type { Queryable } from '../../store/postgres/database.ts';
import type { Checkpoint, SubjectState } from '../../triggers/engine/state.ts';
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
    const newest = checkpointOf(states.get(subjectKey(subject))!, consumed);
    await keepCheckpoints(client, program, { row, head }, [...(await loadCheckpoints(client, subject)), newest]);
  }
}

/** Stores those that the spacing leaves of all; where they are those that are `known` nothing is written. */
export async function keepCheckpoints(
  client: Queryable,
  program: TriggerProgram,
  { row, head, known }: { row: SubjectRow; head: Place; known?: readonly Checkpoint[] },
  all: readonly Checkpoint[],
): Promise<void> {
  const kept = thinned(all, head.at, horizonMsOf(program, row.subject.type));
  row.checkpointed = Math.max(0, ...kept.map(({ consumed }) => consumed));
  if (known?.length === kept.length && kept.every((one) => known.includes(one))) return;
  await replaceCheckpoints(client, row.subject, kept);
}
