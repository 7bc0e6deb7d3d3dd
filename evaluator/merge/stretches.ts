/**
 * Replays of one contact's timeline, each with one merge more than the one before. Up to the first event that the merge brings
 * they are the same: each goes on from there, and what was replayed before it is not replayed again.
 */
import { factsAt } from '../../evaluation/enter-firing.ts';
import type { FactsAtFiring } from '../../evaluation/session.ts';
import { enrolmentIdOf } from '../../language/hash.ts';
import { comparePlaces, type Place, placeOfEvent } from '../../language/records/timeline.ts';
import { breathe } from '../../store/postgres/breathe.ts';
import type { Firing, SubjectState } from '../../triggers/engine/state.ts';
import { askWaits, type FollowedWait, followedWait } from '../../triggers/entry/followed-waits.ts';
import { copyOf, type ReplayInput, startOfReplay } from '../../triggers/history/replay.ts';
import { HistoryWorld, type Past, type Reached } from '../late/history-world.ts';
import { type Audiences, readAudiences, replayStored, type StoredReplayResult } from '../late/replay-timeline.ts';
import type { MergedReplay, SeedOf } from './replay-merged.ts';

/** Events between two states that are kept. */
const SNAPSHOT_EVERY = 16;
/** Kept at once: of more every other one goes, the older ones first to be far apart. */
const MAX_SNAPSHOTS = 512;

/** The state after an event, and what was found up to it. */
interface Snapshot {
  place: Place;
  state: SubjectState;
  consumed: number;
  fired: number;
  notices: number;
  /** How far the contact's record had been read. */
  reached: Reached | undefined;
}

/** What is read in one stretch. */
export interface Stretch {
  /** The merges that have been, by their arrivals. */
  vias: ReadonlySet<number>;
  until: Place;
  /** Where the last of the merges was, if there has been one. */
  latest: Place | undefined;
  /** Firings that wait for their audience, from before it; those of this stretch are added (N1). */
  waits: FollowedWait[];
  /** What the merges have brought to the contact: it may enter where they were. */
  brought: readonly SeedOf[];
}

type Facts = Partial<FactsAtFiring>;

export class StretchReplays {
  readonly #task: MergedReplay;
  readonly #id: string;
  /** Of the firings, by their ids. */
  readonly #audiences: Audiences = new Map();
  /** Of what was brought, as of the merges, by the firings' ids. */
  #facts = new Map<string, Facts>();
  /** Of what has waited since the stretch, or the merge that it begins with, by the firings' ids. */
  readonly #waits = new Map<string, FollowedWait>();
  #snapshots: Snapshot[] = [];
  #last: StoredReplayResult | undefined;
  /** What all stretches read of the past. */
  #past: Past | undefined;
  /** What the latest replay reads. */
  #world: HistoryWorld | undefined;

  constructor(task: MergedReplay, id: string) {
    this.#task = task;
    this.#id = id;
  }

