/** Writes what a batch has consumed: traits, places on timelines, states and heads, in a fixed number of statements. */

import type { RecordType } from '../../language/model.ts';
import type { IdentityLink } from '../../language/records/identity-links.ts';
import { subjectKey, subjectOfKey } from '../../language/records/subject-key.ts';
import { type SubjectRow, writeHeads } from '../../store/evaluation/subjects.ts';
import { writeStates } from '../../store/evaluation/trigger-states.ts';
import { consumePending } from '../../store/events/pending-events.ts';
import type { StoredEvent } from '../../store/events/timeline.ts';
import { insertTimelineEntries, type TimelineEntry } from '../../store/events/timeline-entries.ts';
import { answerTasks } from '../../store/journeys/tasks.ts';
import type { Commit, Queryable } from '../../store/postgres/database.ts';
import { together } from '../../store/postgres/together.ts';
import { insertIdentityLinks } from '../../store/records/identity-links.ts';
import { mergePatches, type PlacedPatch } from '../../store/records/records.ts';
import type { SubjectState } from '../../triggers/engine/state.ts';
import type { Deployed } from '../deployed-program.ts';
import { writeCheckpoints } from '../late/save-checkpoints.ts';
import type { BatchWorld } from './batch-world.ts';
import type { UnitOfWork } from './unit-of-work.ts';

export interface ConsumedBatch {
  deployed: Deployed;
  consumed: readonly StoredEvent[];
  patches: readonly PlacedPatch[];
  entries: readonly TimelineEntry[];
  links: readonly IdentityLink[];
  work: UnitOfWork;
  /** Subjects whose state has changed. */
  moved: ReadonlySet<string>;
  locked: ReadonlyMap<string, SubjectRow>;
  states: ReadonlyMap<string, SubjectState>;
  /** Goes out behind the last writes, where nothing is left to do. */
  commit: Commit | undefined;
}

/**
 * Writes what asks for answers, and lets the rest go out with the rows of the batch's unit of work: they are rows of tables of
 * their own.
 */
export async function writeBatch(client: Queryable, batch: ConsumedBatch): Promise<void> {
  const { deployed, locked, states, work, commit } = batch;
  await mergePatches(client, batch.patches);
  await insertTimelineEntries(client, batch.entries);
  await insertIdentityLinks(client, batch.links);
  await answerTasks(client, work.answers);
  const moved = [...batch.moved].map((key) => states.get(key)!);
  const rows = moved.flatMap((state) => {
    const row = locked.get(subjectKey(state.subject))!;
    return state.head ? [{ ...row, head: state.head, rebuilt: deployed.latestRebuild }] : [];
  });
  await writeCheckpoints(client, deployed.program, rows, states);
  const arrivals = batch.consumed.map((event) => event.arrival);
  const also = () => together([writeStates(client, moved), writeHeads(client, rows), consumePending(client, arrivals)]);
  await work.write(client, { also, commit });
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
