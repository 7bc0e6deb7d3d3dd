/** Entry (section 3): a firing passes the rules of entry, and becomes an enrolment, is refused, or waits. */

import type { WrongTypes } from '../language/cel/wrong-types.ts';
import { enrolmentIdOf } from '../language/hash.ts';
import type { CompiledPlaybook, Instant, PlaybookVersion } from '../language/model.ts';
import type { Place } from '../language/records/timeline.ts';
import { contactOf, refusalAtEntry } from '../steps/gates/at-entry.ts';
import { type EvaluationView, evaluatedValues, holdsAt } from '../triggers/engine/evaluation-view.ts';
import type { Firing } from '../triggers/engine/state.ts';
import { decideEntry, type EntryDecision } from '../triggers/entry/entry.ts';
import type { FollowedWait } from '../triggers/entry/followed-waits.ts';
import { openingSubscriptions, watchesState } from '../triggers/entry/subscriptions.ts';
import { playbookSource } from '../triggers/index/owners.ts';
import { type TriggerProgram, zoneOf } from '../triggers/index/program.ts';
import type { EnrolmentStarted, EntryDecided, EntryStatus, EvaluationSession, FactsAtFiring } from './session.ts';
import { matchStateNow, meetSubscription, storeThreshold, subscriptionOf } from './subscriptions.ts';
import { enrolmentStarted, runReturned } from './system-events.ts';

/** Facts that were read before are not read again: the world may show another place by now. */
export interface EnterOptions extends Partial<FactsAtFiring> {
  /** It was recorded before, and is decided now. */
  isDeferred?: boolean;
  /** When it was let in, where that came later than it was given. */
  enteredAt?: Instant | undefined;
  /** A deployment made it for what held then (T18). */
  atDeploy?: boolean;
  /** How it has waited for its audience on a timeline that was replayed: the first answer counts (N1). */
  waited?: FollowedWait | undefined;
}

/** What a deferred firing waits for; without a reason, for a journey that lags. */
const WAITS_FOR: { [decision: string]: string } = { waits: 'audience', anonymous: 'anonymous' };

/** When a firing that is given at a place may enter: not before what gives it, a date that was learned late (T8). */
export function entryInstant({ at }: Pick<Firing, 'at'>, place: Place): Instant {
  return Math.max(at, place.at);
}

/** Decides a firing at a place of its subject's timeline; what enters takes part in the rest of the evaluation. */
export function enterFiring(
  session: EvaluationSession,
  firing: Firing,
  place: Place,
  options: EnterOptions = {},
): Pick<EntryDecided, 'status' | 'reason'> {
  const answer = options.waited?.answer;
  if (answer?.decision === 'passes') {
    const audience = { holds: true, looked: {} };
    const rest = { ...options, waited: undefined, audience, enteredAt: answer.place.at };
    return enterFiring(session, firing, answer.place, rest);
  }
  const { isDeferred = false, atDeploy = false, enteredAt = entryInstant(firing, place) } = options;
  const id = enrolmentIdOf(firing);
  if (!isDeferred && !session.isNew(firing, id, place)) return { status: 'refused', reason: null };
  const { program, world } = session;
  const version = program.versions.get(firing.version)!;
  const { playbook } = version;
  const zone = zoneOf(program, playbook);
  const view: EvaluationView = { world, subject: firing.subject, place, trigger: firing.trigger, zone };
  const facts: FactsAtFiring = {
    audience: options.audience ?? audienceFor(session, playbook, view),
    refusedContact: 'refusedContact' in options ? options.refusedContact : refusedContact(version, view),
  };
  const stored = session.entryFacts(firing, enteredAt);
  const overtakenBy = answer?.decision === 'overtaken' ? answer.event : undefined;
  const { settings } = program;
  const decision = decideEntry(playbook, firing, { ...stored, ...facts, overtakenBy, settings, enteredAt });
  const status = statusOf(decision);
  const reason = decision.enter === false ? decision.reason : (WAITS_FOR[String(decision.enter)] ?? null);
  const decided = { firing, id, decision, status, reason, facts, place, enteredAt, isDeferred, atDeploy };
  session.emit({ kind: 'entry-decided', ...decided, waitedUntil: options.waited?.until });
  if (decision.enter === false) tellRefused(session, { ...firing, id }, decision.reason, enteredAt);
  if (decision.enter === true)
    enrol(session, { id, firing, version, startedAt: enteredAt, ghost: decision.ghost }, view);
  return { status, reason };
}

