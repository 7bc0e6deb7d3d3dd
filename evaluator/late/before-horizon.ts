/** Late events from before the horizon of a subject's checkpoints (E5). */
import type { Json } from '../../language/model.ts';
import { placeOfEvent } from '../../language/records/timeline.ts';
import { isoInstant } from '../../language/time/instants.ts';
import { replaceCheckpoints } from '../../store/evaluation/checkpoints.ts';
import type { StoredEvent } from '../../store/events/timeline.ts';
import type { Checkpoint, SubjectState } from '../../triggers/engine/state.ts';
import { countInEver } from '../../triggers/history/before-horizon.ts';
import { HistoryWorld } from './history-world.ts';
import type { Recomputation } from './recompute.ts';
import { stateAt } from './replay-timeline.ts';

/**
 * No replay begins before the horizon: the events count in `ever`, there and at every checkpoint, and fire nothing.
 *
 * @param old those of the task's events that lie before it
 * @returns the checkpoints as they then are
 */
export async function countBeforeHorizon(
  { client, deployed, state, session }: Recomputation,
  old: readonly StoredEvent[],
  known: readonly Checkpoint[],
  horizon: Checkpoint | undefined,
): Promise<readonly Checkpoint[]> {
  const { program } = deployed;
  const { subject } = state;
  for (const event of old) {
    const looked: { [name: string]: Json } = { event: event.name, message: event.messageId, at: isoInstant(event.at) };
    if (horizon) looked.horizon = isoInstant(horizon.place.at);
    session.work.decisions.push({
      playbook: null,
      firingId: null,
      enrolmentId: null,
      subject,
      kind: 'late',
      verdict: 'before_horizon',
      looked,
      at: event.at,
    });
  }
  const counting = old.filter((event) => !event.undoneBy);
  if (counting.length === 0) return known;
  const worldOf = await HistoryWorld.around(client, deployed, subject, { from: placeOfEvent(counting[0]!) });
  const count = (then: SubjectState): void => {
    const world = worldOf(then);
    for (const event of counting) countInEver(program, then, event, world);
  };
  count(state);
  const counted = known.map((checkpoint) => {
    const then = stateAt(subject, checkpoint);
    count(then);
    return { ...checkpoint, slots: [...then.slots.values()] };
  });
  if (counted.length > 0) await replaceCheckpoints(client, subject, counted);
  return counted;
}
