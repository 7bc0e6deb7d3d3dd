/**
 * The facts of one command. Conditions and texts read records as they were at the journey's instant; whom an effect
 * reaches and what it changes is read as it is now, for that is when it happens.
 */
import {
  type ClaimRank,
  compareClaims,
  factsInput,
  type JourneyReader,
  viewAt,
  waitConfigOf,
} from '../../evaluation/journey-facts.ts';
import { Usage } from '../../evaluation/usage.ts';
import { jitterMs } from '../../language/hash.ts';
import type { Instant, SubjectRef, Traits } from '../../language/model.ts';
import { addressKey, type Suppression, stronger, suppressionOf } from '../../language/records/suppression.ts';
import type { TraitPatch } from '../../language/records/timeline.ts';
import { momentOf } from '../../steps/decide-command.ts';
import { factsOf } from '../../steps/facts.ts';
import type { Facts, GateFacts, OutgoingMessage, StepDecision } from '../../steps/step.ts';
import type { DeployedConfig } from '../../store/deployments/deployments.ts';
import { appliesToKey } from '../../triggers/entry/subscriptions.ts';
import { beganAt, type CommandContext, keyExpressionOf, stepsWithAnswers } from '../batch/command-context.ts';
import type { LoadedBatch } from '../batch/load.ts';
import { ContactIds, subjectThen } from './contact-ids.ts';
import type { FactLoaders } from './fact-loaders.ts';
import { eventsOnly, readsRecords } from './looking.ts';
import { foundBy } from './waits.ts';
import { LatestWorld, PlacedWorld, type StoredWorldInput } from './world.ts';

/** What all commands of a batch are decided with. */
export interface DecisionContext extends DeployedConfig, Pick<LoadedBatch, 'unconsumed' | 'now' | 'warp'> {
  loaders: FactLoaders;
  reservations: BatchReservations;
  /** Every event received before it was committed before the transaction's first read. */
  settled: Instant;
}

/** What commands of a batch have used up before others of it: none of that is in the store yet, all of it counts. */
export class BatchReservations extends Usage {
  readonly patches: TraitPatch[] = [];
  readonly #places: (Pick<OutgoingMessage, 'contactId' | 'messageClass'> & { at: Instant })[] = [];

  placesTaken(contactId: string, messageClass: string): Instant[] {
    const taken = this.#places.filter((p) => p.contactId === contactId && p.messageClass === messageClass);
    return taken.map(({ at }) => at);
  }

  /** Takes what a decision of an enrolment uses up. */
  take(enrolment: { playbook: string; subject: SubjectRef }, { outgoing, writes }: StepDecision, at: Instant): void {
    if (outgoing?.kind === 'message' && outgoing.contactId !== undefined) this.#places.push({ ...outgoing, at });
    for (const write of writes ?? []) {
      if (write.write === 'traits') this.patches.push({ type: write.type, id: write.id, traits: write.traits });
      else if (write.write === 'task' && write.assignee !== null) this.addTask(write.assignee);
      else if (write.write === 'tried') this.addTurn(enrolment.playbook, write.person);
      else if (write.write === 'assignment') this.assign(enrolment, write.experiment, write.arm);
    }
  }
}

export interface CommandFacts {
  facts: Facts;
  /** The enrolment, with records as they were at the journey's instant. */
  reader: JourneyReader;
  /** Lists that were asked for and have too many records to be read, in words. */
  tooMany: ReadonlySet<string>;
  /** The contact that the gates were asked about; it must be locked before anything is claimed for it. */
  gatedContact(): string | undefined;
}

export function loadFacts(context: CommandContext, around: DecisionContext): CommandFacts {
  const { loaders, people, settings, now } = around;
  const { row, version, command } = context;
  const tooMany = new Set<string>();
  const { id } = row.subject;
  const contacts = new ContactIds(row.subject.type === 'contact' ? { id, firedAs: row.firedAs } : undefined, loaders);
  const input: StoredWorldInput = {
    loaders,
    contacts,
    people,
    version,
    zone: settings.timeZone, // T14: computed traits count in the record's zone, then in the settings'
    wroteAt: row.wroteAt,
    unconsumed: around.unconsumed,
    onTooMany: (words) => tooMany.add(words),
  };
  const latest = new LatestWorld(input, around.reservations.patches);
  let contact: string | undefined;
  const gates: GateFacts = {
    reservedAt: (contactId, messageClass, since) => placesTaken(context, around, { contactId, messageClass, since }),
    suppression(contactId) {
      contact = contactId;
      return suppressionIn(loaders, latest.traits('contact', contactId));
    },
    jitter: jitterMs,
  };
  const world = new PlacedWorld(input);
  const state = () => loaders.state(row.subject)?.state;
  const reader: JourneyReader = { enrolment: row, version, settings, world, state };
  const base = factsInput(reader, command, { ...ownFacts(context, around, reader, contacts), gates });
  const placed = factsOf(base);
  const config = waitConfigOf(version, command);
  const until = (config?.within && placed.endOf(config.within, placed.beganAt)) ?? null;
  const match = config && foundBy({ context, reader, loaders, contacts, now, config, until });
  const rest = { reader, tooMany, gatedContact: () => contact };
  if (command.name !== 'do') return { facts: { ...placed, match }, ...rest };
  const { record, related } = factsOf({ ...base, world: latest });
  return { facts: { ...placed, match, record, related }, ...rest };
}

