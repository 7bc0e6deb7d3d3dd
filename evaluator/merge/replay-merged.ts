/**
 * Replays the timeline of a contact that others were merged into (E6). Up to a merge the timeline is read without what it
 * brings, from it on as one with it: for each stretch between two merges there is a replay, of which only what it gives in that
 * stretch counts. The state is that of the last.
 */
import { entryInstant } from '../../evaluation/enter-firing.ts';
import type { FactsAtFiring } from '../../evaluation/session.ts';
import { enrolmentIdOf } from '../../language/hash.ts';
import type { Instant } from '../../language/model.ts';
import { type IdentityLinks, isAnonymousId, type Merge } from '../../language/records/identity-links.ts';
import { comparePlaces, type Place } from '../../language/records/timeline.ts';
import type { Queryable } from '../../store/postgres/database.ts';
import { type Checkpoint, type Firing, inherited, type SubjectState } from '../../triggers/engine/state.ts';
import type { FollowedWait } from '../../triggers/entry/followed-waits.ts';
import type { Seed } from '../../triggers/history/replay.ts';
import type { Deployed } from '../deployed-program.ts';
import type { StoredReplayResult } from '../late/replay-timeline.ts';
import type { MergeTimelines } from './merge-timelines.ts';
import { firingIdOf, StretchReplays } from './stretches.ts';

export interface MergedReplay {
  client: Queryable;
  deployed: Deployed;
  identities: IdentityLinks;
  /** The latest states: what never changes of them is kept. */
  stateOf(id: string): SubjectState;
  /** Stretches that end before this instant are not looked at. */
  lookedFrom: Instant;
  until: Place;
  timelines: MergeTimelines;
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
  /** How it has waited for its audience, as the timelines are read by now (N1). */
  wait?: FollowedWait | undefined;
}

export interface MergedReplayResult {
  state: SubjectState;
  consumed: number;
  checkpoints: Checkpoint[];
  given: SeedOf[];
  notices: StoredReplayResult['notices'];
}

/** The merges of a contact from the one on whose stretch is the first that is looked at. */
function mergesFrom(
  identities: IdentityLinks,
  id: string,
  lookedFrom: Instant,
): { merges: readonly Merge[]; first: number } {
  const merges = identities.mergesInto(id);
  // One that ends in the same instant is looked at again: of what was made only the instant is known.
  const first = merges.findIndex(({ place }) => place.at >= lookedFrom);
  return { merges, first: first < 0 ? merges.length : first };
}

/** The contacts whose timelines are read to replay those of some: what was merged into them in a stretch that is looked at. */
export function replayedWith(identities: IdentityLinks, ids: readonly string[], lookedFrom: Instant): string[] {
  const found = new Set(ids);
  // A set's walk comes to what is added on the way.
  for (const id of found) {
    const { merges, first } = mergesFrom(identities, id, lookedFrom);
    for (const { from } of merges.slice(Math.max(0, first - 1))) found.add(from);
  }
  return [...found];
}

/** @param id a contact's; of one that is merged away its own part, up to the merge */
export async function replayMerged(task: MergedReplay, id: string): Promise<MergedReplayResult> {
  const { identities, lookedFrom } = task;
  const end = identities.endOf(id);
  const { merges, first } = mergesFrom(identities, id, lookedFrom);
  const given: SeedOf[] = [];
  const notices: StoredReplayResult['notices'] = [];
  const replays = new StretchReplays(task, id);
  const waiting: SeedOf[] = [];
  const waits: FollowedWait[] = [];
  const vias = new Set(viasOf(merges, first));
  for (let n = first; ; n++) {
    const next = merges[n];
    const merge = merges[n - 1];
    const own = merge ? (await replayMerged(task, merge.from)).given.map((one) => broughtTo(task, merge, one)) : [];
    // An alias brings a visitor and a contact at one place: what may enter there does so once both are there.
    const brought = [...waiting.splice(0), ...own];
    const isSplit = merge !== undefined && next?.place.arrival === merge.place.arrival;
    const until = next ? rightBefore(next.place) : end ? rightBefore(end.place) : task.until;
    waits.push(...own.flatMap(({ wait }) => wait ?? []));
    const replayed = await replays.next({ vias, until, latest: merge?.place, brought, waits });
    const factsOf = (firing: Firing) => {
      const found = replays.factsOf(firing);
      return found && { facts: found, wait: replays.waitOf(firing) };
    };
    // In their order: what lies before the stretch is not looked at.
    for (const one of behind(replayed.fired, merge?.place)) given.push({ ...one, firedAs: id, ...factsOf(one.firing) });
    notices.push(...behind(replayed.notices, merge?.place));
    const isHere = (one: SeedOf) => one.merge !== undefined && one.merge.place.arrival === merge?.place.arrival;
    const together = new Set(brought.some(isHere) ? replayed.fired.map(({ firing }) => firingIdOf(firing)) : []);
    for (const one of brought) {
      // What had entered before entered whatever was known of the other timeline.
      if (!isHere(one)) given.push(one);
      else if (isSplit) waiting.push(one);
      else given.push({ ...one, isOvertaken: !together.has(ownIdOf(one.firing)), ...factsOf(one.firing) });
    }
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

/** By which merges a contact's timeline is read as one with others, after the first of them. */
export function viasOf(merges: readonly Merge[], count: number): number[] {
  return merges.slice(0, count).map(({ place }) => place.arrival);
}

/** The id of what the heir itself would have fired. */
export function ownIdOf(firing: Firing): string {
  return enrolmentIdOf({ ...firing, firedAs: undefined });
}

/** What the merged subject fired before; a visitor's waits for the first merge that makes the visitor somebody known. */
function broughtTo(task: MergedReplay, merge: Merge, one: SeedOf): SeedOf {
  const subject = { type: 'contact' as const, id: merge.into };
  const firing = inherited(one.firing, subject);
  const { playbook } = task.deployed.program.versions.get(firing.version)!;
  const waits = !one.merge && isAnonymousId(one.firedAs) && !playbook.anonymous && !isAnonymousId(merge.into);
  // What waits for its audience goes on waiting, as the heir's.
  if (!waits) return { ...one, firing, ...(one.wait && { wait: { ...one.wait, firing } }) };
  const { place, firedAs } = one;
  return { firing, place, firedAs, merge };
}

/** The last place before an event. */
export function rightBefore(place: Place): Place {
  return { ...place, arrival: place.arrival - 1 };
}

/** When a firing may enter that a timeline gives after a merge, or that waited for it. */
export function entersAt({ firing, place, merge, wait }: SeedOf): Instant {
  if (wait?.answer?.decision === 'passes') return wait.answer.place.at;
  return entryInstant(firing, merge?.place ?? place);
}
