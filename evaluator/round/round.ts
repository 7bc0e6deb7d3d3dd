/**
 * One round of the evaluator: a transaction that claims pending events and due deadlines, consumes them per subject in
 * E4's order, and writes state, deadlines, firings and enrolments. What it cannot consume yet stays where it was.
 */

import { afterEvaluation, afterLateEvent } from '../../evaluation/after-evaluation.ts';
import { enterFiring } from '../../evaluation/enter-firing.ts';
import type { Instant, RecordType, SubjectRef } from '../../language/model.ts';
import { timelinesOfEvent } from '../../language/records/event-timelines.ts';
import type { IdentityLink, IdentityLinks } from '../../language/records/identity-links.ts';
import { subjectKey, subjectOfKey } from '../../language/records/subject-key.ts';
import { type Place, placeOfDeadline, placeOfEvent, type TimelineEvent } from '../../language/records/timeline.ts';
import { dueSubjects } from '../../store/evaluation/trigger-states.ts';
import { claimPending } from '../../store/events/pending-events.ts';
import { readEvents, type StoredEvent } from '../../store/events/timeline.ts';
import { insertTimelineEntries, type TimelineEntry } from '../../store/events/timeline-entries.ts';
import type { Queryable } from '../../store/postgres/database.ts';
import { mergePatches, type PlacedPatch } from '../../store/records/records.ts';
import { applyDeadlines, applyEvent } from '../../triggers/engine/engine.ts';
import { type EvaluationResult, nextDueAt, type SubjectState } from '../../triggers/engine/state.ts';
import { isLate } from '../../triggers/history/replay.ts';
import type { Deployed } from '../deployed-program.ts';
import { recompute } from '../late/recompute.ts';
import { mergeContacts } from '../merge/merge-contacts.ts';
import { rebuildStale } from '../rebuild/rebuild-batch.ts';
import type { BatchSession } from './batch-session.ts';
import { type EventPlacement, placeEvent } from './event-placement.ts';
import { type ClaimedWork, frontierOf, type Loaded, loadBatch, openSession, type RoundLimits } from './load-batch.ts';
import { reportTooLong } from './load-lists.ts';
import { UnitOfWork } from './unit-of-work.ts';
import { writeBatch } from './write-batch.ts';

export interface RoundResult {
  /** Events consumed and deadlines looked at. */
  events: number;
  deadlines: number;
  firings: number;
  /** Events that were claimed and put back: they wait for a deadline that cannot be looked at yet. */
  deferred: number;
}

/** @param settled every event received before it is committed and visible */
export async function round(
  client: Queryable,
  deployed: Deployed,
  settled: Instant,
  limits: RoundLimits,
): Promise<RoundResult> {
  const claimed = await claimPending(client, limits.events);
  const events = await readEvents(client, claimed);
  const due = await dueSubjects(client, settled, limits.subjects);
  if (events.length === 0 && due.length === 0) return { events: 0, deadlines: 0, firings: 0, deferred: 0 };
  const work: ClaimedWork = { claimed, events, due, settled, limits };
  return new Batch(client, deployed, work, await loadBatch(client, work, deployed)).run();
}

/** The same over some subjects alone: their rebuilds, and their deadlines that are due. */
export async function roundOf(
  client: Queryable,
  deployed: Deployed,
  settled: Instant,
  subjects: readonly SubjectRef[],
): Promise<{ locked: ReadonlySet<string> }> {
  const limits = { events: 1, subjects: subjects.length };
  const work: ClaimedWork = { claimed: [], events: [], due: [...subjects], settled, limits };
  const loaded = await loadBatch(client, work, deployed);
  await new Batch(client, deployed, work, loaded).run();
  return { locked: new Set(loaded.locked.keys()) };
}

/** Deadlines of one subject that one round walks at most: the rest is due in the next. */
const MAX_DEADLINES = 1_000;

