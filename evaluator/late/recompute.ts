/**
 * After late events the state is what E4's order gives (E5): the subject's timeline is replayed from the latest checkpoint
 * before the first of them, through the same engine, and what it then fires is compared with what was fired.
 */
import { enrolmentIdOf } from '../../language/hash.ts';
import type { Instant } from '../../language/model.ts';
import { laterPlace, placeOfDeadline, placeOfEvent } from '../../language/records/timeline.ts';
import { loadCheckpoints } from '../../store/evaluation/checkpoints.ts';
import type { OvertakenWait } from '../../store/evaluation/firings.ts';
import type { SubjectRow } from '../../store/evaluation/subjects.ts';
import type { StoredEvent } from '../../store/events/timeline.ts';
import { unconsumedOf } from '../../store/events/timeline-entries.ts';
import type { Queryable } from '../../store/postgres/database.ts';
import type { Checkpoint, SubjectState } from '../../triggers/engine/state.ts';
import { horizonOf, MAX_REPLAYED } from '../../triggers/history/checkpoints.ts';
import { horizonMsOf } from '../../triggers/history/horizon.ts';
import { startOfReplay } from '../../triggers/history/replay.ts';
import type { Deployed } from '../deployed-program.ts';
import type { BatchSession } from '../round/batch-session.ts';
import { applyReconciliation, retractDerived, wasOvertaken } from './apply-recomputation.ts';
import { countBeforeHorizon } from './before-horizon.ts';
import { LateEntries } from './enter-late.ts';
import { HistoryWorld } from './history-world.ts';
import { checkpointsBefore, loadOvertaken, madeFirings } from './made-firings.ts';
import { ReplayedAudiences, replayStored, stateAt, takeReplayed } from './replay-timeline.ts';
import { keepCheckpoints } from './save-checkpoints.ts';

export interface Recomputation {
  client: Queryable;
  deployed: Deployed;
  /**
   * The replay goes on to here where that is after the head: nothing from before it is on its way, and the subject's events
   * before it are consumed. What is due by now is then part of one comparison: a firing that moved is seen to have moved.
   */
  upTo: Instant;
  /** The subject's row; what is counted in it follows. */
  row: SubjectRow;
  /** Becomes what the order gives at its head, or at the last deadline before `upTo`. */
  state: SubjectState;
  /** Late events, and ones that were retracted: the timeline is then read without them (E9). At least one, in E4's order. */
  events: readonly StoredEvent[];
  /** Events of the same batch that are consumed, while their rows are still pending. */
  alsoConsumed: readonly StoredEvent[];
  session: BatchSession;
  /** Of the last merge into the subject. */
  mergedAt?: Instant | undefined;
}

/**
 * @returns those of the events that are not carried out, for what was before a merge is read as a merge reads it (E6): they may
 * let in what fired before one, or lie in the instant of one, and of firings only the instant is known
 */
export async function recompute(task: Recomputation): Promise<readonly StoredEvent[]> {
  const { client, deployed, state } = task;
  const known = await loadCheckpoints(client, state.subject);
  const horizon = horizonOf(known, state.head!.at, horizonMsOf(deployed.program, state.subject.type));
  const isOld = ({ at }: StoredEvent) => {
    const start = known.find((checkpoint) => checkpoint.place.at < at);
    return (!start && horizon !== undefined) || task.row.consumed - (start?.consumed ?? 0) > MAX_REPLAYED;
  };
  const old = task.events.filter(isOld);
  const events = task.events.slice(old.length);
  const counted = await countBeforeHorizon(task, old, known, horizon);
  if (events.length === 0) return [];
  const overtaken = await loadOvertaken({ ...task, events });
  const isBehindMerge = events[0]!.at === task.mergedAt || overtaken.some((one) => one.isBehindMerge);
  if (isBehindMerge && task.row.consumed <= MAX_REPLAYED) return events;
  await walkAgain(
    { ...task, events },
    counted,
    overtaken.filter(({ isBehindMerge }) => !isBehindMerge),
  );
  return [];
}

/** @param known the subject's checkpoints, the newest first */
async function walkAgain(
  task: Recomputation,
  known: readonly Checkpoint[],
  overtaken: readonly OvertakenWait[],
): Promise<void> {
  const { client, deployed, row, state, events, session } = task;
  const { program } = deployed;
  const { subject } = state;
  const head = state.head!;
  const until = laterPlace(head, placeOfDeadline(task.upTo - 1));
  const before = checkpointsBefore(task, known, overtaken);
  const start = before[0];
  const from = startOfReplay(subject, start && stateAt(subject, start), state);
  const made = await madeFirings(task, from.head?.at);
  const waiting = new Map(session.audienceWaits(subject).map(({ id, firing, until }) => [id, { firing, until }]));
  const audiences = new ReplayedAudiences(program, waiting, placeOfEvent(events[0]!));
  const overtakenIds = new Set(overtaken.map(({ id }) => id));
  const isNew = new Set(events.flatMap(({ arrival, undoneBy }) => (undoneBy ? [] : [arrival])));
  const replayed = await replayStored({
    client,
    program,
    from,
    consumed: start?.consumed ?? 0,
    until,
    without: await unconsumed(task),
    worldOf: await HistoryWorld.around(client, deployed, subject, { from: from.head }),
    onLook(look) {
      const { looked, place } = look;
      // The rest was counted when it was first evaluated.
      if (place.phase === 'events' && isNew.has(place.arrival)) session.work.skipped.add(looked);
      const fresh = looked.firings.filter((firing) => {
        const id = enrolmentIdOf(firing);
        const row = made.get(id);
        return !row || wasOvertaken(row) || overtakenIds.has(id);
      });
      audiences.look(look, fresh);
    },
  });
  takeReplayed(state, replayed.state);
  state.head = replayed.state.head ? laterPlace(head, replayed.state.head) : head;
  row.consumed = replayed.consumed;
  // Checkpoints after the late events are of another history: those of the replay replace them.
  await keepCheckpoints(client, program, { row, head: state.head, known }, [...before, ...replayed.checkpoints]);
  const entries = new LateEntries(session, audiences);
  const again = applyReconciliation({ ...task, subject }, made, replayed.fired, (given) => entries.add(given));
  await entries.addAgain(client, [...again, ...entries.passing(replayed.fired, overtakenIds)]);
  entries.enter(subject);
  await retractDerived(task, replayed.notices);
}

async function unconsumed({ client, state, events, alsoConsumed }: Recomputation): Promise<Set<number>> {
  const pending = await unconsumedOf(client, state.subject);
  for (const consumed of [...alsoConsumed, ...events]) pending.delete(consumed.arrival);
  return pending;
}
