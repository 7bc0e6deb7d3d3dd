/** Entry in virtual time: a firing passes the entry rules, and becomes an enrolment or is refused (section 3). */
import { enrolmentIdOf } from '../../language/hash.ts';
import type { Instant, PlaybookVersion, SubjectRef } from '../../language/model.ts';
import type { Place, TimelineEvent } from '../../language/records/timeline.ts';
import { contactOf, refusalAtEntry } from '../../steps/gates/at-entry.ts';
import { suppressionOf } from '../../steps/gates/suppression.ts';
import { type EvaluationView, evaluatedValues, holdsAt } from '../../triggers/engine/evaluation-view.ts';
import type { Firing } from '../../triggers/engine/state.ts';
import { decideEntry } from '../../triggers/entry/entry.ts';
import type { VirtualJourneys } from '../journeys/journeys.ts';
import type { RunInput, RunLine } from '../run/types.ts';
import type { VirtualIdentities } from '../world/identities.ts';
import type { VirtualWorld } from '../world/virtual-world.ts';
import type { AudienceWaits } from './audience-waits.ts';
import type { KnownFirings } from './known-firings.ts';
import type { PastEnrolments } from './past-enrolments.ts';

export interface EntryPorts {
  input: RunInput;
  world: VirtualWorld;
  journeys: VirtualJourneys;
  past: PastEnrolments;
  /** Firings that wait for their audience (N1). */
  waits: AudienceWaits;
  /** Firings that wait until their subject is known (E6). */
  identities: VirtualIdentities;
  known: KnownFirings;
  /** Firings behind which an open journey of their key lags: decided once the instant's journeys have moved (N1). */
  deferred: DeferredFiring[];
  emit(line: RunLine): void;
}

interface DeferredFiring {
  version: PlaybookVersion;
  firing: Firing;
  place: Place;
  enteredAt: Instant;
}

/** Writes the firing's line and its enrolment's, and starts the journey of one that enters. */
export function enterFiring(shell: EntryPorts, version: PlaybookVersion, firing: Firing, place: Place): void {
  const { input } = shell;
  const { playbook, subject, key, at, evidence } = firing;
  if (!shell.known.add(enrolmentIdOf(firing), place.at)) return;
  if (input.from !== undefined && at < input.from) return;
  shell.emit({ type: 'firing', playbook, subject, key, at, evidence });
  decide(shell, version, firing, place, at);
}

/** A firing that came to the subject by a merge: N1 decides as of the merge. */
export function enterMerged(shell: EntryPorts, version: PlaybookVersion, firing: Firing, place: Place): void {
  decide(shell, version, firing, place, Math.max(firing.at, place.at));
}

/** Decides what was kept, now that the journeys have come to the instant. @returns whether there was anything. */
export function enterDeferred(shell: EntryPorts): boolean {
  if (shell.deferred.length === 0) return false;
  const kept = shell.deferred.splice(0);
  for (const { version, firing, place, enteredAt } of kept) decide(shell, version, firing, place, enteredAt);
  return true;
}

/** Passes the subject's firings that wait for their audience through again (`if_refused`, N1). */
export function decideAudienceWaits(
  shell: EntryPorts,
  subject: SubjectRef,
  place: Place,
  event: TimelineEvent | undefined,
): void {
  const { world, input } = shell;
  const { timeZone } = input.settings;
  for (const { wait, verdict } of shell.waits.decide(subject, { world, place, event, timeZone })) {
    if (verdict === 'passes') decide(shell, wait.version, wait.firing, place, place.at);
    else refuse(shell, wait, verdict === 'overtaken' ? 'overtaken' : 'audience');
  }
}

/** A firing whose audience nobody let in is refused, as it was when it fired. */
export function refuse(shell: EntryPorts, { firing }: { firing: Firing }, refused: string): void {
  const { playbook, subject, key, at } = firing;
  shell.emit({ type: 'enrolment', playbook, subject, key, at, id: enrolmentIdOf(firing), refused, looked: {} });
}

/** @param enteredAt the firing's `at`, or later where its audience let it in only then */
function decide(shell: EntryPorts, version: PlaybookVersion, firing: Firing, place: Place, enteredAt: Instant): void {
  const { input, world, journeys, past } = shell;
  const { subject, key } = firing;
  const { playbook } = version;
  const zone = playbook.timeZone ?? input.settings.timeZone;
  const view: EvaluationView = { world, subject, place, trigger: firing.trigger, zone };
  const contact = playbook.onlyMarketing ? contactOf(world, subject, place) : undefined;
  const verdict = decideEntry(playbook, firing, {
    now: enteredAt,
    enteredAt,
    status: 'active',
    deployedAt: Number.NEGATIVE_INFINITY,
    settings: input.settings,
    past: past.of(firing),
    audience: playbook.audience
      ? { holds: holdsAt(view, playbook.audience), looked: evaluatedValues(view, playbook.audience) }
      : { holds: true, looked: {} },
    refusedContact: contact && refusalAtEntry(version, contact, suppressionOf(contact.traits)),
    side: past.sideOf(firing),
    holdout: input.holdout,
  });
  if (verdict.enter === 'anonymous') {
    if (!shell.identities.keep(version, firing)) refuse(shell, { firing }, 'anonymous');
    return;
  }
  if (verdict.enter === 'kept') {
    shell.deferred.push({ version, firing, place, enteredAt });
    return;
  }
  if (verdict.enter === 'waits') {
    const outdone = shell.waits.add({ version, firing, until: verdict.until });
    if (outdone) refuse(shell, outdone, 'audience');
    return;
  }
  const id = enrolmentIdOf(firing);
  const refused = verdict.enter ? null : verdict.reason;
  const looked = verdict.enter ? {} : verdict.looked;
  shell.emit({ type: 'enrolment', playbook: firing.playbook, subject, key, at: enteredAt, id, refused, looked });
  if (!verdict.enter) return;
  const member = journeys.start(id, version, { ...firing, at: enteredAt }, verdict.ghost);
  past.add(member, typeof firing.trigger.mark === 'string' ? firing.trigger.mark : undefined);
}
