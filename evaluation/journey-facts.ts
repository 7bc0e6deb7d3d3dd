/** What one enrolment's step may read, and find on its timeline, over rows that were read or over the virtual world. */
import type { CompiledPlaybook, Expression, Instant, Json, PlaybookVersion, Settings } from '../language/model.ts';
import { type Place, placeOfJourney, type TimelineEvent } from '../language/records/timeline.ts';
import type { World } from '../language/records/world.ts';
import type { SeenEnding } from '../steps/decide-command.ts';
import type { FactsInput } from '../steps/facts.ts';
import type { WaitForConfig } from '../steps/kinds/wait-for.ts';
import type { EnrolmentFacts } from '../steps/step.ts';
import type { EvaluationView } from '../triggers/engine/evaluation-view.ts';
import { nextThresholdAt } from '../triggers/engine/next-threshold.ts';
import type { SubjectState } from '../triggers/engine/state.ts';
import type { Found, Subscription } from '../triggers/entry/subscriptions.ts';
import { clockNamed } from '../triggers/sla/clock-reading.ts';
import { endingOf } from '../workflows/journey/reduce.ts';
import type { Command } from '../workflows/journey/types.ts';
import { readNamedClock, subscriptionOf } from './subscriptions.ts';

/** One enrolment, with the world as its journey reads it. */
export interface JourneyReader {
  enrolment: EnrolmentFacts;
  version: PlaybookVersion;
  settings: Settings;
  world: World;
  /** The trigger state of its subject; undefined where there is none. */
  state(): SubjectState | undefined;
}

/** The facts that only the reader's side knows. */
type OwnFacts = Omit<FactsInput, keyof JourneyReader | 'at' | 'round' | 'clock' | 'nextThresholdAt'>;

export function factsInput(reader: JourneyReader, command: Command, own: OwnFacts): FactsInput {
  const { enrolment, version, settings, world } = reader;
  const { at, iteration } = command;
  const { now, beganAt, steps, sinceStart, arm, match, solved, openTasks, lastTurn, tried, gates } = own;
  // Member by member: a spread of so many closures is slow, and this runs for every command.
  return {
    now,
    beganAt,
    steps,
    sinceStart,
    arm,
    match,
    solved,
    openTasks,
    lastTurn,
    tried,
    gates,
    enrolment,
    version,
    settings,
    world,
    at,
    round: iteration === '' ? undefined : Number(iteration.split('.').at(-1)),
    clock(policy, clock) {
      const isNamed = policy !== undefined && clock !== undefined;
      const named = clockNamed(
        isNamed ? { kind: 'sla', policy, clock } : { kind: 'sla-of-trigger' },
        enrolment.trigger,
      );
      return named && readNamedClock(version, reader.state(), named, at);
    },
    nextThresholdAt: (condition) =>
      nextThresholdAt({ ...viewAt(reader, at), trigger: enrolment.trigger }, condition, settings.timeZone),
  };
}

/** How the enrolment's goals, exits and waits see its subject, at an instant of its journey or at a place. */
export function viewAt(
  { enrolment, version, settings, world }: Omit<JourneyReader, 'state'>,
  at: Instant | Place,
): EvaluationView {
  const place = typeof at === 'number' ? placeOfJourney(at) : at;
  return { world, subject: enrolment.subject, place, zone: version.playbook.timeZone ?? settings.timeZone };
}

/** The config of the wait that a command begins or decides again; undefined for other commands. */
export function waitConfigOf({ playbook }: PlaybookVersion, { name, path }: Command): WaitForConfig | undefined {
  const step = playbook.steps[path];
  const isWait = step?.kind === 'wait_for' && (name === 'listen' || name === 'look');
  return isWait ? (step.config as unknown as WaitForConfig) : undefined;
}

export function waitSubscription(
  enrolment: EnrolmentFacts,
  keyExpression: Expression | undefined,
  { arms, sinceEnrolment }: WaitForConfig,
  { beganAt, until }: { beganAt: Instant; until: Instant | null },
): Subscription {
  const since = sinceEnrolment ? enrolment.startedAt : beganAt;
  return subscriptionOf(enrolment, keyExpression, { kind: 'wait', arms, since, until });
}

/** The first match of some events, in their order. */
export function firstMatch<E extends TimelineEvent>(
  events: Iterable<E>,
  find: (event: E) => Found | undefined,
): Found | undefined {
  for (const event of events) {
    const found = find(event);
    if (found) return found;
  }
  return undefined;
}

/**
 * The goal or exit that some events meet (S19).
 *
 * @param rows of the enrolment, goals before exits: what is both is the goal (G1)
 */
export function endingAmong<E extends TimelineEvent, Row extends { subscription: Subscription }>(
  events: Iterable<E>,
  rows: readonly Row[],
  { goal }: CompiledPlaybook,
  find: (row: Row, event: E) => Found | undefined,
): { seen: SeenEnding; goal?: Found } | undefined {
  const ending = rows.filter(({ subscription: { kind } }) => kind === 'exit' || (kind === 'goal' && !goal?.continues));
  for (const event of events) {
    for (const row of ending) {
      const found = find(row, event);
      if (!found) continue;
      const kind = row.subscription.kind === 'goal' ? 'goal' : 'exit';
      const { at } = found;
      const seen = { ending: endingOf({ n: 0, kind, at, event: event.messageId }), at };
      return kind === 'goal' ? { seen, goal: found } : { seen };
    }
  }
  return undefined;
}

/** `steps.<id>` of one enrolment: what a step's latest round left (S14). */
export class StepContexts {
  readonly values: { [id: string]: { [name: string]: Json } } = {};
  readonly #rounds = new Map<string, string>();

  /** Adds what a command of the round left; what an earlier round left goes. */
  leave(id: string, iteration: string, context: { [name: string]: Json }): void {
    this.values[id] = this.#rounds.get(id) === iteration ? { ...this.values[id], ...context } : { ...context };
    this.#rounds.set(id, iteration);
  }
}

/** A message that competes for a place under a cap (P2). */
export interface ClaimRank {
  precedence: number;
  /** The start of its enrolment. */
  startedAt: Instant;
  playbook: string;
}

/** P2: who goes first, by higher precedence, then the firing, then the playbook. */
export function compareClaims(a: ClaimRank, b: ClaimRank): number {
  return (
    b.precedence - a.precedence ||
    a.startedAt - b.startedAt ||
    (a.playbook < b.playbook ? -1 : a.playbook > b.playbook ? 1 : 0)
  );
}
