/** The facts of a command in virtual time: what production fetches, read from the virtual world. */
import {
  endingAmong,
  factsInput,
  firstMatch,
  type JourneyReader,
  viewAt,
  waitConfigOf,
  waitSubscription,
} from '../../evaluation/journey-facts.ts';
import { fromStart, goalValue, matchStateNow } from '../../evaluation/subscriptions.ts';
import { jitterMs } from '../../language/hash.ts';
import type { Instant, Json } from '../../language/model.ts';
import { placeOfEvent, type TimelineEvent } from '../../language/records/timeline.ts';
import { reportOf } from '../../measurement/report.ts';
import type { SeenEnding } from '../../steps/decide-command.ts';
import type { FactsInput } from '../../steps/facts.ts';
import { appliesToKey, type Found, matchEvent, watchesState } from '../../triggers/entry/subscriptions.ts';
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
  readonly #usage: UsageCounters;

  constructor(world: VirtualWorld, input: RunInput, usage: UsageCounters) {
    this.#world = world;
    this.#input = input;
    this.#usage = usage;
  }

  #readerOf(member: VirtualEnrolment): JourneyReader {
    const state = () => this.#world.stateOf(member.subject);
    const { version } = member;
    return { enrolment: member, version, settings: this.#input.settings, world: this.#world, state };
  }

  of(member: VirtualEnrolment, command: Command, { beganAt, now }: { beganAt: Instant; now: Instant }): FactsInput {
    const { at } = command;
    const world = this.#world;
    const usage = this.#usage;
    return factsInput(this.#readerOf(member), command, {
      now,
      beganAt,
      steps: member.contexts.asOf({ ...member, command }, (names) =>
        world.timelineOf(member.subject).filter((event) => names.includes(event.name) && event.at > member.startedAt),
      ),
      sinceStart: (names) => this.#sinceStart(member, names, at),
      arm: (experiment) => usage.arm(member, experiment) ?? this.#input.arms?.[experiment],
      match: this.#match(member, command, beganAt),
      solved: (ticketId) => world.timelines.isSolved(ticketId),
      openTasks: (person) => usage.taskList.openOf(person),
      ownTasks: () => usage.taskList.ofEnrolment(member),
      lastTurn: (person) => usage.lastTurn(member.playbook, person),
      tried: () => member.tried,
      // Nothing is measured in virtual time: a test says what its texts read, and a backtest has nothing.
      report: (period) => ({ ...reportOf(period, {}), ...this.#input.report }),
      gates: {
        reservedAt: (contactId, messageClass, since) => usage.placesTaken(member, contactId, messageClass, since),
        suppression: (contactId) => world.suppressionOf(contactId),
        jitter: this.#input.jitterMs ?? jitterMs,
      },
    });
  }

  /**
   * The goal or exit that a claim can see (S19): an input that came while this command waited, and what journeys have
   * just written and is not consumed yet.
   */
  seen(
    member: VirtualEnrolment,
    rows: readonly SubscriptionRow[],
    pending: readonly TimelineEvent[],
  ): { seen: SeenEnding; goal?: Found } | undefined {
    const { interrupted } = member.state;
    if (interrupted) return { seen: { ending: endingOf(interrupted), at: interrupted.at } };
    const { subject, version } = member;
    const isAbout = (event: TimelineEvent) =>
      this.#world.subjectsOf(event).some((one) => one.type === subject.type && one.id === subject.id);
    return endingAmong(pending.filter(isAbout), rows, version.playbook, (row, event) => {
      const view = { ...viewAt(this.#readerOf(member), placeOfEvent(event)), event };
      const { subscription } = row;
      const matched = matchEvent(fromStart(subscription), event, view);
      if (matched || !watchesState(subscription.arms)) return matched;
      return matchStateNow(row, view, () => this.#world.stateOf(subject)).found;
    });
  }

  /** The value of the goal's expression where it was met (G1). */
  goalValue(member: VirtualEnrolment): Json | undefined {
    const { goalEvent, version, trigger } = member;
    if (!goalEvent) return undefined;
    const { at, event: messageId, properties } = goalEvent;
    const evidence = { arrival: 0, name: '', at, receivedAt: at, properties, subjects: [], patches: [] };
    const event = messageId === undefined ? undefined : { ...evidence, messageId };
    return goalValue(version.playbook, trigger, { ...viewAt(this.#readerOf(member), at), event });
  }

  #sinceStart(member: VirtualEnrolment, names: readonly string[], at: Instant): number {
    return this.#world
      .timelineOf(member.subject)
      .filter(
        (event) =>
          names.includes(event.name) &&
          event.at > member.startedAt &&
          event.at <= at &&
          appliesToKey(member, { ...viewAt(this.#readerOf(member), at), event }),
      ).length;
  }

  /** What a wait has found: by a row that matched, or on the timeline up to the command. */
  #match(member: VirtualEnrolment, command: Command, beganAt: Instant): Found | undefined {
    const { version, keyExpression, subject } = member;
    const config = waitConfigOf(version, command);
    if (!config) return undefined;
    const stored = member.matches.get(placeKey(command.path, command.iteration));
    if (stored) return stored;
    const subscription = waitSubscription(member, keyExpression, config, {
      beganAt,
      until: null,
      iteration: command.iteration,
    });
    const view = viewAt(this.#readerOf(member), command.at);
    const found = firstMatch(this.#world.timelineOf(subject), (event) =>
      event.at <= command.at ? matchEvent(subscription, event, view) : undefined,
    );
    return found ?? matchStateNow({ version, subscription }, view, () => this.#world.stateOf(subject)).found;
  }
}