class Batch {
  readonly #client: Queryable;
  readonly #deployed: Deployed;
  readonly #claimed: ClaimedWork;
  readonly #loaded: Loaded;
  readonly #session: BatchSession;
  readonly #work: UnitOfWork;
  /** After a full batch there may be more events: deadlines after its last wait for those. */
  readonly #frontier: Instant;
  readonly #stalled = new Set<string>();
  readonly #consumed: StoredEvent[] = [];
  readonly #patches: PlacedPatch[] = [];
  /** Places on timelines that records' traits name; those that the event itself names were written with it. */
  readonly #entries: TimelineEntry[] = [];
  readonly #claims: IdentityLink[] = [];
  readonly #moved = new Set<string>();
  #identities: IdentityLinks;
  #deadlines = 0;
  #current: StoredEvent | undefined;

  constructor(client: Queryable, deployed: Deployed, claimed: ClaimedWork, loaded: Loaded) {
    this.#client = client;
    this.#deployed = deployed;
    this.#claimed = { ...claimed, events: loaded.events };
    this.#loaded = loaded;
    this.#frontier = frontierOf(claimed);
    this.#identities = loaded.identities;
    this.#work = new UnitOfWork(deployed.program.names);
    this.#session = openSession(deployed, loaded, this.#work);
  }

