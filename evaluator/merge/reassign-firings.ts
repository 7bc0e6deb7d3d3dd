/** Gives firings of contacts that were merged to their owner (E6): those that waited enter or are overtaken. */
import { afterLateEvent } from '../../evaluation/after-evaluation.ts';
import { enterFiring } from '../../evaluation/enter-firing.ts';
import { enrolmentIdOf } from '../../language/hash.ts';
import type { PlaybookVersion } from '../../language/model.ts';
import { isAnonymous } from '../../language/records/identity-links.ts';
import { placeOfDeadline, placeOfEvent } from '../../language/records/timeline.ts';
import type { FiringRow } from '../../store/evaluation/firings.ts';
import { readTimeline } from '../../store/events/timeline.ts';
import { reopenFirings } from '../../store/records/identity-links.ts';
import type { Firing } from '../../triggers/engine/state.ts';
import { isOvertaking } from '../../triggers/entry/audience-wait.ts';
import { applyReconciliation } from '../late/apply-recomputation.ts';
import { firingOf } from '../round/entry-rows.ts';
import type { MergeInput } from './merge-contacts.ts';
import { latestOf } from './pending-merges.ts';
import { entersAt, type MergedReplayResult, type SeedOf } from './replay-merged.ts';

/** Events of one timeline that are read for a goal or an exit, and shown to what waits. */
const MAX_EVENTS = 1_000;

/** @param rows firings that are the contact's by now */
export async function reassignFirings(
  task: MergeInput,
  id: string,
  replayed: MergedReplayResult,
  rows: readonly FiringRow[],
): Promise<void> {
  const { client, session } = task;
  const subject = { type: 'contact' as const, id };
  await notifyBrought(task, id);
  const made = new Map(rows.map((row) => [row.id, { ...row, subject }]));
  const givenAs = (row: FiringRow) => given.get(replacedFiring(row, task) ?? row.id);
  const given = new Map(replayed.given.map((one) => [enrolmentIdOf(one.firing), one]));
  for (const { firing, isOvertaken } of given.values())
    if (isOvertaken && !made.has(enrolmentIdOf(firing))) recordOvertaken(task, firing);
  // What entered, or was refused, before the merge is not retracted by it.
  const stillGiven = replayed.given.filter(({ firing, isOvertaken }) => {
    const row = made.get(enrolmentIdOf(firing));
    return !isOvertaken || (row !== undefined && !isWaiting(row));
  });
  const events = task.events.map(({ event }) => event);
  applyReconciliation({ ...task, subject, events, isMerge: true }, made, stillGiven, ({ firing }) => {
    const one = given.get(enrolmentIdOf(firing))!;
    enterFiring(session, firing, one.merge?.place ?? one.place, { ...one.facts, enteredAt: entersAt(one) });
  });
  const again = [...made.values()].filter((row) => isGivenAgain(row, givenAs(row)));
  await reopenFirings(
    client,
    again.map((row) => row.id),
  );
  for (const row of again) Object.assign(row, { status: 'deferred', reason: 'anonymous' });
  if (isAnonymous(subject)) return;
  const waiting = [...made.values()].filter(isWaiting).sort((a, b) => a.at - b.at);
  for (const row of waiting) await release(task, row, givenAs(row), given);
}

/** Fired for the visitor, but not for the merged timeline: recorded as refused. */
function recordOvertaken({ deployed, session }: MergeInput, firing: Firing): void {
  const { playbook, version: versionHash, subject, key, at, arm, evidence, trigger, byTime } = firing;
  if (at < (deployed.deployments.get(playbook)?.deployedAt ?? Number.POSITIVE_INFINITY)) return;
  const row = { id: enrolmentIdOf(firing), playbook, versionHash, subject, key, at, arm, evidence, trigger, byTime };
  session.work.firings.push({ ...row, status: 'refused', reason: 'overtaken' });
}

