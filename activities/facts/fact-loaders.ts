/**
 * Everything that decisions of one batch may ask for, fetched in bulk. Deciding is pure, so it may be done over: a decision
 * asks for what it needs, what is missing is noted and fetched for all together, and all are decided again until nothing
 * is missing. So no list of what a step might read has to be kept with the step.
 */
import type { Instant, RecordType, SubjectRef, Traits } from '../../language/model.ts';
import { IdentityLinks } from '../../language/records/identity-links.ts';
import type { RecordSet } from '../../language/records/lists/overviews.ts';
import { subjectKey } from '../../language/records/subject-key.ts';
import type { Suppression } from '../../language/records/suppression.ts';
import type { Place } from '../../language/records/timeline.ts';
import type { Report, ReportPeriod } from '../../measurement/report.ts';
import { loadStates } from '../../store/evaluation/trigger-states.ts';
import type { StoredEvent } from '../../store/events/timeline.ts';
import { readLatestNames, readTimelines, readUnconsumed, type TimelineQuestion } from '../../store/events/timelines.ts';
import { type ArmRef, readArms, readRotations } from '../../store/journeys/assignments.ts';
import { readTried } from '../../store/journeys/effects.ts';
import { type Reservation, readReservations } from '../../store/journeys/messages.ts';
import { countOpenTasks, readOwnTasks } from '../../store/journeys/tasks.ts';
import type { Queryable } from '../../store/postgres/database.ts';
import { loadIdentityLinks } from '../../store/records/identity-links.ts';
import { type Likeness, readEverAlike, readEverOf } from '../../store/records/overviews.ts';
import { type RecordRef, readRecordsAt } from '../../store/records/records.ts';
import { type ListRef, listKey, readEverRelated } from '../../store/records/relations.ts';
import { readSuppressions } from '../../store/records/suppressions.ts';
import type { SubjectState } from '../../triggers/engine/state.ts';
import { type ReportQuestion, type Reports, ReportsNeeded, reportKey } from './reports.ts';

/** Facts of one kind. */
type Fetch<Question, Answer> = (
  client: Queryable,
  wanted: ReadonlyMap<string, Question>,
) => Promise<ReadonlyMap<string, Answer>>;

class FactLoader<Question, Answer> {
  readonly #fetch: Fetch<Question, Answer>;
  readonly #answers = new Map<string, Answer | undefined>();
  #wanted = new Map<string, Question>();

  constructor(fetch: Fetch<Question, Answer>) {
    this.#fetch = fetch;
  }

  /** True when something was asked for and has not been fetched. */
  get isWanting(): boolean {
    return this.#wanted.size > 0;
  }

