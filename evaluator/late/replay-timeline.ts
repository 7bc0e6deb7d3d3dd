/** Replays a subject's stored timeline from one place to another, a page of events at a time. */
import { isDeepStrictEqual } from 'node:util';
import { audienceAt } from '../../evaluation/enter-firing.ts';
import type { FactsAtFiring } from '../../evaluation/session.ts';
import { enrolmentIdOf } from '../../language/hash.ts';
import type { SubjectRef } from '../../language/model.ts';
import { comparePlaces, type Place, placeOfEvent, type TimelineEvent } from '../../language/records/timeline.ts';
import type { World } from '../../language/records/world.ts';
import { readTimeline } from '../../store/events/timeline.ts';
import { breathe } from '../../store/postgres/breathe.ts';
import type { Queryable } from '../../store/postgres/database.ts';
import { type Checkpoint, type Firing, putStateEntry, type SubjectState } from '../../triggers/engine/state.ts';
import { askWaits, type FollowedWait, followedWait } from '../../triggers/entry/followed-waits.ts';
import { CHECKPOINT_EVERY } from '../../triggers/history/checkpoints.ts';
import {
  type ReplayInput,
  type ReplayLook,
  type ReplayResult,
  replay,
  type Seed,
} from '../../triggers/history/replay.ts';
import { AWAITED_OWNER } from '../../triggers/index/owners.ts';
import { type TriggerProgram, zoneOf } from '../../triggers/index/program.ts';

/** Events that are held in memory at once. */
const PAGE = 1_000;

export interface StoredReplay {
  client: Queryable;
  program: TriggerProgram;
  from: SubjectState;
  /** Events that were consumed up to `from`. */
  consumed: number;
  until: Place;
  /** Arrivals that are on the timeline and have not been consumed. */
  without: ReadonlySet<number>;
  /** Reads the timeline after a place, up to `until`; without it the stored one is read. */
  read?(after: Place | undefined, limit: number): Promise<TimelineEvent[]>;
  worldOf(state: SubjectState): World;
  onLook?: ReplayInput['onEvaluated'];
}

export interface StoredReplayResult extends ReplayResult {
  /** Events that were consumed up to `until`. */
  consumed: number;
  /** States on the way, one in so many events. */
  checkpoints: Checkpoint[];
}

export async function replayStored(task: StoredReplay): Promise<StoredReplayResult> {
  const { program, until, without, worldOf } = task;
  const result: StoredReplayResult = {
    state: task.from,
    fired: [],
    notices: [],
    consumed: task.consumed,
    checkpoints: [],
  };
  let after = task.from.head;
  for (let isLast = false; !isLast; ) {
    const page: TimelineEvent[] = await readPage(task, after);
    isLast = page.length < PAGE;
    after = isLast ? until : placeOfEvent(page.at(-1)!);
    const events = page.filter((event) => !without.has(event.arrival) && isRead(event, program));
    // A stretch ends where a checkpoint may be.
    for (let n = 0; n === 0 || n < events.length; ) {
      const stretch = events.slice(n, n + CHECKPOINT_EVERY);
      const ends = n + stretch.length >= events.length;
      const last = stretch.at(-1);
      const replayed = replay({
        program,
        from: result.state,
        items: stretch.map((event) => ({ kind: 'event', event })),
        worldOf,
        until: ends || !last ? after : placeOfEvent(last),
        ...(task.onLook && { onEvaluated: task.onLook }),
      });
      append(result.fired, replayed.fired);
      append(result.notices, replayed.notices);
      result.state = replayed.state;
      result.consumed += stretch.length;
      if (stretch.length === CHECKPOINT_EVERY) result.checkpoints.push(checkpointOf(replayed.state, result.consumed));
      n += Math.max(1, stretch.length);
      await breathe();
    }
  }
  return result;
}

/** An event of Cuebook's own that nothing names and that changes nothing is stored, and was never evaluated. */
function isRead(event: TimelineEvent, program: TriggerProgram): boolean {
  return !event.own || event.patches.length > 0 || program.names.has(event.name);
}

function readPage({ client, from: { subject }, until, read }: StoredReplay, after: Place | undefined) {
  if (read) return read(after, PAGE);
  return readTimeline(client, subject, { ...(after && { after }), upTo: until, limit: PAGE });
}