/** What came later shows that it was not overtaken: an event or an identity link that belongs to another contact. */
function isGivenAgain({ status, reason }: FiringRow, given: SeedOf | undefined): boolean {
  return status === 'refused' && reason === 'overtaken' && given !== undefined && given.isOvertaken !== true;
}

/** The firing that a made one replaces, by the latest mark (E5). */
function replacedFiring({ id, standsFor: before }: FiringRow, { session }: MergeInput): string | null | undefined {
  const mark = session.work.verdicts.marks.get(id);
  return mark ? mark.standsFor : before;
}

function isWaiting(row: FiringRow | undefined): boolean {
  return row?.status === 'deferred' && row.reason === 'anonymous';
}

/** A firing that waited for the merge: N1 decides now, unless it is overtaken. */
async function release(
  task: MergeInput,
  row: FiringRow,
  found: SeedOf | undefined,
  given: ReadonlyMap<string, SeedOf>,
): Promise<void> {
  const { deployed, session } = task;
  const { work } = session;
  if (work.decided.some(({ id }) => id === row.id)) return;
  const { playbook, subject, at } = row;
  const deployment = deployed.deployments.get(playbook);
  const version = deployment && deployed.program.versions.get(deployment.versionHash);
  const firing = firingOf(row, deployment?.versionHash);
  // The id of one without evidence names its subject, which is another now.
  const isRenamed = enrolmentIdOf(firing) !== row.id;
  const one = isRenamed ? given.get(enrolmentIdOf(firing)) : found;
  const refuse = (reason: string) => {
    const looked = { event: latestOf(task.events).messageId };
    work.decisions.push({ playbook, firingId: row.id, enrolmentId: null, subject, verdict: reason, looked, at });
    work.decided.push({ id: row.id, status: 'refused', reason });
  };
  if (!version) return refuse('inactive');
  if (!one || one.isOvertaken || (await isOvertaken(task, row, version))) return refuse('overtaken');
  const enteredAt = entersAt(one);
  const place = one.merge?.place ?? one.place;
  const options = { ...one.facts, isDeferred: !isRenamed, enteredAt };
  const { status, reason } = enterFiring(session, firing, place, options);
  if (isRenamed) return refuse('moved');
  const wait = session.audienceWaits(subject).find(({ id }) => id === row.id);
  work.decided.push({ id: row.id, status, reason, entersAt: enteredAt ?? null, waitsUntil: wait?.until ?? null });
}

/** A goal or an exit of the playbook came after the firing (N1). */
async function isOvertaken(task: MergeInput, row: FiringRow, { playbook }: PlaybookVersion): Promise<boolean> {
  const { client, session, deployed } = task;
  const { world } = session;
  const awaited = [...(playbook.goal?.awaited ?? []), ...playbook.exitOn];
  const names = [...new Set(awaited.flatMap((one) => (one.kind === 'event' ? [one.event] : [])))];
  if (names.length === 0) return false;
  const after = placeOfDeadline(row.at);
  const { subject } = row;
  const zone = playbook.timeZone ?? deployed.program.settings.timeZone;
  const firing = firingOf(row);
  const upTo = placeOfEvent(latestOf(task.events));
  for (const event of await readTimeline(client, subject, { names, after, upTo, limit: MAX_EVENTS })) {
    if (isOvertaking(playbook, firing, event, { world, subject, place: placeOfEvent(event), event, zone })) return true;
  }
  return false;
}

/** What waits on the contact's timeline sees what the merge brought there; what it has seen before it waited for in vain. */
async function notifyBrought(task: MergeInput, id: string): Promise<void> {
  const { client, session, changed } = task;
  const subject = { type: 'contact' as const, id };
  const waiting = session.subscriptions(subject);
  if (changed.length === 0 || waiting.length === 0) return;
  const after = placeOfDeadline(Math.min(...waiting.map(({ row }) => row.since)));
  const upTo = placeOfEvent(latestOf(task.events));
  for (const brought of await readTimeline(client, subject, { after, upTo, limit: MAX_EVENTS })) {
    afterLateEvent(session, subject, brought);
  }
}