function ownFacts(context: CommandContext, around: DecisionContext, reader: JourneyReader, contacts: ContactIds) {
  const { row } = context;
  const { loaders, reservations, now } = around;
  const { playbook, subject } = row;
  return {
    now,
    beganAt: beganAt(context),
    steps: stepsWithAnswers(context, (names) =>
      loaders.timeline({
        subject: subjectThen(context, contacts),
        names,
        after: row.startedAt,
        upTo: context.command.at,
      }),
    ),
    sinceStart: (names: readonly string[]) =>
      countSinceStart(context, subjectThen(context, contacts), { loaders, reader, names }),
    arm: (experiment: string) => reservations.arm(row, experiment) ?? loaders.arm({ playbook, experiment, subject }),
    match: undefined,
    solved: (ticketId: string) => loaders.isSolved(ticketId),
    openTasks: (person: string) => loaders.openTasks(person) + reservations.tasks(person),
    lastTurn(person: string) {
      const reserved = reservations.lastTurn(playbook, person);
      // Turns that this batch gives come after all that are stored.
      return reserved === undefined ? loaders.lastTurn(playbook, person) : loaders.latestTurn(playbook) + reserved;
    },
    ownTasks: () => loaders.ownTasks(row.id),
    tried: () => loaders.tried(row.id),
    report: loaders.report.bind(loaders),
  };
}

/** Events of these names since the enrolment began, up to the journey's instant (S4). */
function countSinceStart(
  context: CommandContext,
  subject: SubjectRef,
  { loaders, reader, names }: { loaders: FactLoaders; reader: JourneyReader; names: readonly string[] },
): number {
  const { row, command } = context;
  const keyExpression = keyExpressionOf(context);
  const sorted = [...new Set(names)].sort();
  const events = loaders.timeline({ subject, names: sorted, after: row.startedAt, upTo: command.at });
  const world = readsRecords(keyExpression) ? reader.world : eventsOnly(reader.world.people);
  const view = viewAt({ ...reader, world }, command.at);
  return events.filter((event) => appliesToKey({ key: row.key, keyExpression }, { ...view, event })).length;
}

/** The message that asks for a place. */
export interface Placing extends Pick<CommandContext, 'version' | 'command'> {
  row: Pick<CommandContext['row'], 'id' | 'startedAt' | 'playbook'>;
  effect: Pick<NonNullable<CommandContext['effect']>, 'id'> | undefined;
}

/** What stops mails to a contact: of its own, and of whoever has its address (P3). */
export function suppressionIn(loaders: FactLoaders, traits: Traits | undefined): Suppression | undefined {
  const address = addressKey(traits);
  return stronger(suppressionOf(traits), address === undefined ? undefined : loaders.suppressionAt(address));
}

/**
 * When each place of a person and class under a frequency cap was taken (P2), ascending; this effect's own left out. A
 * ghost counts its own as well. A held message whose release has come, and that goes before this one, counts as taken.
 */
export function placesTaken(
  { row, effect, version, command }: Placing,
  { loaders, reservations, now }: Pick<DecisionContext, 'loaders' | 'reservations' | 'now'>,
  { contactId, messageClass, since }: { contactId: string; messageClass: string; since: Instant },
): Instant[] {
  const at = momentOf(command, now);
  const rank: ClaimRank = { precedence: version.playbook.precedence, startedAt: row.startedAt, playbook: row.playbook };
  const taken = loaders.reservations(contactId, messageClass, since).flatMap((reservation) => {
    if (reservation.effectId === effect?.id) return [];
    if (reservation.kind === 'taken') return reservation.at;
    if (reservation.kind === 'ghost') return reservation.enrolmentId === row.id ? reservation.at : [];
    return reservation.at <= at && compareClaims(reservation, rank) < 0 ? at : [];
  });
  return [...taken, ...reservations.placesTaken(contactId, messageClass)].sort((a, b) => a - b);
}
