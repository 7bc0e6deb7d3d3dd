/** What one enrolment's step may read, and find on its timeline, over rows that were read or over the virtual world. */
import { effectIdOf } from '../language/hash.ts';
import type { CompiledPlaybook, Expression, Instant, Json, PlaybookVersion, Settings } from '../language/model.ts';
import { statusAmong, TASK_ANSWERS } from '../language/records/people/answers.ts';
import { type Place, placeOfJourney, type TimelineEvent } from '../language/records/timeline.ts';
import type { World } from '../language/records/world.ts';
import type { SeenEnding } from '../steps/decide-command.ts';
import type { FactsInput } from '../steps/facts.ts';
import type { WaitForConfig } from '../steps/kinds/wait-for.ts';
import type { EnrolmentFacts } from '../steps/step.ts';
import { stepOf } from '../steps/steps.ts';
import type { EvaluationView } from '../triggers/engine/evaluation-view.ts';
import { nextThresholdAt } from '../triggers/engine/next-threshold.ts';
import type { SubjectState } from '../triggers/engine/state.ts';
import { movedBy } from '../triggers/entry/attribution.ts';
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
  const { now, beganAt, steps, sinceStart, arm, match, solved, openTasks, lastTurn, ownTasks, tried, gates, report } =
    own;
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
    ownTasks,
    tried,
    gates,
    report,
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
  if (!step || (name !== 'listen' && name !== 'look')) return undefined;
  const isWait = step.kind === 'wait_for' || stepOf(step.kind).asks === true;
  return isWait ? (step.config as unknown as WaitForConfig) : undefined;
}

export function waitSubscription(
  enrolment: EnrolmentFacts,
  keyExpression: Expression | undefined,
  { arms, sinceEnrolment }: WaitForConfig,
  { beganAt, until, iteration }: { beganAt: Instant; until: Instant | null; iteration: string },
): Subscription {
  const since = sinceEnrolment ? enrolment.startedAt : beganAt;
  return subscriptionOf(enrolment, keyExpression, { kind: 'wait', arms, since, until, iteration });
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
  // Messages move windows as they come: what is looked at here is a copy.
  const copies = rows.map((row) => ({ ...row, subscription: { ...row.subscription } }));
  const ending = copies.filter(
    ({ subscription: { kind } }) => kind === 'exit' || kind === 'parent' || (kind === 'goal' && !goal?.continues),
  );
  for (const event of events) {
    for (const row of ending) {
      Object.assign(row.subscription, movedBy(row.subscription, event));
      const found = find(row, event);
      if (!found) continue;
      const kind = row.subscription.kind as 'goal' | 'exit' | 'parent';
      const { at } = found;
      const seen = { ending: endingOf({ n: 0, kind, at, event: event.messageId }), at };
      return kind === 'goal' ? { seen, goal: found } : { seen };
    }
  }
  return undefined;
}

/** `steps.<id>` of one enrolment: what a step's latest round left (S14). */
export class StepContexts {
  readonly #values: { [id: string]: { [name: string]: Json } } = {};
  readonly #places = new Map<string, { iteration: string; at: Instant }>();

  /** Adds what a command of the round left; what an earlier round left goes. @param place `at`: its instant */
  leave(id: string, place: { iteration: string; at: Instant }, context: { [name: string]: Json }): void {
    const before = this.#places.get(id);
    const isSame = before?.iteration === place.iteration;
    this.#values[id] = isSame ? { ...this.#values[id], ...context } : { ...context };
    if (!isSame) this.#places.set(id, place);
  }

  /**
   * As a command reads them: the status of a task is what people have answered up to its instant (S6).
   *
   * @param timeline the subject's events of some names, from the enrolment's start to the command's instant
   */
  asOf(
    {
      id: enrolmentId,
      playbook,
      version,
      command,
    }: { id: string; playbook: string; version: PlaybookVersion; command: Command },
    timeline: (names: readonly string[]) => readonly TimelineEvent[],
  ): { [id: string]: Json } {
    const { steps } = version.playbook;
    const read = new Set((steps[command.path]?.reads ?? []).filter((path) => path.startsWith('steps')));
    if (read.size === 0) return this.#values;
    const tasks = Object.values(steps).filter(
      ({ kind, id }) => kind === 'task' && isRead(read, id) && this.#isOpen(id!),
    );
    if (tasks.length === 0) return this.#values;
    const answers = timeline(TASK_ANSWERS).filter((event) => event.at <= command.at);
    const answered = tasks.map(({ id, path }) => {
      const { iteration, at } = this.#places.get(id!)!;
      const asked = { id: effectIdOf(enrolmentId, { path, iteration }), path, enrolmentId, playbook };
      return [id!, { ...this.#values[id!], status: statusAmong(answers, asked, at) }] as const;
    });
    return { ...this.#values, ...Object.fromEntries(answered) };
  }

  #isOpen(id: string): boolean {
    return OPEN.includes(this.#values[id]?.status as string);
  }
}

const OPEN: readonly string[] = ['open', 'accepted', 'done'];

/** `steps`, `steps.<id>` or `steps.<id>.status` among what is read. */
function isRead(read: ReadonlySet<string>, id: string | undefined): boolean {
  if (id === undefined) return false;
  return read.has('steps') || read.has(`steps.${id}`) || read.has(`steps.${id}.status`);
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
