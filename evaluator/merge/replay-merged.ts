/**
 * Replays the timeline of a contact that others were merged into (E6). Up to a merge the timeline is read without what it
 * brings, from it on as one with it: for each stretch between two merges there is a replay from the beginning, of which only
 * what it gives in that stretch counts. The state is that of the last.
 */
import type { FactsAtFiring } from '../../evaluation/session.ts';
import { enrolmentIdOf } from '../../language/hash.ts';
import type { Instant } from '../../language/model.ts';
import type { IdentityLinks, Merge } from '../../language/records/identity-links.ts';
import { comparePlaces, type Place } from '../../language/records/timeline.ts';
import { unconsumedOf } from '../../store/events/timeline-entries.ts';
import type { Queryable } from '../../store/postgres/database.ts';
import type { Checkpoint, SubjectState } from '../../triggers/engine/state.ts';
import { type Seed, startOfReplay } from '../../triggers/history/replay.ts';
import type { Deployed } from '../deployed-program.ts';
import { HistoryWorld } from '../late/history-world.ts';
import { type Audiences, readAudiences, replayStored, type StoredReplayResult } from '../late/replay-timeline.ts';

export interface MergedReplay {
  client: Queryable;
  deployed: Deployed;
  identities: IdentityLinks;
  /** The latest states: what never changes of them is kept. */
  stateOf(id: string): SubjectState;
  /** Stretches that end before this place have not changed. */
  changedAt: Place;
  until: Place;
  /** Consumed, though their rows are still pending. */
  consumed: ReadonlySet<number>;
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

/** @param id a contact's; of one that is merged away its own part, up to the merge */
export async function replayMerged(task: MergedReplay, id: string): Promise<MergedReplayResult> {
  const { identities, changedAt } = task;
  const end = identities.endOf(id);
  const merges = identities.mergesInto(id);
  const given: SeedOf[] = [];
  const notices: StoredReplayResult['notices'] = [];
  for (let n = 0; ; n++) {
    const next = merges[n];
    if (next && comparePlaces(next.place, changedAt) < 0) continue;
    const vias = merges.slice(0, n).map(({ place }) => place.arrival);
    const stop = next ? rightBefore(next.place) : end ? rightBefore(end.place) : task.until;
    const { replayed, audiences } = await replayAs(task, id, vias, stop);
    const merge = merges[n - 1];
    const from = merge?.place;
    for (const one of replayed.fired) {
      if (from && comparePlaces(one.place, from) < 0) continue;
      const audience = audiences.get(enrolmentIdOf(one.firing));
      given.push({ ...one, firedAs: id, ...(audience && { facts: { audience } }) });
    }
    for (const notice of replayed.notices) if (!from || comparePlaces(notice.place, from) >= 0) notices.push(notice);
    if (merge) given.push(...(await broughtBy(task, merge, replayed)));
    if (next) continue;
    const { state, consumed, checkpoints } = replayed;
    return { state, consumed, checkpoints, given, notices };
  }
}

/** What the merged subject fired before, with whether both timelines together give it as well. */
async function broughtBy(task: MergedReplay, merge: Merge, merged: StoredReplayResult): Promise<SeedOf[]> {
  const ids = new Set(merged.fired.map(({ firing }) => enrolmentIdOf(firing)));
  const subject = { type: 'contact' as const, id: merge.into };
  const { given } = await replayMerged(task, merge.from);
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

async function replayAs(
  { client, deployed, stateOf, consumed }: MergedReplay,
  id: string,
  vias: readonly number[],
  until: Place,
): Promise<{ replayed: StoredReplayResult; audiences: Audiences }> {
  const { program } = deployed;
  const subject = { type: 'contact' as const, id };
  const without = await unconsumedOf(client, subject);
  for (const arrival of consumed) without.delete(arrival);
  const audiences: Audiences = new Map();
  const replayed = await replayStored({
    client,
    program,
    from: startOfReplay(subject, undefined, stateOf(id)),
    consumed: 0,
    until,
    without,
    vias,
    worldOf: await HistoryWorld.around(client, deployed, subject, { vias }),
    onLook({ looked, place, world }) {
      readAudiences(program, { world, place }, looked.firings, audiences);
    },
  });
  return { replayed, audiences };
}

/** The last place before an event. */
export function rightBefore(place: Place): Place {
  return { ...place, arrival: place.arrival - 1 };
}

/** When a firing that came by a merge may enter: its own instant, or the merge's where that is later. */
export function entersAt({ firing, merge }: SeedOf): Instant | undefined {
  return merge && merge.place.at > firing.at ? merge.place.at : undefined;
}
