/** Consumes the events and deadlines of one round, per subject in E4's order. */
import { afterEvaluation, afterLateEvent } from '../../evaluation/after-evaluation.ts';
import type { Instant, SubjectRef } from '../../language/model.ts';
import { eventOn, timelinesOfEvent } from '../../language/records/event-timelines.ts';
import type { IdentityLink, IdentityLinks } from '../../language/records/identity-links.ts';
import { subjectKey } from '../../language/records/subject-key.ts';
import { type Place, placeOfDeadline, placeOfEvent, type TimelineEvent } from '../../language/records/timeline.ts';
import type { StoredEvent } from '../../store/events/timeline.ts';
import type { TimelineEntry } from '../../store/events/timeline-entries.ts';
import type { Queryable } from '../../store/postgres/database.ts';
import type { PlacedPatch } from '../../store/records/records.ts';
import { RELATION_TRAITS } from '../../store/records/relations.ts';
import { applyDeadlines, applyEvent } from '../../triggers/engine/engine.ts';
import { type EvaluationResult, nextDueAt, type SubjectState } from '../../triggers/engine/state.ts';
import { isLate } from '../../triggers/history/replay.ts';
import { predictionsOf } from '../../triggers/traits/predictions.ts';
import type { Deployed } from '../deployed-program.ts';
import { isMovedHere } from '../late/apply-recomputation.ts';
import { LateEvents } from '../late/late-events.ts';
import { recompute } from '../late/recompute.ts';
import { mergeContacts } from '../merge/merge-contacts.ts';
import type { PutBack, PutBackReason } from '../put-backs.ts';
import { rebuildStale } from '../rebuild/rebuild-batch.ts';
import { type BatchSession, openSession } from './batch-session.ts';
import { type EventPlacement, placeEvent } from './event-placement.ts';
import { type ClaimedWork, frontierOf, type Loaded } from './load-batch.ts';
import { UnitOfWork } from './unit-of-work.ts';
import { writeBatch, writeEntries, writeLatePatches } from './write-batch.ts';

export interface RoundResult {
  /** Events consumed and deadlines evaluated. */
  events: number;
  deadlines: number;
  firings: number;
  /** Events that were claimed and put back: they wait for a deadline that cannot be evaluated yet. */
  deferred: number;
  putBack: readonly PutBack[];
  /** Events that were claimed and put back to be worked off apart. */
  apart: number;
}

/** Deadlines of one subject that one round evaluates at most: the rest is due in the next. */
const MAX_DEADLINES = 1_000;