  /** The replay from the beginning to the end of a stretch; each has the merges of the one before. */
  async next(stretch: Stretch): Promise<StoredReplayResult> {
    const { vias, until, latest } = stretch;
    const { client, deployed, timelines } = this.#task;
    const subject = { type: 'contact' as const, id: this.#id };
    const part = { id: this.#id, vias };
    const start = await this.#startOf(latest?.arrival);
    const before = this.#last;
    this.#facts = new Map();
    const found = { fired: start?.fired ?? 0, notices: start?.notices ?? 0 };
    this.#snapshots = start ? this.#snapshots.filter((one) => comparePlaces(one.place, start.place) <= 0) : [];
    const replayed = await replayStored({
      client,
      program: deployed.program,
      from: start ? start.state : startOfReplay(subject, undefined, this.#task.stateOf(this.#id)),
      consumed: start?.consumed ?? 0,
      until,
      without: timelines.unconsumed,
      read: (after, limit) => timelines.page(part, after, until, limit),
      worldOf: await this.#worldWith(vias, start),
      onLook: this.#looker(start, found, stretch),
    });
    await breathe();
    const whole = joined(before, start, replayed);
    this.#last = whole;
    const { state, consumed, fired, notices } = whole;
    this.#keep({ place: until, state, consumed, fired: fired.length, notices: notices.length });
    return whole;
  }

  /** What the latest merge wrote to the record lies behind the first event that it brings, and so behind the start. */
  async #worldWith(
    vias: ReadonlySet<number>,
    start: Snapshot | undefined,
  ): Promise<(state: SubjectState) => HistoryWorld> {
    const { client, deployed, timelines } = this.#task;
    if (!this.#past) {
      const own = await timelines.writes(this.#id);
      this.#past = await HistoryWorld.past(client, deployed, { type: 'contact', id: this.#id }, { own });
    }
    const past = this.#past;
    const isRead = ({ via = null }: { via?: number | null }) => via === null || vias.has(via);
    const isBefore = start?.reached && comparePlaces(start.reached.place, start.place) <= 0;
    let reached = isBefore ? start.reached : undefined;
    this.#world = undefined;
    return (state) => {
      reached = this.#world?.reached ?? reached;
      return (this.#world = new HistoryWorld(past, state, { isRead, reached }));
    };
  }

  /** The latest state that is still the same with what the latest merge brings. */
  async #startOf(latest: number | undefined): Promise<Snapshot | undefined> {
    if (!this.#last || latest === undefined) return undefined;
    const first = await this.#task.timelines.firstBrought(this.#id, latest);
    if (!first) return this.#snapshots.at(-1);
    const place = placeOfEvent(first);
    return this.#snapshots.findLast((one) => comparePlaces(one.place, place) < 0);
  }

  /** What was read where a firing was found, or where what the latest stretch brought may enter. */
  factsOf(firing: Firing): Facts | undefined {
    const id = firingIdOf(firing);
    const audience = this.#audiences.get(id);
    return this.#facts.get(id) ?? (audience && { audience });
  }

  waitOf(firing: Firing): FollowedWait | undefined {
    return this.#waits.get(firingIdOf(firing));
  }

  #looker(
    start: Snapshot | undefined,
    found: { fired: number; notices: number },
    { brought, waits, latest }: Stretch,
  ): ReplayInput['onEvaluated'] {
    const { program } = this.#task.deployed;
    const entering = new Map<number, SeedOf[]>();
    for (const one of brought) {
      if (!one.merge) continue;
      const { arrival } = one.merge.place;
      entering.set(arrival, [...(entering.get(arrival) ?? []), one]);
    }
    let consumed = start?.consumed ?? 0;
    const follow = (firing: Firing, audience: Facts['audience'], place: Place) => {
      const wait = audience?.holds === false && followedWait(program, firing, place);
      if (!wait) return;
      waits.push(wait);
      this.#waits.set(firingIdOf(firing), wait);
    };
    return ({ looked, place, state, world, event }) => {
      // What lies before the merge is read here from the merge on: it overtakes, and lets none in.
      const isBefore = latest !== undefined && comparePlaces(place, latest) < 0;
      askWaits(program, waits, { world, place, event, ...(isBefore && { isLate: true, readFrom: latest.at }) });
      readAudiences(program, { world, place }, looked.firings, this.#audiences);
      if (!isBefore)
        for (const firing of looked.firings) follow(firing, this.#audiences.get(firingIdOf(firing)), place);
      found.fired += looked.firings.length;
      found.notices += looked.notices.length;
      if (place.phase !== 'events') return;
      for (const { firing } of entering.get(place.arrival) ?? []) {
        const facts = factsAt(program, firing, { world, place });
        this.#facts.set(firingIdOf(firing), facts);
        follow(firing, facts.audience, place);
      }
      consumed++;
      if (consumed % SNAPSHOT_EVERY === 0) this.#keep({ place, state: copyOf(state), consumed, ...found });
    };
  }

  #keep(snapshot: Omit<Snapshot, 'reached'>): void {
    this.#snapshots.push({ ...snapshot, reached: this.#world?.reached });
    if (this.#snapshots.length < MAX_SNAPSHOTS) return;
    this.#snapshots = this.#snapshots.filter((_, n, { length }) => n % 2 === 0 || n >= length / 2);
  }
}

/** What was found before a snapshot, and what the replay from it on has found. */
function joined(
  before: StoredReplayResult | undefined,
  start: Snapshot | undefined,
  replayed: StoredReplayResult,
): StoredReplayResult {
  if (!before || !start) return replayed;
  const { state, consumed } = replayed;
  return {
    state,
    consumed,
    fired: [...before.fired.slice(0, start.fired), ...replayed.fired],
    notices: [...before.notices.slice(0, start.notices), ...replayed.notices],
    checkpoints: [...before.checkpoints.filter((one) => one.consumed <= start.consumed), ...replayed.checkpoints],
  };
}

const firingIds = new WeakMap<Firing, string>();

/** A replay that goes on from another has the same firings: their ids are computed once. */
export function firingIdOf(firing: Firing): string {
  let id = firingIds.get(firing);
  if (id === undefined) firingIds.set(firing, (id = enrolmentIdOf(firing)));
  return id;
}
