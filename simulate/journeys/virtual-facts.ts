/** What a journey may look at in virtual time: the facts that production fetches, read from the virtual world. */
import { fromStart, matchStateNow, readNamedClock, subscriptionOf } from '../../evaluation/subscriptions.ts';
import { jitterMs } from '../../language/hash.ts';
import type { Awaited, Instant, Json } from '../../language/model.ts';
import { placeOfEvent, placeOfJourney, type TimelineEvent } from '../../language/records/timeline.ts';
import type { SeenEnding } from '../../steps/decide.ts';
import type { FactsInput } from '../../steps/facts.ts';
import { suppressionOf } from '../../steps/gates/suppression.ts';
import type { WaitForConfig } from '../../steps/kinds/wait-for.ts';
import { type EvaluationView, valueAt } from '../../triggers/engine/evaluation-view.ts';
import { nextThresholdAt } from '../../triggers/engine/next-threshold.ts';
import {
  appliesToKey,
  type Found,
  matchEvent,
  type Subscription,
  watchesState,
} from '../../triggers/entry/subscriptions.ts';
import { type ClockReading, clockNamed } from '../../triggers/sla/clock-reading.ts';
import { endingOf } from '../../workflows/journey/reduce.ts';
import type { Command } from '../../workflows/journey/types.ts';
import type { RunInput } from '../run/types.ts';
import type { VirtualWorld } from '../world/virtual-world.ts';
import type { SubscriptionRow } from './subscription-rows.ts';
import type { UsageCounters } from './usage-counters.ts';
import { placeKey, type VirtualEnrolment } from './virtual-enrolment.ts';

export class VirtualFacts {
  readonly #world: VirtualWorld;
  readonly #input: RunInput;
  readonly #ledger: UsageCounters;

  constructor(world: VirtualWorld, input: RunInput, ledger: UsageCounters) {
    this.#world = world;
    this.#input = input;
    this.#ledger = ledger;
  }

  view(member: VirtualEnrolment, at: Instant): EvaluationView {
    const zone = member.version.playbook.timeZone ?? this.#input.settings.timeZone;
    return { world: this.#world, subject: member.subject, place: placeOfJourney(at), zone };
  }

  clock(
    member: VirtualEnrolment,
    awaited: Awaited,
    trigger: { [name: string]: Json },
    at: Instant,
  ): ClockReading | undefined {
    const named = clockNamed(awaited, trigger);
    return named && readNamedClock(member.version, this.#world.stateOf(member.subject), named, at);
  }

  of(member: VirtualEnrolment, command: Command, beganAt: Instant): FactsInput {
    const { at } = command;
    const world = this.#world;
    return {
      version: member.version,
      settings: this.#input.settings,
      world,
      enrolment: member,
      now: at,
      at,
      beganAt,
      steps: member.steps,
      round: command.iteration === '' ? undefined : Number(command.iteration.split('.').at(-1)),
      sinceStart: (names) => this.#sinceStart(member, names, at),
      clock: (policy, clock) => {
        const named: Awaited =
          policy === undefined || clock === undefined ? { kind: 'sla-of-trigger' } : { kind: 'sla', policy, clock };
        return this.clock(member, named, member.trigger, at);
      },
      arm: (experiment) => this.#ledger.arm(member, experiment) ?? this.#input.arms?.[experiment],
      match: this.#match(member, command, beganAt),
      solved: (ticketId) => world.timelines.isSolved(ticketId),
      turnsAt: (condition) => {
        const view = { ...this.view(member, at), trigger: member.trigger };
        return nextThresholdAt(view, condition, this.#input.settings.timeZone);
      },
      openTasks: (person) => this.#ledger.openTasks(person),
      turns: (person) => this.#ledger.rotation(member, person),
      tried: () => member.tried,
      gates: {
        reservedAt: (contactId, messageClass, since) =>
          this.#ledger.placesTaken(member, contactId, messageClass, since),
        suppression: (contactId) => suppressionOf(world.traits('contact', contactId)),
        jitter: this.#input.jitterMs ?? jitterMs,
      },
    };
  }

  /**
   * The goal or exit that a claim can see (S19): what the journey was told while this command waited, and what journeys
   * have just written and nobody has consumed.
   */
  seen(
    member: VirtualEnrolment,
    rows: readonly SubscriptionRow[],
    pending: readonly TimelineEvent[],
  ): { seen: SeenEnding; goal?: Found } | undefined {
    const { interrupted } = member.state;
    if (interrupted) return { seen: { ending: endingOf(interrupted), at: interrupted.at } };
    for (const event of pending) {
      if (!this.#world.subjectsOf(event).some((s) => s.type === member.subject.type && s.id === member.subject.id)) {
        continue;
      }
      const view: EvaluationView = { ...this.view(member, event.at), place: placeOfEvent(event), event };
      for (const row of rows) {
        const { kind } = row.subscription;
        if (kind === 'wait' || (kind === 'goal' && member.version.playbook.goal?.continues)) continue;
        const found =
          matchEvent(fromStart(row.subscription), event, view) ??
          (watchesState(row.subscription.arms)
            ? matchStateNow(row, view, this.#world.stateOf(member.subject)).found
            : undefined);
        if (!found) continue;
        const ending = endingOf({ n: 0, kind, at: found.at, event: event.messageId });
        return { seen: { ending, at: found.at }, ...(kind === 'goal' && { goal: found }) };
      }
    }
    return undefined;
  }

  /** What the goal's expression says over the event that met it (G1). */
  goalValue({ version, goalEvent, trigger, ...rest }: VirtualEnrolment): Json | undefined {
    const value = version.playbook.goal?.value;
    if (!value || !goalEvent) return undefined;
    const { at, properties } = goalEvent;
    const event = { arrival: 0, messageId: '', name: '', at, receivedAt: at, properties, subjects: [], patches: [] };
    return valueAt({ ...this.view({ version, goalEvent, trigger, ...rest }, at), event, trigger }, value);
  }

  #sinceStart(member: VirtualEnrolment, names: readonly string[], at: Instant): number {
    return this.#world
      .timelineOf(member.subject)
      .filter(
        (event) =>
          names.includes(event.name) &&
          event.at > member.startedAt &&
          event.at <= at &&
          appliesToKey(member, { ...this.view(member, at), event }),
      ).length;
  }

  /** What a wait has found: by a row that matched, or by the timeline as it stands when the wait begins or is looked at. */
  #match(member: VirtualEnrolment, command: Command, beganAt: Instant): Found | undefined {
    const step = member.version.playbook.steps[command.path];
    if (step?.kind !== 'wait_for' || (command.name !== 'listen' && command.name !== 'look')) return undefined;
    const stored = member.matches.get(placeKey(command.path, command.iteration));
    if (stored) return stored;
    const config = step.config as unknown as WaitForConfig;
    const since = config.sinceEnrolment ? member.startedAt : beganAt;
    const subscription = subscriptionFor(member, { kind: 'wait', arms: config.arms, since, until: null });
    const view = this.view(member, command.at);
    for (const event of this.#world.timelineOf(member.subject)) {
      const found = event.at <= command.at && matchEvent(subscription, event, view);
      if (found) return found;
    }
    const { version, subject } = member;
    return matchStateNow({ version, subscription }, view, this.#world.stateOf(subject)).found;
  }
}

export function subscriptionFor(
  member: VirtualEnrolment,
  row: Pick<Subscription, 'kind' | 'since' | 'until' | 'arms'>,
): Subscription {
  return subscriptionOf(member, member.keyExpression, row);
}
