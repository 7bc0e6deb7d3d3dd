/** A subject as it was at a scheduled instant that its timeline had passed when the walk came to it (T0). */
import type { Instant, RecordType, SubjectRef, Traits } from '../../language/model.ts';
import { subjectKey } from '../../language/records/subject-key.ts';
import { placeOfDeadline } from '../../language/records/timeline.ts';
import { isRecord, relationsOf } from '../../language/records/world.ts';
import { loadCheckpoints } from '../../store/evaluation/checkpoints.ts';
import { unconsumedOf } from '../../store/events/timeline-entries.ts';
import type { Queryable } from '../../store/postgres/database.ts';
import type { SubjectState } from '../../triggers/engine/state.ts';
import { startOfReplay } from '../../triggers/history/replay.ts';
import type { TriggerProgram } from '../../triggers/index/program.ts';
import type { Deployed } from '../deployed-program.ts';
import { HistoryWorld } from '../late/history-world.ts';
import { replayStored, stateAt } from '../late/replay-timeline.ts';
import { BatchWorld } from '../round/batch-world.ts';
import { ownersOf } from '../round/load-lists.ts';

export interface PastView {
  world: BatchWorld;
  states: Map<string, SubjectState>;
}

/**
 * The world and the trigger state after an instant's events and deadlines, by replaying the timeline from the latest
 * checkpoint up to there. Records that came later are not in it.
 *
 * @param latest the state at the head
 */
export async function asOf(
  client: Queryable,
  { program, people }: Deployed,
  at: Instant,
  latest: SubjectState,
): Promise<PastView> {
  const { subject } = latest;
  const checkpoint = (await loadCheckpoints(client, subject)).find(({ place }) => place.at < at);
  const from = startOfReplay(subject, checkpoint && stateAt(subject, checkpoint), latest);
  const worldOf = await HistoryWorld.around(client, { program, people }, subject, { from: from.head });
  const { state } = await replayStored({
    client,
    program,
    from,
    consumed: checkpoint?.consumed ?? 0,
    until: placeOfDeadline(at),
    without: await unconsumedOf(client, subject),
    worldOf,
  });
  const states = new Map([[subjectKey(subject), state]]);
  const records = recordsAt(program, worldOf(state), subject, at);
  return { world: new BatchWorld(program, people, { records, states }), states };
}

function recordsAt(
  program: TriggerProgram,
  history: HistoryWorld,
  subject: SubjectRef,
  at: Instant,
): Map<string, Traits> {
  const records = new Map<string, Traits>();
  if (!isRecord(subject)) return records;
  const place = placeOfDeadline(at);
  const named = relationsOf(subject.type, subject.id, history.traits(subject.type, subject.id, place));
  for (const [type, id] of Object.entries(named) as [RecordType, string][]) {
    const traits = history.traits(type, id, place);
    if (traits) records.set(subjectKey({ type, id }), traits);
  }
  for (const ref of ownersOf(subject, records, program.lists.get(subject.type) ?? new Set())) {
    for (const traits of history.related(ref.list, ref.id, place) ?? [])
      records.set(subjectKey({ type: ref.list.type, id: String(traits.id) }), traits);
  }
  return records;
}