  async run(): Promise<RoundResult> {
    const { locked, states } = this.#loaded;
    await rebuildStale({
      client: this.#client,
      deployed: this.#deployed,
      locked,
      states,
      session: this.#session,
      stalled: this.#stalled,
      moved: this.#moved,
      readTo: (key) => this.#readTo(key),
      drain: (subject, before) => this.#drain(subject, before),
    });
    for (const event of this.#claimed.events) await this.#consume(event);
    for (const [key, row] of locked) if (!this.#stalled.has(key)) this.#drain(row.subject, this.#claimed.settled);
    await writeBatch(this.#client, {
      deployed: this.#deployed,
      consumed: this.#consumed,
      patches: this.#patches,
      entries: this.#entries,
      claims: this.#claims,
      moved: this.#moved,
      locked,
      states,
    });
    reportTooLong(this.#work, this.#session.world.tooLong, this.#loaded.at);
    await this.#work.write(this.#client);
    return {
      events: this.#consumed.length,
      deadlines: this.#deadlines,
      firings: this.#work.firings.length + this.#work.flushedFirings,
      deferred: this.#claimed.events.length - this.#consumed.length,
    };
  }

  /** Up to when the subject's deadlines may be evaluated: nothing from before it is on its way, or in this batch. */
  #readTo(key: string): Instant {
    const consumed = new Set(this.#consumed);
    const next = this.#claimed.events.find(
      (event) =>
        !consumed.has(event) &&
        event !== this.#current &&
        timelinesOfEvent(this.#named(event), placeOfEvent(event), this.#identities).some(
          ({ subject }) => subjectKey(subject) === key,
        ),
    );
    const blockedAt = this.#loaded.blockedAt.get(key) ?? Number.POSITIVE_INFINITY;
    return Math.min(this.#claimed.settled, this.#frontier, blockedAt, next?.at ?? Number.POSITIVE_INFINITY);
  }

  /** The subjects that an event and the records' traits name, before identity links are followed. */
  #named(event: StoredEvent): SubjectRef[] {
    return this.#loaded.relations.subjectsOf(event, (type, id) => this.#session.world.traits(type, id));
  }

  async #consume(event: StoredEvent): Promise<void> {
    const { locked, states, relations } = this.#loaded;
    const { world, program } = this.#session;
    const known = this.#identities;
    const where = placeEvent(event, this.#named(event), known);
    const keys = where.subjects.map(subjectKey);
    // A relation that was learned meanwhile is locked in the next round; and so is what waits for a deadline.
    const ready =
      keys.every((key) => locked.has(key) && !this.#stalled.has(key)) &&
      where.subjects.every((subject) => this.#drain(subject, event.at));
    if (!ready) {
      for (const key of keys) this.#stalled.add(key);
      return;
    }
    this.#current = event;
    relations.consumed(event);
    this.#identities = where.identities;
    world.follow(where.identities);
    this.#claims.push(...where.claims);
    this.#patches.push(...where.patches);
    this.#entries.push(...where.entries);
    const place = placeOfEvent(event);
    const late = where.apart.filter((subject) => isLate(place, this.#session.stateOf(subject).head));
    if (where.joins || (late.length > 0 && where.patches.length > 0)) await this.#mergeLate();
    else for (const { patch } of where.patches) world.merge(patch, place);
    if (where.joins) await this.#join(event, where, known);
    for (const subject of where.apart) {
      const key = subjectKey(subject);
      const state = states.get(key)!;
      this.#moved.add(key);
      if (!event.undoneBy) locked.get(key)!.consumed++;
      if (late.includes(subject)) await this.#recompute(state, event);
      else if (!event.undoneBy) this.#after(state, applyEvent(program, state, event, world), place, event);
    }
    this.#work.confirmations.consumed(program, event, where, world);
    this.#consumed.push(event);
  }

  /** A late write changes only what no later write has set (E6): the store knows which. */
  async #mergeLate(): Promise<void> {
    const patches = this.#patches.splice(0);
    for (const [key, traits] of await mergePatches(this.#client, patches))
      this.#session.world.replace(subjectOfKey<RecordType>(key), traits);
  }

  /** Contacts become one, or the event is one from before they did (E6). */
  async #join(
    event: StoredEvent,
    { identities, subjects, stands }: EventPlacement,
    known: IdentityLinks,
  ): Promise<void> {
    await insertTimelineEntries(this.#client, this.#entries.splice(0));
    const contacts = subjects.filter(({ type }) => type === 'contact');
    for (const contact of contacts) this.#moved.add(subjectKey(contact));
    await mergeContacts({
      client: this.#client,
      deployed: this.#deployed,
      identities,
      changed: identities === known ? [] : identities.changedSince(known),
      owners: contacts.map(({ id }) => id),
      stands,
      event,
      alsoConsumed: this.#consumed,
      rows: this.#loaded.locked,
      session: this.#session,
      readTo: (key) => this.#readTo(key),
    });
  }

  async #recompute(state: SubjectState, event: StoredEvent): Promise<void> {
    await insertTimelineEntries(this.#client, this.#entries.splice(0));
    if (this.#patches.length > 0) await this.#mergeLate();
    await recompute({
      client: this.#client,
      deployed: this.#deployed,
      upTo: this.#readTo(subjectKey(state.subject)),
      row: this.#loaded.locked.get(subjectKey(state.subject))!,
      state,
      event,
      alsoConsumed: this.#consumed,
      work: this.#work,
      enter: (firing, place, audience) => void enterFiring(this.#session, firing, place, audience && { audience }),
    });
    if (!event.undoneBy) afterLateEvent(this.#session, state.subject, event);
  }

  /**
   * Evaluates the subject's deadlines before an instant, in their order. False where one of them has to wait: an event from
   * before it may still be on its way, or another evaluator holds one.
   */
  #drain(subject: SubjectRef, before: Instant): boolean {
    const key = subjectKey(subject);
    const state = this.#session.stateOf(subject);
    const { program, world } = this.#session;
    for (let n = 0; n < MAX_DEADLINES; n++) {
      const dueAt = nextDueAt(state);
      if (dueAt === undefined || dueAt >= before) return true;
      const blockedAt = this.#loaded.blockedAt.get(key) ?? Number.POSITIVE_INFINITY;
      if (dueAt >= this.#claimed.settled || dueAt >= blockedAt || dueAt >= this.#frontier) return false;
      this.#moved.add(key);
      this.#deadlines++;
      this.#after(state, applyDeadlines(program, state, dueAt, world), placeOfDeadline(dueAt), undefined);
    }
    return false;
  }

  #after({ subject }: SubjectState, result: EvaluationResult, place: Place, event: TimelineEvent | undefined): void {
    afterEvaluation(this.#session, { subject, place, event, result });
    for (const { playbook, key } of result.closedKeys) this.#work.closed(subject, playbook, key, place.at);
    this.#work.skipped.add(result);
  }
}