  /** The answer; undefined where there is none, or not yet. */
  read(key: string, question: Question): Answer | undefined {
    if (!this.#answers.has(key)) this.#wanted.set(key, question);
    return this.#answers.get(key);
  }

  async fetch(client: Queryable): Promise<void> {
    const wanted = this.#wanted;
    this.#wanted = new Map();
    if (wanted.size === 0) return;
    const found = await this.#fetch(client, wanted);
    for (const key of wanted.keys()) this.#answers.set(key, found.get(key));
  }
}

/** Records name records: contact, account, main contact, and what texts follow from there. */
const MAX_ROUNDS = 12;

export class FactLoaders {
  readonly #records = new FactLoader<{ type: RecordType; id: string; at: Instant | null }, Traits>((client, wanted) =>
    readRecordsAt(client, [...wanted.values()]),
  );
  readonly #identities = new FactLoader<string, IdentityLinks>(async (client, wanted) => {
    const ids = [...wanted.keys()];
    const links = new IdentityLinks(await loadIdentityLinks(client, ids));
    return new Map(ids.map((id) => [id, links]));
  });
  readonly #lists = new FactLoader<ListRef, RecordRef[]>((client, wanted) =>
    readEverRelated(client, [...wanted.values()]),
  );
  readonly #sets = new FactLoader<RecordSet, string[]>((client, wanted) => readEverOf(client, wanted));
  readonly #alike = new FactLoader<Likeness, string[]>((client, wanted) => readEverAlike(client, wanted));
  readonly #timelines = new FactLoader<TimelineQuestion, StoredEvent[]>(async (client, wanted) => {
    const found = await readTimelines(client, [...wanted.values()]);
    return new Map([...wanted.keys()].map((key, i) => [key, found[i]!]));
  });
  readonly #states = new FactLoader<SubjectRef, { state: SubjectState; head: Place | undefined }>(readStates);
  readonly #reservations: FactLoader<{ contactId: string; messageClass: string; since: Instant }, Reservation[]>;
  readonly #openTasks = new FactLoader<null, Map<string, number>>(
    async (client) => new Map([['all', await countOpenTasks(client)]]),
  );
  readonly #turns = new FactLoader<string, Map<string, number>>((client, wanted) =>
    readRotations(client, [...wanted.keys()]),
  );
  readonly #tried = new FactLoader<string, string[]>((client, wanted) => readTried(client, [...wanted.keys()]));
  readonly #ownTasks = new FactLoader<string, { path: string; iteration: string }[]>((client, wanted) =>
    readOwnTasks(client, [...wanted.keys()]),
  );
  readonly #arms = new FactLoader<ArmRef, string>(async (client, wanted) => {
    const rows = await readArms(client, [...wanted.values()]);
    return new Map(rows.map((row) => [armKey(row), row.arm]));
  });
  readonly #suppressions = new FactLoader<string, Suppression>((client, wanted) =>
    readSuppressions(client, [...wanted.keys()]),
  );
  readonly #reports: FactLoader<ReportQuestion, Report>;
  readonly #solved = new FactLoader<string, string>((client, wanted) =>
    readLatestNames(client, [...wanted.keys()], ['ticket.solved', 'ticket.reopened']),
  );

  /** @param reports figures that were read before; of others the decision is told that they are needed */
  constructor(now: Instant, reports: Reports = new Map()) {
    this.#reports = new FactLoader(async (_client, wanted) => {
      const needed = [...wanted].filter(([key]) => !reports.has(key)).map(([, question]) => question);
      if (needed.length > 0) throw new ReportsNeeded(needed);
      return reports;
    });
    this.#reservations = new FactLoader(async (client, wanted) => {
      const rows = await readReservations(client, [...wanted.values()], now);
      const found = new Map<string, Reservation[]>([...wanted.keys()].map((key) => [key, []]));
      for (const row of rows) {
        for (const [key, question] of wanted) {
          const isAsked = question.contactId === row.contactId && question.messageClass === row.messageClass;
          if (isAsked && (row.kind === 'held' || row.at > question.since)) found.get(key)!.push(row);
        }
      }
      return found;
    });
  }

  /** Traits after every event of an instant, or with null the latest; undefined where there is no such record. */
  record(type: RecordType, id: string, at: Instant | null): Traits | undefined {
    return this.#records.read(`${subjectKey({ type, id })}@${at ?? 'head'}`, { type, id, at });
  }

  /** Whose a contact's id, and those that are linked with it, have been (E6). */
  identities(contactId: string): IdentityLinks | undefined {
    return this.#identities.read(contactId, contactId);
  }

  /** What stops mails to an address, by whichever contact has it. @param address from `addressKey` */
  suppressionAt(address: string): Suppression | undefined {
    return this.#suppressions.read(address, address);
  }

  /** The records that have ever named the owner of a list, at most one more than are read; their traits say which still do. */
  everRelated(ref: ListRef): readonly RecordRef[] {
    return this.#lists.read(listKey(ref), ref) ?? [];
  }

  /** Ids of the records of a set (W3), at most one more than are read: whichever ever had the owner, or all that there are. */
  everOf(set: RecordSet): readonly string[] {
    return this.#sets.read(JSON.stringify([set.type, set.owner]), set) ?? [];
  }

  /** Ids of contacts that may ever have been like one (W3), at most one more than are read. */
  everAlike(likeness: Likeness): readonly string[] {
    return this.#alike.read(JSON.stringify(likeness), likeness) ?? [];
  }

  /** Events of a subject in E4's order, consumed or not. */
  timeline(question: TimelineQuestion): readonly StoredEvent[] {
    return this.#timelines.read(JSON.stringify(question), question) ?? [];
  }

  /** Trigger state at the head of a timeline, and where that is. */
  state(subject: SubjectRef): { state: SubjectState; head: Place | undefined } | undefined {
    return this.#states.read(subjectKey(subject), subject);
  }

  reservations(contactId: string, messageClass: string, since: Instant): readonly Reservation[] {
    const question = { contactId, messageClass, since };
    return this.#reservations.read(JSON.stringify(question), question) ?? [];
  }

  openTasks(person: string): number {
    return this.#openTasks.read('all', null)?.get(person) ?? 0;
  }

  lastTurn(playbook: string, person: string): number | undefined {
    return this.#turns.read(playbook, playbook)?.get(person);
  }

  /** The number of the turn that a playbook gave last; 0 where it gave none. */
  latestTurn(playbook: string): number {
    return Math.max(0, ...(this.#turns.read(playbook, playbook)?.values() ?? []));
  }

  /**
   * What a report says of a period (W3).
   *
   * @throws ReportsNeeded from `loadUntilDecided`, where it was not read before
   */
  report(period: ReportPeriod, fields: readonly (keyof Report)[]): Report | undefined {
    const question = { period, fields };
    return this.#reports.read(reportKey(question), question);
  }

  tried(enrolmentId: string): readonly string[] {
    return this.#tried.read(enrolmentId, enrolmentId) ?? [];
  }

  /** Tasks of an enrolment that are not done and not withdrawn. */
  ownTasks(enrolmentId: string): readonly { path: string; iteration: string }[] {
    return this.#ownTasks.read(enrolmentId, enrolmentId) ?? [];
  }

  arm(ref: ArmRef): string | undefined {
    return this.#arms.read(armKey(ref), ref);
  }

  /** Whether the last `ticket.solved` came after the last `ticket.reopened` (S7). */
  isSolved(ticketId: string): boolean {
    return this.#solved.read(ticketId, ticketId) === 'ticket.solved';
  }

  /**
   * Calls `decide` until all that it asks for is there.
   *
   * @throws Error where it asks for more after every round
   */
  async loadUntilDecided<T>(client: Queryable, decide: () => T): Promise<T> {
    const loaders = [
      this.#records,
      this.#identities,
      this.#lists,
      this.#sets,
      this.#alike,
      this.#timelines,
      this.#states,
      this.#reservations,
      this.#openTasks,
      this.#turns,
      this.#tried,
      this.#ownTasks,
      this.#arms,
      this.#reports,
      this.#solved,
      this.#suppressions,
    ];
    for (let round = 0; round < MAX_ROUNDS; round++) {
      const decided = decide();
      if (!loaders.some((loader) => loader.isWanting)) return decided;
      for (const loader of loaders) await loader.fetch(client);
    }
    throw new Error(`a decision went on asking after ${MAX_ROUNDS} rounds of facts`);
  }
}

function armKey({ playbook, experiment, subject }: ArmRef): string {
  return JSON.stringify([playbook, experiment, subject.type, subject.id]);
}

async function readStates(client: Queryable, wanted: ReadonlyMap<string, SubjectRef>) {
  const refs = [...wanted.values()];
  const states = await loadStates(client, refs);
  const heads = await readUnconsumed(client, refs);
  return new Map([...states].map(([key, state]) => [key, { state, head: heads.get(key)?.head }]));
}
