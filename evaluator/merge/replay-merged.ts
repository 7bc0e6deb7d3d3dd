/**
 * Replays the timeline of a contact that others were merged into (E6). Up to a merge the timeline is read without what it
 * brings, from it on as one with it: for each stretch between two merges there is a replay, of which only what it gives in that
 * stretch counts. The state is that of the last.
 */
import type { FactsAtFiring } from '../../evaluation/session.ts';
import { enrolmentIdOf } from '../../language/hash.ts';
import type { Instant } from '../../language/model.ts';
import type { IdentityLinks, Merge } from '../../language/records/identity-links.ts';
import { comparePlaces, type Place } from '../../language/records/timeline.ts';
import type { Queryable } from '../../store/postgres/database.ts';
import type { Checkpoint, Firing, SubjectState } from '../../triggers/engine/state.ts';
import type { Seed } from '../../triggers/history/replay.ts';
import type { Deployed } from '../deployed-program.ts';
import type { StoredReplayResult } from '../late/replay-timeline.ts';
import type { MergeTimelines } from './merge-timelines.ts';
import { StretchReplays } from './stretches.ts';

export interface MergedReplay {
  client: Queryable;
  deployed: Deployed;
  identities: IdentityLinks;
  /** The latest states: what never changes of them is kept. */
  stateOf(id: string): SubjectState;
  /** Stretches that end before this place have not changed. */
  changedAt: Place;
  until: Place;
  timelines: MergeTimelines;
}

/** What a replay gives, and since when it is the contact's. */
export interface SeedOf extends Seed {
  /** The contact as whose it fired: of what a merge brought, the one that was merged. */
  firedAs: string;
  /** Where an anonymous subject's firing came to the contact by a merge: from then on it may enter. */
  merge?: Merge;
  /** The timelines together do not give it: it waits no longer. */
  isOvertaken?: boolean;
  /** Read at its place. */
  facts?: { audience: FactsAtFiring['audience'] };
}

export interface MergedReplayResult {
  state: SubjectState;
  consumed: number;
  checkpoints: Checkpoint[];
  given: SeedOf[];
  notices: StoredReplayResult['notices'];
}

/** The merges of a contact from the one on whose stretch is the first that has changed. */
function changedMerges(
  identities: IdentityLinks,
  id: string,
  changedAt: Place,
): { merges: readonly Merge[]; first: number } {
  const merges = identities.mergesInto(id);
  const first = merges.findIndex(({ place }) => comparePlaces(place, changedAt) >= 0);
  return { merges, first: first < 0 ? merges.length : first };
}

/** The contacts whose timelines are read to replay those of some: what was merged into them in a stretch that has changed. */
export function replayedWith(identities: IdentityLinks, ids: readonly string[], changedAt: Place): string[] {
  const found = new Set(ids);
  // A set's walk comes to what is added on the way.
  for (const id of found) {
    const { merges, first } = changedMerges(identities, id, changedAt);
    for (const { from } of merges.slice(Math.max(0, first - 1))) found.add(from);
  }
  return [...found];
}

/** @param id a contact's; of one that is merged away its own part, up to the merge */
export async function replayMerged(task: MergedReplay, id: string): Promise<MergedReplayResult> {
  const { identities, changedAt } = task;
  const end = identities.endOf(id);
  const { merges, first } = changedMerges(identities, id, changedAt);
  const given: SeedOf[] = [];
  const notices: StoredReplayResult['notices'] = [];
  const replays = new StretchReplays(task, id);
  const vias = new Set(merges.slice(0, first).map(({ place }) => place.arrival));
  for (let n = first; ; n++) {
    const next = merges[n];
    const merge = merges[n - 1];
    const until = next ? rightBefore(next.place) : end ? rightBefore(end.place) : task.until;
    const replayed = await replays.next({ vias, until, latest: merge?.place.arrival });
    const from = merge?.place;
    // In their order: what lies before the stretch is not looked at.
    for (const one of behind(replayed.fired, from)) {
      const audience = replays.audiences.get(firingIdOf(one.firing));
      given.push({ ...one, firedAs: id, ...(audience && { facts: { audience } }) });
    }
    notices.push(...behind(replayed.notices, from));
    if (merge) given.push(...(await broughtBy(task, merge, replayed)));
    if (next) {
      vias.add(next.place.arrival);
      continue;
    }
    const { state, consumed, checkpoints } = replayed;
    return { state, consumed, checkpoints, given, notices };
  }
}

/** Those of a list in E4's order that are not before a place. */
function behind<T extends { place: Place }>(list: readonly T[], from: Place | undefined): readonly T[] {
  if (!from) return list;
  let first = list.length;
  while (first > 0 && comparePlaces(list[first - 1]!.place, from) >= 0) first--;
  return list.slice(first);
}

const firingIds = new WeakMap<Firing, string>();

/** A replay that goes on from another has the same firings: their ids are computed once. */
function firingIdOf(firing: Firing): string {
  let id = firingIds.get(firing);
  if (id === undefined) firingIds.set(firing, (id = enrolmentIdOf(firing)));
  return id;
}

/** What the merged subject fired before, with whether both timelines together give it as well. */
async function broughtBy(task: MergedReplay, merge: Merge, merged: StoredReplayResult): Promise<SeedOf[]> {
  const { given } = await replayMerged(task, merge.from);
  if (given.length === 0) return [];
  const ids = new Set(merged.fired.map(({ firing }) => firingIdOf(firing)));
  const subject = { type: 'contact' as const, id: merge.into };
  return given.map((one) => {
    const firing = { ...one.firing, subject };
    // It entered at once, whatever was known of the other timeline.
    if (task.deployed.program.versions.get(firing.version)!.playbook.anonymous) return { ...one, firing };
    const isOvertaken = one.isOvertaken === true || !ids.has(enrolmentIdOf(firing));
    // Its audience is evaluated again when it enters.
    const { place, firedAs } = one;
    return { firing, place, firedAs, merge: one.merge && later(one.merge, merge) ? one.merge : merge, isOvertaken };
  });
}

function later(a: Merge, b: Merge): boolean {
  return comparePlaces(a.place, b.place) > 0;
}

/** The last place before an event. */
export function rightBefore(place: Place): Place {
  return { ...place, arrival: place.arrival - 1 };
}

/** When a firing that came by a merge may enter: its own instant, or the merge's where that is later. */
export function entersAt({ firing, merge }: SeedOf): Instant | undefined {
  return merge && merge.place.at > firing.at ? merge.place.at : undefined;
}
