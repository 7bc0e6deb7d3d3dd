/** Firings that timelines give after a merge enter, as of the place where they are their contact's, or are overtaken (N1). */
import { enterFiring } from '../../evaluation/enter-firing.ts';
import { enrolmentIdOf } from '../../language/hash.ts';
import type { PlaybookVersion } from '../../language/model.ts';
import { comparePlaces, placeOfDeadline, placeOfEvent } from '../../language/records/timeline.ts';
import type { FiringRow } from '../../store/evaluation/firings.ts';
import { readTimeline } from '../../store/events/timeline.ts';
import type { Firing } from '../../triggers/engine/state.ts';
import { isOvertaking } from '../../triggers/entry/audience-wait.ts';
import { firingOf } from '../round/entry-rows.ts';
import { nameless } from './firing-owners.ts';
import type { MergeInput } from './merge-input.ts';
import { latestOf } from './pending-merges.ts';
import { entersAt, type SeedOf, viasOf } from './replay-merged.ts';

/** Events of one timeline that are read for a goal or an exit. */
const MAX_EVENTS = 1_000;

/** A firing that was not made before. */
export async function enterFresh(task: MergeInput, one: SeedOf): Promise<void> {
  const { session, deployed } = task;
  const { firing, firedAs } = one;
  const version = deployed.program.versions.get(firing.version)!;
  if (one.isOvertaken || (await isOvertaken(task, firing, version, one))) {
    recordOvertaken(task, firing);
    return;
  }
  enterFiring(session, firing, one.merge?.place ?? one.place, { ...one.facts, waited: one.wait });
  const row = session.work.firings.find(({ id }) => id === enrolmentIdOf(firing));
  if (row && firedAs !== firing.subject.id) row.firedAs = firedAs;
}

/** A firing that waited for the merge: N1 decides now, unless it is overtaken. */
export async function enterWaiting(
  task: MergeInput,
  row: FiringRow,
  found: SeedOf | undefined,
  given: ReadonlyMap<string, SeedOf>,
): Promise<void> {
  const { deployed, session } = task;
  const { work } = session;
  if (work.decided.some(({ id }) => id === row.id)) return;
  const deployment = deployed.deployments.get(row.playbook);
  const version = deployment && deployed.program.versions.get(deployment.versionHash);
  const made = firingOf(row, deployment?.versionHash);
  // What stands for another keeps its own id, which without evidence names as whom it fired.
  const stands = replacedFiring(row, task) && made.evidence.length === 0;
  const firing = stands ? { ...made, firedAs: nameless(row, task.identities) } : made;
  // Where that is somebody else by what has come since, that one fires.
  const isAnothers = enrolmentIdOf(firing) !== row.id;
  const one = isAnothers ? given.get(enrolmentIdOf(firing)) : found;
  // What comes later still may show that it was not overtaken within the time that it had to wait (N1).
  const waitedUntil = one?.wait?.until ?? row.waitsUntil ?? null;
  const refuse = (reason: string) => {
    tell(task, firing, row.id, reason);
    work.decide({ id: row.id, status: 'refused', reason, waitsUntil: waitedUntil });
  };
  if (!version) return refuse('inactive');
  if (!one || one.isOvertaken || (await isOvertaken(task, firing, version, one))) return refuse('overtaken');
  const options = { ...one.facts, waited: one.wait, isDeferred: !isAnothers };
  const { status, reason } = enterFiring(session, firing, one.merge?.place ?? one.place, options);
  if (isAnothers) return refuse('moved');
  const wait = session.audienceWaits(firing.subject).find(({ id }) => id === row.id);
  work.decide({ id: row.id, status, reason, entersAt: entersAt(one), waitsUntil: wait?.until ?? waitedUntil });
}

/** The firing that a made one replaces, by the latest mark (E5). */
export function replacedFiring({ id, standsFor }: FiringRow, { session }: MergeInput): string | null | undefined {
  const mark = session.work.verdicts.marks.get(id);
  return mark ? mark.standsFor : standsFor;
}

/** Fired for the visitor, but not for the merged timeline: recorded as refused. */
export function recordOvertaken(task: MergeInput, firing: Firing): void {
  const { playbook, version: versionHash, subject, key, at, arm, evidence, trigger, byTime } = firing;
  const { firedAs = null, givenAt = null } = firing;
  if (at < (task.deployed.deployments.get(playbook)?.deployedAt ?? Number.POSITIVE_INFINITY)) return;
  const id = enrolmentIdOf(firing);
  const row = { id, playbook, versionHash, subject, key, at, givenAt, arm, evidence, trigger, byTime, firedAs };
  task.session.work.firings.push({ ...row, status: 'refused', reason: 'overtaken' });
  tell(task, firing, id, 'overtaken');
}

function tell({ session, events }: MergeInput, firing: Firing, firingId: string, verdict: string): void {
  const { playbook, subject, at } = firing;
  const looked = { event: latestOf(events).messageId };
  session.work.decisions.push({ playbook, firingId, enrolmentId: null, subject, verdict, looked, at });
}

/** A goal or an exit of the playbook came after the firing, on the timeline as it was read where the firing may enter (N1). */
async function isOvertaken(
  task: MergeInput,
  firing: Firing,
  { playbook }: PlaybookVersion,
  { merge }: SeedOf,
): Promise<boolean> {
  if (!merge) return false;
  const { client, session, deployed, identities } = task;
  const { world } = session;
  const awaited = [...(playbook.goal?.awaited ?? []), ...playbook.exitOn];
  const names = [...new Set(awaited.flatMap((one) => (one.kind === 'event' ? [one.event] : [])))];
  if (names.length === 0) return false;
  const zone = playbook.timeZone ?? deployed.program.settings.timeZone;
  const merges = identities.mergesInto(merge.into);
  const upTo = merges.filter(({ place }) => comparePlaces(place, merge.place) <= 0).length;
  const read = {
    names,
    after: placeOfDeadline(firing.at),
    upTo: merge.place,
    vias: viasOf(merges, upTo),
    limit: MAX_EVENTS,
  };
  const { subject } = firing;
  for (const event of await readTimeline(client, { type: 'contact', id: merge.into }, read)) {
    const view = { world, subject, place: placeOfEvent(event), event, zone };
    if (isOvertaking(playbook, firing, event, view)) return true;
  }
  return false;
}
