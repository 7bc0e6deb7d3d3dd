/** Writes what a batch has consumed: traits, places on timelines, states and heads, in a fixed number of statements. */

import type { RecordType } from '../../language/model.ts';
import type { IdentityLink } from '../../language/records/identity-links.ts';
import { subjectKey, subjectOfKey } from '../../language/records/subject-key.ts';
import { type SubjectRow, writeHeads } from '../../store/evaluation/subjects.ts';
import { writeStates } from '../../store/evaluation/trigger-states.ts';
import { consumePending } from '../../store/events/pending-events.ts';
import type { StoredEvent } from '../../store/events/timeline.ts';
import { insertTimelineEntries, type TimelineEntry } from '../../store/events/timeline-entries.ts';
import { answerTasks, type TaskAnswer } from '../../store/journeys/tasks.ts';
import type { Queryable } from '../../store/postgres/database.ts';
import { insertIdentityLinks } from '../../store/records/identity-links.ts';
import { mergePatches, type PlacedPatch } from '../../store/records/records.ts';
import type { SubjectState } from '../../triggers/engine/state.ts';
import type { Deployed } from '../deployed-program.ts';
import { writeCheckpoints } from '../late/save-checkpoints.ts';
import type { BatchWorld } from './batch-world.ts';

export interface ConsumedBatch {
  deployed: Deployed;
  consumed: readonly StoredEvent[];
  patches: readonly PlacedPatch[];
  entries: readonly TimelineEntry[];
  links: readonly IdentityLink[];
  /** What people have answered to tasks (S6). */
  answers: readonly TaskAnswer[];
  /** Subjects whose state has changed. */
  moved: ReadonlySet<string>;
  locked: ReadonlyMap<string, SubjectRow>;
  states: ReadonlyMap<string, SubjectState>;
}

export async function writeBatch(client: Queryable, batch: ConsumedBatch): Promise<void> {
  const { deployed, locked, states } = batch;
  await mergePatches(client, batch.patches);
  await insertTimelineEntries(client, batch.entries);
  await insertIdentityLinks(client, batch.links);
  await answerTasks(client, batch.answers);
  const moved = [...batch.moved].map((key) => states.get(key)!);
  const rows = moved.flatMap((state) => {
    const row = locked.get(subjectKey(state.subject))!;
    return state.head ? [{ ...row, head: state.head, rebuilt: deployed.latestRebuild }] : [];
  });
  // Rows of tables of their own: they go out together.
  await Promise.all([
    writeStates(client, moved),
    writeCheckpoints(client, deployed.program, rows, states).then(() => writeHeads(client, rows)),
    consumePending(
      client,
      batch.consumed.map((event) => event.arrival),
    ),
  ]);
}

/** Writes places on timelines now, and forgets them: a replay reads them. */
export async function writeEntries(client: Queryable, entries: TimelineEntry[]): Promise<void> {
  await insertTimelineEntries(client, entries.splice(0));
}

/** Writes claims now, and forgets them: a merge puts what they claim where it belongs. */
export async function writeLinks(client: Queryable, links: IdentityLink[]): Promise<void> {
  await insertIdentityLinks(client, links.splice(0));
}

/** Writes patches now, and forgets them: a late one changes only what no later one has set (E6), which the store knows. */
export async function writeLatePatches(client: Queryable, patches: PlacedPatch[], world: BatchWorld): Promise<void> {
  if (patches.length === 0) return;
  for (const [key, traits] of await mergePatches(client, patches.splice(0)))
    world.replace(subjectOfKey<RecordType>(key), traits);
}
