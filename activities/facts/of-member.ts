/**
 * The facts of one member's command. Conditions and texts read records as they stood at the journey's instant; whom an
 * effect reaches and what it changes is read as it stands now, for that is when it happens.
 */
import { jitterMs } from '../../language/hash.ts';
import type { Instant, People, Settings } from '../../language/model.ts';
import type { World } from '../../language/records/world.ts';
import { type FactsInput, factsOf } from '../../steps/facts.ts';
import { suppressionOf } from '../../steps/gates/suppression.ts';
import type { WaitForConfig } from '../../steps/kinds/wait-for.ts';
import type { Facts, GateFacts } from '../../steps/step.ts';
import type { Unconsumed } from '../../store/events/timelines.ts';
import { nextThresholdAt } from '../../triggers/engine/next-threshold.ts';
import { appliesToKey } from '../../triggers/entry/subscriptions.ts';
import type { BatchReservations } from '../batch/batch-reservations.ts';
import { beganAt, type CommandContext, contextsOf } from '../batch/command-context.ts';
import { clockByName } from './clocks.ts';
import { eventsOnly } from './events-only.ts';
import type { FactLoaders } from './fact-loaders.ts';
import { viewOf } from './looking.ts';
import { placesTaken } from './places-taken.ts';
import { readsRecords } from './reads.ts';
import { foundBy, isWait } from './waits.ts';
import { LatestWorld, PlacedWorld, type StoredWorldInput } from './world.ts';

export interface DecisionContext {
  shelves: FactLoaders;
  ledger: BatchReservations;
  people: People;
  settings: Settings;
  unconsumed: ReadonlyMap<string, Unconsumed>;
  now: Instant;
}

export interface MemberFacts {
  facts: Facts;
  /** Records as they stood at the journey's instant. */
  world: World;
  /** Lists that were asked for and have too many records to be read, in words. */
  tooMany: ReadonlySet<string>;
  /** The contact whom the gates were asked about; it must be locked before anything is claimed for it. */
  asked(): string | undefined;
}

export function loadFacts(member: CommandContext, around: DecisionContext): MemberFacts {
  const { shelves, people, settings, now } = around;
  const zone = settings.timeZone; // T14: computed traits count in the record's zone, then in the settings'
  const tooMany = new Set<string>();
  const input: StoredWorldInput = {
    shelves,
    people,
    version: member.version,
    zone,
    wroteAt: member.row.wroteAt,
    unconsumed: around.unconsumed,
    onTooMany: (words) => tooMany.add(words),
  };
  const world = new PlacedWorld(input);
  const latest = new LatestWorld(input, around.ledger.patches);
  let asked: string | undefined;
  const gates: GateFacts = {
    reservedAt: (contactId, messageClass, since) => placesTaken(member, around, contactId, messageClass, since),
    suppression(contactId) {
      asked = contactId;
      return suppressionOf(latest.traits('contact', contactId));
    },
    jitter: jitterMs,
  };
  const base = { ...factsInput(member, around, world), gates };
  const placed = factsOf({ ...base, world });
  const match = isWait(member) ? foundBy({ member, shelves, world, now, until: endOfWait(member, placed) }) : undefined;
  const facts = { ...placed, match };
  if (member.command.name !== 'do') return { facts, world, tooMany, asked: () => asked };
  const { record, related } = factsOf({ ...base, world: latest });
  return { facts: { ...facts, record, related }, world, tooMany, asked: () => asked };
}

function endOfWait(member: CommandContext, facts: Facts): Instant | null {
  const { within } = member.version.playbook.steps[member.command.path]!.config as unknown as WaitForConfig;
  return (within && facts.endOf(within, facts.beganAt)) ?? null;
}

function factsInput(
  member: CommandContext,
  around: DecisionContext,
  world: World,
): Omit<FactsInput, 'world' | 'gates'> {
  const { command, row, version } = member;
  const { shelves, ledger, settings, now } = around;
  const { playbook, subject } = row;
  const { at, iteration } = command;
  return {
    version,
    settings,
    enrolment: row,
    now,
    at,
    beganAt: beganAt(member),
    steps: contextsOf(member),
    round: iteration === '' ? undefined : Number(iteration.split('.').at(-1)),
    sinceStart: (names) => countSinceStart(member, around, names, world),
    clock: (policy, clock) => clockByName(member, shelves, policy, clock, at),
    arm: (experiment) => ledger.arm(playbook, experiment, subject) ?? shelves.arm({ playbook, experiment, subject }),
    match: undefined,
    solved: (ticketId) => shelves.isSolved(ticketId),
    turnsAt: (condition) =>
      nextThresholdAt({ ...viewOf(member, world, settings, at), trigger: row.trigger }, condition, settings.timeZone),
    openTasks: (person) => shelves.openTasks(person) + ledger.tasks(person),
    turns: (person) => shelves.turns(playbook, person) + ledger.turns(playbook, person),
    tried: () => shelves.tried(row.id),
  };
}

/** Events of these names since the enrolment began, up to the journey's instant (S4). */
function countSinceStart(
  member: CommandContext,
  { shelves, settings }: DecisionContext,
  names: readonly string[],
  world: World,
): number {
  const { row, command, version } = member;
  const keyExpression = version.playbook.trigger.arms[row.arm]?.key;
  const asked = [...new Set(names)].sort();
  const events = shelves.timeline({ subject: row.subject, names: asked, after: row.startedAt, upTo: command.at });
  const view = viewOf(member, readsRecords(keyExpression) ? world : eventsOnly(world.people), settings, command.at);
  return events.filter((event) => appliesToKey({ key: row.key, keyExpression }, { ...view, event })).length;
}
