/**
 * The facts of one member's command. Conditions and texts read records as they stood at the journey's instant; whom an
 * effect reaches and what it changes is read as it stands now, for that is when it happens.
 */
import { factsInput, type JourneyReader, viewAt, waitConfigOf } from '../../evaluation/journey-facts.ts';
import { jitterMs } from '../../language/hash.ts';
import type { Instant, People, Settings } from '../../language/model.ts';
import { factsOf } from '../../steps/facts.ts';
import { suppressionOf } from '../../steps/gates/suppression.ts';
import type { Facts, GateFacts } from '../../steps/step.ts';
import type { Unconsumed } from '../../store/events/timelines.ts';
import { appliesToKey } from '../../triggers/entry/subscriptions.ts';
import type { BatchReservations } from '../batch/batch-reservations.ts';
import { beganAt, type CommandContext, contextsOf, keyExpressionOf } from '../batch/command-context.ts';
import type { FactLoaders } from './fact-loaders.ts';
import { eventsOnly, readsRecords } from './looking.ts';
import { placesTaken } from './places-taken.ts';
import { foundBy } from './waits.ts';
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
  /** The enrolment, with records as they were at the journey's instant. */
  reader: JourneyReader;
  /** Lists that were asked for and have too many records to be read, in words. */
  tooMany: ReadonlySet<string>;
  /** The contact whom the gates were asked about; it must be locked before anything is claimed for it. */
  asked(): string | undefined;
}

export function loadFacts(member: CommandContext, around: DecisionContext): MemberFacts {
  const { shelves: loaders, people, settings, now } = around;
  const { row, version, command } = member;
  const tooMany = new Set<string>();
  const input: StoredWorldInput = {
    shelves: loaders,
    people,
    version,
    zone: settings.timeZone, // T14: computed traits count in the record's zone, then in the settings'
    wroteAt: row.wroteAt,
    unconsumed: around.unconsumed,
    onTooMany: (words) => tooMany.add(words),
  };
  const latest = new LatestWorld(input, around.ledger.patches);
  let asked: string | undefined;
  const gates: GateFacts = {
    reservedAt: (contactId, messageClass, since) => placesTaken(member, around, { contactId, messageClass, since }),
    suppression(contactId) {
      asked = contactId;
      return suppressionOf(latest.traits('contact', contactId));
    },
    jitter: jitterMs,
  };
  const world = new PlacedWorld(input);
  const state = () => loaders.state(row.subject)?.state;
  const reader: JourneyReader = { enrolment: row, version, settings, world, state };
  const base = factsInput(reader, command, { ...ownFacts(member, around, reader), gates });
  const placed = factsOf(base);
  const config = waitConfigOf(version, command);
  const until = (config?.within && placed.endOf(config.within, placed.beganAt)) ?? null;
  const match = config && foundBy({ member, reader, loaders, now, config, until });
  const facts = { ...placed, match };
  if (command.name !== 'do') return { facts, reader, tooMany, asked: () => asked };
  const { record, related } = factsOf({ ...base, world: latest });
  return { facts: { ...facts, record, related }, reader, tooMany, asked: () => asked };
}

function ownFacts(member: CommandContext, around: DecisionContext, reader: JourneyReader) {
  const { row } = member;
  const { shelves: loaders, ledger, now } = around;
  const { playbook, subject } = row;
  return {
    now,
    beganAt: beganAt(member),
    steps: contextsOf(member),
    sinceStart: (names: readonly string[]) => countSinceStart(member, loaders, reader, names),
    arm: (experiment: string) => ledger.arm(row, experiment) ?? loaders.arm({ playbook, experiment, subject }),
    match: undefined,
    solved: (ticketId: string) => loaders.isSolved(ticketId),
    openTasks: (person: string) => loaders.openTasks(person) + ledger.tasks(person),
    turns: (person: string) => loaders.turns(playbook, person) + ledger.turns(playbook, person),
    tried: () => loaders.tried(row.id),
  };
}

/** Events of these names since the enrolment began, up to the journey's instant (S4). */
function countSinceStart(
  member: CommandContext,
  loaders: FactLoaders,
  reader: JourneyReader,
  names: readonly string[],
): number {
  const { row, command } = member;
  const keyExpression = keyExpressionOf(member);
  const asked = [...new Set(names)].sort();
  const events = loaders.timeline({ subject: row.subject, names: asked, after: row.startedAt, upTo: command.at });
  const world = readsRecords(keyExpression) ? reader.world : eventsOnly(reader.world.people);
  const view = viewAt({ ...reader, world }, command.at);
  return events.filter((event) => appliesToKey({ key: row.key, keyExpression }, { ...view, event })).length;
}