export class Batch {
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
  readonly #links: IdentityLink[] = [];
  readonly #moved = new Set<string>();
  readonly #late = new LateEvents();
  /** Among the patches are some of late events, which the world does not show yet. */
  #hasLatePatches = false;
  readonly #putBack: PutBack[] = [];
  readonly #predicts: boolean;
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
    this.#predicts = predictionsOf(deployed.program).length > 0;
    this.#work = new UnitOfWork(deployed.program.names);
    this.#session = openSession(deployed, loaded, this.#work);
  }

  async run(): Promise<Omit<RoundResult, 'apart'>> {
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
    await this.#walk(this.#late.subjects);
    for (const [key, row] of locked) if (!this.#stalled.has(key)) this.#drain(row.subject, this.#claimed.safeAt);
    await writeBatch(this.#client, {
      deployed: this.#deployed,
      consumed: this.#consumed,
      patches: this.#patches,
      entries: this.#entries,
      links: this.#links,
      moved: this.#moved,
      locked,
      states,
    });
    this.#work.tooLong(this.#session.world.tooLong, this.#loaded.at);
    await this.#work.write(this.#client);
    return {
      events: this.#consumed.length,
      deadlines: this.#deadlines,
      firings: this.#work.firings.length + this.#work.flushedFirings,
      deferred: this.#claimed.events.length - this.#consumed.length,
      putBack: this.#putBack,
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
    return Math.min(this.#claimed.safeAt, this.#frontier, blockedAt, next?.at ?? Number.POSITIVE_INFINITY);
  }

  /** The subjects that an event and the records' traits name, before identity links are followed. */
  #named(event: StoredEvent): SubjectRef[] {
    return this.#loaded.relations.subjectsOf(event, (type, id) => this.#session.world.traits(type, id));
  }

  async #consume(event: StoredEvent): Promise<void> {
    const { locked, states, relations } = this.#loaded;
    const { world, program } = this.#session;
    const known = this.#identities;
    const named = this.#named(event);
    const where = placeEvent(event, named, known);
    const place = placeOfEvent(event);
    const keys = where.subjects.map(subjectKey);
    const isLateOf = (subject: SubjectRef) => isLate(place, states.get(subjectKey(subject))?.head);
    await this.#walkBefore(where.subjects.filter((subject) => !isLateOf(subject) && !isMerged(subject, where)));
    // A relation that was learned meanwhile is locked in the next round; and so is what waits for a deadline.
    const ready =
      keys.every((key) => locked.has(key) && !this.#stalled.has(key)) &&
      where.subjects.every((subject) => this.#drain(subject, event.at));
    if (!ready) {
      this.#putBack.push({ arrival: event.arrival, reason: this.#reasonOf(where.subjects, event.at) });
      for (const key of keys) this.#stalled.add(key);
      return;
    }
    this.#current = event;
    relations.consumed(event);
    this.#identities = where.identities;
    world.follow(where.identities);
    this.#links.push(...where.links);
    this.#patches.push(...where.patches);
    this.#entries.push(...where.entries);
    const late = where.separate.filter(isLateOf);
    const inOrder = where.separate.filter((subject) => !late.includes(subject));
    for (const subject of late) this.#late.add(subject, { event, named });
    // Whether an event is one that a prediction awaits may be told by traits.
    const isAlone = inOrder.length === 0 && !this.#predicts;
    await this.#takePatches(where, place, { isLate: late.length > 0, isAlone });
    if (where.isMerge) await this.#merge(event, where, known);
    await this.#walkBefore(inOrder);
    for (const subject of where.separate) {
      this.#moved.add(subjectKey(subject));
      if (!event.undoneBy) locked.get(subjectKey(subject))!.consumed++;
    }
    const timelines = event.undoneBy ? [] : where.timelines.filter(({ subject }) => inOrder.includes(subject));
    for (const timeline of timelines) {
      const state = states.get(subjectKey(timeline.subject))!;
      this.#after(state, applyEvent(program, state, eventOn(event, timeline), world), place, event);
    }
    this.#work.confirmations.consumed(program, event, where, world);
    this.#consumed.push(event);
  }

  /** Why an event before which deadlines of these subjects lie cannot be consumed. */
  #reasonOf(subjects: readonly SubjectRef[], before: Instant): PutBackReason {
    const keys = subjects.map(subjectKey);
    if (keys.some((key) => this.#stalled.has(key))) return 'behind';
    if (!keys.every((key) => this.#loaded.locked.has(key))) return 'unlocked';
    const due = subjects.flatMap((subject) => {
      const dueAt = nextDueAt(this.#session.stateOf(subject));
      return dueAt === undefined || dueAt >= before ? [] : [{ dueAt, key: subjectKey(subject) }];
    });
    const safeAt = Math.min(this.#claimed.safeAt, this.#frontier);
    if (due.some(({ dueAt }) => dueAt >= safeAt)) return 'watermark';
    const isHeld = due.some(({ dueAt, key }) => dueAt >= (this.#loaded.blockedAt.get(key) ?? Number.POSITIVE_INFINITY));
    return isHeld ? 'held' : 'deadlines';
  }

  /**
   * The event's patches are seen by what comes after it. Those of late events are written together, when something is
   * evaluated that may read them: a late one changes only what no later one has set (E6), which the store knows.
   */
  async #takePatches(
    { isMerge, patches }: EventPlacement,
    place: Place,
    late: { isLate: boolean; isAlone: boolean },
  ): Promise<void> {
    if (late.isLate && patches.length > 0) this.#hasLatePatches = true;
    const isRelation = patches.some(({ patch }) => RELATION_TRAITS.some((trait) => patch.traits[trait] !== undefined));
    if (isMerge || (this.#hasLatePatches && (!late.isAlone || isRelation))) await this.#writePatches();
    else if (!this.#hasLatePatches) for (const { patch } of patches) this.#session.world.merge(patch, place);
  }

  async #writePatches(): Promise<void> {
    this.#hasLatePatches = false;
    await writeLatePatches(this.#client, this.#patches, this.#session.world);
  }

  /** Contacts become one, or the event is one from before they did (E6). */
  async #merge(
    event: StoredEvent,
    { identities, subjects, timelines }: EventPlacement,
    known: IdentityLinks,
  ): Promise<void> {
    await writeEntries(this.#client, this.#entries);
    const contacts = subjects.filter(({ type }) => type === 'contact');
    for (const contact of contacts) this.#moved.add(subjectKey(contact));
    await mergeContacts({
      client: this.#client,
      deployed: this.#deployed,
      identities,
      before: known,
      changed: identities === known ? [] : identities.changedSince(known),
      owners: contacts.map(({ id }) => id),
      timelines,
      event,
      late: this.#late.take(contacts),
      alsoConsumed: this.#consumed,
      rows: this.#loaded.locked,
      session: this.#session,
      readTo: (key) => this.#readTo(key),
    });
  }

  /** What is evaluated in order of these subjects comes after their late events, and may read those of others. */
  async #walkBefore(subjects: readonly SubjectRef[]): Promise<void> {
    if (this.#late.subjects.length === 0) return;
    const { readsTraitsOf } = this.#session.program;
    const read = new Set(subjects.flatMap(({ type }) => [...(readsTraitsOf.get(type) ?? [])]));
    const keys = new Set(subjects.map(subjectKey));
    await this.#walk(this.#late.subjects.filter((late) => keys.has(subjectKey(late)) || read.has(late.type)));
  }

  /** All late events of a subject that the round has consumed so far are one recomputation (E5). */
  async #walk(subjects: readonly SubjectRef[]): Promise<void> {
    if (subjects.length === 0) return;
    await writeEntries(this.#client, this.#entries);
    await this.#writePatches();
    for (const subject of subjects) {
      const key = subjectKey(subject);
      const events = this.#late.take([subject]).map(({ event }) => event);
      await recompute({
        client: this.#client,
        deployed: this.#deployed,
        upTo: this.#readTo(key),
        row: this.#loaded.locked.get(key)!,
        state: this.#session.stateOf(subject),
        events,
        alsoConsumed: this.#consumed,
        session: this.#session,
      });
      for (const event of events) if (!event.undoneBy) afterLateEvent(this.#session, subject, event);
    }
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
      if (dueAt >= this.#claimed.safeAt || dueAt >= blockedAt || dueAt >= this.#frontier) return false;
      this.#moved.add(key);
      this.#deadlines++;
      this.#after(state, applyDeadlines(program, state, dueAt, world), placeOfDeadline(dueAt), undefined);
    }
    return false;
  }

  #after({ subject }: SubjectState, looked: EvaluationResult, place: Place, event: TimelineEvent | undefined): void {
    const task = { deployed: this.#deployed, session: this.#session };
    const result = { ...looked, firings: looked.firings.filter((firing) => !isMovedHere(task, firing)) };
    afterEvaluation(this.#session, { subject, place, event, result });
    for (const { playbook, key } of result.closedKeys) this.#work.closed(subject, playbook, key, place.at);
    this.#work.skipped.add(result);
  }
}

/** The timelines of contacts that a merge concerns are replayed with it. */
function isMerged({ type }: SubjectRef, { isMerge }: EventPlacement): boolean {
  return isMerge && type === 'contact';
}
