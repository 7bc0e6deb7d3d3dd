/**
 * Replays the timeline of a contact that others were merged into (E6). Up to a merge the timeline is read without what it
 * brings, from it on as one with it: for each stretch between two merges there is a replay from the beginning, of which only
 * what it gives in that stretch counts. The state is that of the last.
 */
import { factsAt } from '../../evaluation/enter-firing.ts';
import type { FactsAtFiring } from '../../evaluation/session.ts';
import { enrolmentIdOf } from '../../language/hash.ts';
import type { Instant } from '../../language/model.ts';
import { type IdentityLinks, isAnonymousId, type Merge } from '../../language/records/identity-links.ts';
import { comparePlaces, type Place } from '../../language/records/timeline.ts';
import { unconsumedOf } from '../../store/events/timeline-entries.ts';
import type { Queryable } from '../../store/postgres/database.ts';
import type { Checkpoint, Firing, SubjectState } from '../../triggers/engine/state.ts';
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
  /** The merge that made a visitor's firing a known contact's: from then on it may enter. */
  merge?: Merge;
  /** The timelines together, as they are read from that merge on, do not give it: it waits no longer. */
  isOvertaken?: boolean;
  /** Read where it may enter. */
  facts?: Partial<FactsAtFiring>;
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
    // One that ends in the same instant is looked at again: of what was made only the instant is known.
    if (next && next.place.at < changedAt.at) continue;
    const stretch = {
      vias: viasOf(merges, n),
      until: next ? rightBefore(next.place) : end ? rightBefore(end.place) : task.until,
    };
    const merge = merges[n - 1];
    const brought = merge ? (await replayMerged(task, merge.from)).given.map((one) => broughtTo(task, merge, one)) : [];
    const { replayed, facts } = await replayAs(task, id, stretch, brought);
    const from = merge?.place;
    const factsOf = (firing: Firing) => {
      const found = facts.get(enrolmentIdOf(firing));
      return found && { facts: found };
    };
    for (const one of replayed.fired) {
      if (from && comparePlaces(one.place, from) < 0) continue;
      given.push({ ...one, firedAs: id, ...factsOf(one.firing) });
    }
    for (const notice of replayed.notices) if (!from || comparePlaces(notice.place, from) >= 0) notices.push(notice);
    const together = new Set(replayed.fired.map(({ firing }) => enrolmentIdOf(firing)));
    for (const one of brought) {
      // What had entered before entered whatever was known of the other timeline.
      if (one.merge !== merge) given.push(one);
      else given.push({ ...one, isOvertaken: !together.has(enrolmentIdOf(one.firing)), ...factsOf(one.firing) });
    }
    if (next) continue;
    const { state, consumed, checkpoints } = replayed;
    return { state, consumed, checkpoints, given, notices };
  }
}

/** By which merges a contact's timeline is read as one with others, after the first of them. */
export function viasOf(merges: readonly Merge[], count: number): number[] {
  return merges.slice(0, count).map(({ place }) => place.arrival);
}

/** What the merged subject fired before; a visitor's waits for the first merge that makes the visitor somebody known. */
function broughtTo(task: MergedReplay, merge: Merge, one: SeedOf): SeedOf {
  const subject = { type: 'contact' as const, id: merge.into };
  const firing = { ...one.firing, subject };
  const { playbook } = task.deployed.program.versions.get(firing.version)!;
  const waits = !one.merge && isAnonymousId(one.firedAs) && !playbook.anonymous && !isAnonymousId(merge.into);
  if (!waits) return { ...one, firing };
  const { place, firedAs } = one;
  return { firing, place, firedAs, merge };
}

async function replayAs(
  { client, deployed, stateOf, consumed }: MergedReplay,
  id: string,
  { vias, until }: { vias: readonly number[]; until: Place },
  brought: readonly SeedOf[],
): Promise<{ replayed: StoredReplayResult; facts: Map<string, Partial<FactsAtFiring>> }> {
  const { program } = deployed;
  const subject = { type: 'contact' as const, id };
  const without = await unconsumedOf(client, subject);
  for (const arrival of consumed) without.delete(arrival);
  const audiences: Audiences = new Map();
  const facts = new Map<string, Partial<FactsAtFiring>>();
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
      for (const { firing, merge } of brought) {
        if (!merge || comparePlaces(merge.place, place) !== 0) continue;
        facts.set(enrolmentIdOf(firing), factsAt(program, firing, { world, place }));
      }
    },
  });
  for (const [firingId, audience] of audiences) if (!facts.has(firingId)) facts.set(firingId, { audience });
  return { replayed, facts };
}

/** The last place before an event. */
export function rightBefore(place: Place): Place {
  return { ...place, arrival: place.arrival - 1 };
}

/** When a firing that came by a merge may enter: its own instant, or the merge's where that is later. */
export function entersAt({ firing, merge }: SeedOf): Instant | undefined {
  return merge && merge.place.at > firing.at ? merge.place.at : undefined;
}
