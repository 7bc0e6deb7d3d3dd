/** Late events from before the horizon of a subject's checkpoints (E5). */
import type { Json } from '../../language/model.ts';
import { placeOfEvent } from '../../language/records/timeline.ts';
import { isoInstant } from '../../language/time/instants.ts';
import { replaceCheckpoints } from '../../store/evaluation/checkpoints.ts';
import type { Checkpoint } from '../../triggers/engine/state.ts';
import { countInEver } from '../../triggers/history/before-horizon.ts';
import { HistoryWorld } from './history-world.ts';
import type { Recomputation } from './recompute.ts';
import { stateAt } from './replay-timeline.ts';

/** No replay begins before the horizon: the event counts in `ever`, there and at every checkpoint, and fires nothing. */
export async function countBeforeHorizon(
  { client, deployed, state, event, session }: Recomputation,
  known: readonly Checkpoint[],
  horizon: Checkpoint | undefined,
): Promise<void> {
  const { program } = deployed;
  const { subject } = state;
  if (!event.undoneBy) {
    const worldOf = await HistoryWorld.around(client, deployed, subject, { from: placeOfEvent(event) });
    countInEver(program, state, event, worldOf(state));
    const counted = known.map((checkpoint) => {
      const then = stateAt(subject, checkpoint);
      countInEver(program, then, event, worldOf(then));
      return { ...checkpoint, slots: [...then.slots.values()] };
    });
    if (counted.length > 0) await replaceCheckpoints(client, subject, counted);
  }
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
