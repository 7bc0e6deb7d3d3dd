/** What the timelines of merged contacts give, against what was made of it (E6, N1): what waited enters or is overtaken. */
import { compareEntering, type Entering } from '../../evaluation/entry-order.ts';
import { enrolmentIdOf } from '../../language/hash.ts';
import { isAnonymous } from '../../language/records/identity-links.ts';
import { type Place, placeOfEvent } from '../../language/records/timeline.ts';
import type { FiringRow } from '../../store/evaluation/firings.ts';
import { reopenFirings } from '../../store/records/identity-links.ts';
import { givenAt } from '../../triggers/engine/state.ts';
import { applyReconciliation } from '../late/apply-recomputation.ts';
import { enterFresh, enterWaiting, recordOvertaken, replacedFiring } from './enter-brought.ts';
import type { OwnedFiring } from './firing-owners.ts';
import type { MergeInput } from './merge-input.ts';
import { notifyBrought } from './notify-brought.ts';
import { type MergedReplayResult, ownIdOf, type SeedOf } from './replay-merged.ts';

/** @param owned firings that are the contact's by now */
export async function reassignFirings(
  task: MergeInput,
  id: string,
  replayed: MergedReplayResult,
  owned: readonly OwnedFiring[],
): Promise<void> {
  const subject = { type: 'contact' as const, id };
  const made = new Map(
    owned.map(({ row, firedAs }) => [row.id, { ...row, subject, firedAs: firedAs === id ? null : firedAs }]),
  );
  const given = withOwn(task, replayed.given, made);
  const givenAs = (row: FiringRow) => given.get(replacedFiring(row, task) ?? row.id);
  for (const { firing, isOvertaken } of given.values())
    if (isOvertaken && !made.has(enrolmentIdOf(firing))) recordOvertaken(task, firing);
  // What was refused stays refused, and is no firing that was taken back.
  const stillGiven = [...given.values()].filter(
    ({ firing, isOvertaken }) => !isOvertaken || made.get(enrolmentIdOf(firing))?.status === 'refused',
  );
  const events = task.events.map(({ event }) => event);
  const entries: Entry[] = [];
  applyReconciliation({ ...task, subject, events, isMerge: true }, made, stillGiven, ({ firing }) => {
    entries.push({ one: given.get(enrolmentIdOf(firing))! });
  });
  const anew = new Set(owned.filter((one) => one.isLookedAnew).map(({ row }) => row.id));
  const again = [...made.values()].filter((row) => isGivenAgain(row, givenAs(row), anew.has(row.id)));
  const againIds = again.map((row) => row.id);
  await reopenFirings(task.client, againIds);
  task.session.waitsNoLonger(subject, new Set(againIds));
  await notifyBrought(task, id);
  for (const row of again) Object.assign(row, { status: 'deferred', reason: 'anonymous' });
  if (!isAnonymous(subject)) {
    for (const row of made.values()) if (isWaiting(row)) entries.push({ row, one: givenAs(row) });
  }
  // What fires at one evaluation stays in the timeline's order.
  const position = new Map([...given.keys()].map((given, n) => [given, n]));
  const positionOf = ({ row, one }: Entry) => position.get(one ? enrolmentIdOf(one.firing) : row!.id) ?? 0;
  const first = placeOfEvent(events[0]!);
  const ordered = entries
    .sort((a, b) => positionOf(a) - positionOf(b))
    .map((entry) => ({ ...entry, ...entering(first, entry) }))
    .sort(compareEntering);
  for (const { row, one } of ordered) {
    if (row) await enterWaiting(task, row, one, given);
    else await enterFresh(task, one!);
  }
}

/**
 * What is given, by its id. Without evidence, what waited for a visitor's merge and what the contact itself fired at that instant are one
 * (E6): the contact's, which is given too, or was made before anything has changed.
 */
function withOwn({ events }: MergeInput, given: readonly SeedOf[], made: ReadonlyMap<string, FiringRow>) {
  const ids = new Set(given.map(({ firing }) => enrolmentIdOf(firing)));
  const changedAt = events[0]!.event.at;
  const isOwn = (id: string) => {
    const row = made.get(id);
    return ids.has(id) || (row !== undefined && givenAt(row) < changedAt && !row.undoneBy);
  };
  return new Map(
    given.map((one) => {
      const id = enrolmentIdOf(one.firing);
      const own = ownIdOf(one.firing);
      return [id, one.merge && own !== id && isOwn(own) ? { ...one, isOvertaken: true } : one] as const;
    }),
  );
}

/** A firing to be entered, with what gives it; of one that waited its row. */
interface Entry {
  row?: FiringRow;
  one: SeedOf | undefined;
}

/** What is no longer given is refused, whenever that is. */
function entering(place: Place, { row, one }: Entry): Entering {
  const at = row?.at ?? one!.firing.at;
  const id = row?.id ?? enrolmentIdOf(one!.firing);
  if (!one) return { place, by: 'merge', at, id };
  const answer = one.wait?.answer;
  if (answer) return { place: answer.place, by: 'audience', at, id };
  return one.merge ? { place: one.merge.place, by: 'merge', at, id } : { place: one.place, by: 'firing', at, id };
}

/**
 * What came later shows that it was not overtaken: an event or an identity link that belongs to another contact. Or it was
 * refused, or waits, because of somebody whose it never was.
 */
function isGivenAgain({ status, reason }: FiringRow, given: SeedOf | undefined, isLookedAnew: boolean): boolean {
  if (given === undefined || given.isOvertaken === true) return false;
  // What waits for its audience still has its answer where its timeline gives one by now (N1).
  if (status === 'deferred' && reason === 'audience' && isAnswered(given)) return true;
  return isLookedAnew || (status === 'refused' && reason === 'overtaken' && !isOvertakenWaiting(given));
}

/** It passes its audience at once, or has an answer. */
function isAnswered({ facts, wait }: SeedOf): boolean {
  return facts?.audience?.holds === true || wait?.answer !== undefined;
}

/** It waited for its audience, and what it would lead to came first (N1). */
function isOvertakenWaiting({ wait }: SeedOf): boolean {
  return wait?.answer?.decision === 'overtaken';
}

function isWaiting(row: FiringRow): boolean {
  return row.status === 'deferred' && row.reason === 'anonymous';
}