/** A firing that another playbook's step has asked for was refused: the step is told (S13). */
export function tellRefused(
  session: Pick<EvaluationSession, 'emit'>,
  refused: Pick<Firing, 'playbook' | 'subject' | 'key' | 'trigger'> & { id: string },
  reason: string,
  at: Instant,
): void {
  const event = runReturned(refused, 'refused', reason);
  if (event) session.emit({ kind: 'system-event', event, at });
}

function statusOf({ enter }: EntryDecision): EntryStatus {
  if (enter === true) return 'enrolled';
  return enter === false ? 'refused' : 'deferred';
}

/** Whether a playbook's audience holds at a firing, with what it read (V5). */
export function audienceAt({ audience }: CompiledPlaybook, view: EvaluationView): FactsAtFiring['audience'] {
  if (!audience) return { holds: true, looked: {} };
  return { holds: holdsAt(view, audience), looked: evaluatedValues(view, audience) };
}

/** What entry reads of records at a place that is looked back at, for a firing that enters there. */
export function factsAt(
  program: TriggerProgram,
  { version: hash, subject, trigger }: Firing,
  at: Pick<EvaluationView, 'world' | 'place'>,
): FactsAtFiring {
  const version = program.versions.get(hash)!;
  const { playbook } = version;
  const view: EvaluationView = { ...at, subject, trigger, zone: zoneOf(program, playbook) };
  return { audience: audienceAt(playbook, view), refusedContact: refusedContact(version, view) };
}

function audienceFor(session: EvaluationSession, playbook: CompiledPlaybook, view: EvaluationView) {
  if (!playbook.audience) return { holds: true, looked: {} };
  const found: WrongTypes = new Map();
  const asker = playbookSource(playbook.playbook);
  const audience = audienceAt(playbook, { ...view, source: asker, wrongTypes: found });
  if (found.size > 0) session.emit({ kind: 'wrong-types', found, at: view.place.at });
  return audience;
}

function refusedContact(version: PlaybookVersion, { world, subject, place }: EvaluationView) {
  if (!version.playbook.onlyMarketing) return undefined;
  const contact = contactOf(world, subject, place);
  return contact && refusalAtEntry(version, contact);
}

type Enrolment = Omit<EnrolmentStarted, 'kind' | 'subscriptions'>;

/** What holds at the start is an exit at once, and no goal: a goal must turn (Y4). */
function enrol(session: EvaluationSession, enrolment: Enrolment, { trigger: _, ...view }: EvaluationView): void {
  const { id, firing, version, startedAt, ghost } = enrolment;
  const { playbook, subject, key, trigger } = firing;
  const keyExpression = version.playbook.trigger.arms[firing.arm]?.key;
  const opening = openingSubscriptions(version.playbook, startedAt, trigger).map((row) => {
    const subscription = subscriptionOf({ id, playbook, key, trigger, ghost }, keyExpression, row);
    if (!watchesState(row.arms)) return { subscription };
    const { found, held } = matchStateNow({ subscription, version }, view, () => session.stateOf(subject));
    if (row.kind === 'exit') return { subscription, found };
    subscription.held = held;
    return { subscription };
  });
  const subscriptions = opening.map(({ subscription }) => subscription);
  session.emit({ kind: 'enrolment-started', ...enrolment, subscriptions });
  const event = enrolmentStarted({ id, playbook, subject, key, trigger });
  session.emit({ kind: 'system-event', event, at: startedAt });
  for (const { subscription, found } of opening) {
    const open = found && session.subscriptions(subject).find((one) => one.subscription === subscription);
    if (open) meetSubscription(session, open, found, view);
  }
  if (subscriptions.some(({ arms }) => watchesState(arms))) storeThreshold(session, subject, view.place);
}
