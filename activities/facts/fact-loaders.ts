/** Everything that decisions of one batch may ask for, a shelf each. */
import type { Instant, RecordType, SubjectRef, Traits } from '../../language/model.ts';
import { subjectKey } from '../../language/records/subject-key.ts';
import type { Place } from '../../language/records/timeline.ts';
import { loadStates } from '../../store/evaluation/trigger-states.ts';
import type { StoredEvent } from '../../store/events/timeline.ts';
import { readLatestNames, readTimelines, readUnconsumed, type TimelineQuestion } from '../../store/events/timelines.ts';
import { type ArmRef, readArms, readRotations } from '../../store/journeys/assignments.ts';
import { readTried } from '../../store/journeys/effects.ts';
import { type Reservation, readReservations } from '../../store/journeys/messages.ts';
import { countOpenTasks } from '../../store/journeys/tasks.ts';
import type { Queryable } from '../../store/postgres/database.ts';
import { type RecordRef, readRecordsAt } from '../../store/records/records.ts';
import { type ListRef, listKey, readEverRelated } from '../../store/records/relations.ts';
import type { SubjectState } from '../../triggers/engine/state.ts';
import { FactLoader } from './fact-loader.ts';

/** Records name records: contact, account, main contact, and what texts follow from there. */
const MAX_ROUNDS = 12;

export class FactLoaders {
  readonly #records = new FactLoader<{ type: RecordType; id: string; at: Instant | null }, Traits>((client, wanted) =>
    readRecordsAt(client, [...wanted.values()]),
  );
  readonly #lists = new FactLoader<ListRef, RecordRef[]>((client, wanted) =>
    readEverRelated(client, [...wanted.values()]),
  );
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
  readonly #arms = new FactLoader<ArmRef, string>(async (client, wanted) => {
    const rows = await readArms(client, [...wanted.values()]);
    return new Map(rows.map((row) => [armKey(row), row.arm]));
  });
  readonly #solved = new FactLoader<string, string>((client, wanted) =>
    readLatestNames(client, [...wanted.keys()], ['ticket.solved', 'ticket.reopened']),
  );

  constructor(now: Instant) {
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

  /** Traits behind every event of an instant, or with null as they stand now; undefined where there is no such record. */
  record(type: RecordType, id: string, at: Instant | null): Traits | undefined {
    return this.#records.read(`${subjectKey({ type, id })}@${at ?? 'head'}`, { type, id, at });
  }

  /** The records that have ever named the owner of a list, at most one more than are read; who does so is theirs to say. */
  everRelated(ref: ListRef): readonly RecordRef[] {
    return this.#lists.read(listKey(ref), ref) ?? [];
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

  turns(playbook: string, person: string): number {
    return this.#turns.read(playbook, playbook)?.get(person) ?? 0;
  }

  tried(enrolmentId: string): readonly string[] {
    return this.#tried.read(enrolmentId, enrolmentId) ?? [];
  }

  arm(ref: ArmRef): string | undefined {
    return this.#arms.read(armKey(ref), ref);
  }

  /** Whether the last `ticket.solved` came after the last `ticket.reopened` (S7). */
  isSolved(ticketId: string): boolean {
    return this.#solved.read(ticketId, ticketId) === 'ticket.solved';
  }

  /**
   * Calls `decide` until it has asked for nothing that was not there.
   *
   * @throws Error where it always asks for more.
   */
  async settle<T>(client: Queryable, decide: () => T): Promise<T> {
    const shelves = [
      this.#records,
      this.#lists,
      this.#timelines,
      this.#states,
      this.#reservations,
      this.#openTasks,
      this.#turns,
      this.#tried,
      this.#arms,
      this.#solved,
    ];
    for (let round = 0; round < MAX_ROUNDS; round++) {
      const decided = decide();
      if (!shelves.some((shelf) => shelf.isWanting)) return decided;
      for (const shelf of shelves) await shelf.fetch(client);
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