/** The slots of the replay in place of those that were there; what is as it was is not written again. */
export function takeReplayed(state: SubjectState, replayed: SubjectState): void {
  for (const [id, slot] of [...state.slots]) {
    if (!replayed.slots.has(id) && slot.owner !== AWAITED_OWNER)
      putStateEntry(state, { owner: slot.owner, key: slot.key, state: undefined });
  }
  for (const [id, slot] of replayed.slots)
    if (!isDeepStrictEqual(slot, state.slots.get(id))) putStateEntry(state, slot);
}

/** @param state that has been evaluated: it has a head */
export function checkpointOf(state: SubjectState, consumed: number): Checkpoint {
  // What open enrolments wait for is not replayed: it is computed again where it is needed.
  const slots = [...state.slots.values()].filter(({ owner }) => owner !== AWAITED_OWNER);
  return { place: state.head!, consumed, slots };
}

/** The state at a checkpoint. */
export function stateAt(subject: SubjectRef, checkpoint: Checkpoint): SubjectState {
  const slots = new Map(checkpoint.slots.map((slot) => [`${slot.owner}\u0000${slot.key}`, slot]));
  return { subject, head: checkpoint.place, slots, touched: new Set() };
}

export type Audiences = Map<string, FactsAtFiring['audience']>;

/** What entry reads of firings where a replay comes to them, by their ids: the audience, and how they have waited for it (N1). */
export class ReplayedAudiences {
  readonly #program: TriggerProgram;
  readonly #audiences: Audiences = new Map();
  readonly #waits = new Map<string, FollowedWait>();
  readonly #waiting: ReadonlyMap<string, FollowedWait>;
  readonly #changedAt: Place;

  /**
   * @param waiting what waits since before the replay, by the firings' ids
   * @param changedAt before this place nothing is another than it was: what waits has been asked there
   */
  constructor(program: TriggerProgram, waiting: ReadonlyMap<string, FollowedWait>, changedAt: Place) {
    this.#program = program;
    this.#waiting = waiting;
    this.#changedAt = changedAt;
  }

  /** Those that wait already are asked; of the given firings it is read whether they pass. */
  look({ world, place, event }: ReplayLook, firings: readonly Firing[]): void {
    if (comparePlaces(place, this.#changedAt) >= 0)
      askWaits(this.#program, this.#waiting.values(), { world, place, event });
    askWaits(this.#program, this.#waits.values(), { world, place, event });
    readAudiences(this.#program, { world, place }, firings, this.#audiences);
    for (const firing of firings) {
      const id = enrolmentIdOf(firing);
      const wait = this.#audiences.get(id)?.holds === false && followedWait(this.#program, firing, place);
      if (wait) this.#waits.set(id, wait);
    }
  }

  /** Undefined where the playbook has none. */
  of(firing: Firing): { audience: FactsAtFiring['audience']; waited: FollowedWait | undefined } | undefined {
    const id = enrolmentIdOf(firing);
    const audience = this.#audiences.get(id);
    return audience && { audience, waited: this.#waits.get(id) };
  }

  /** At once, or while it waits. */
  passes(firing: Firing): boolean {
    const facts = this.of(firing);
    return facts?.audience.holds === true || facts?.waited?.answer?.decision === 'passes';
  }

  /** Of one that waits since before the replay. */
  answerOf(id: string): FollowedWait['answer'] {
    return this.#waiting.get(id)?.answer;
  }
}

/** Reads the audience of each firing at its place, into a map by firing id: read from the head it would be another one (T0). */
export function readAudiences(
  program: TriggerProgram,
  at: { world: World; place: Place },
  firings: readonly Firing[],
  audiences: Audiences,
): void {
  for (const firing of firings) {
    const { playbook } = program.versions.get(firing.version)!;
    if (!playbook.audience) continue;
    const { subject, trigger } = firing;
    const zone = zoneOf(program, playbook);
    audiences.set(enrolmentIdOf(firing), audienceAt(playbook, { ...at, subject, trigger, zone }));
  }
}

function append<T extends Seed | ReplayResult['notices'][number]>(all: T[], more: readonly T[]): void {
  for (const one of more) all.push(one);
}
