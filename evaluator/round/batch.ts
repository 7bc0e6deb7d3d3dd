/** Consumes the events and deadlines of one round, per subject in E4's order. */
import { afterEvaluation, afterLateEvent } from '../../evaluation/after-evaluation.ts';
import type { Instant, SubjectRef, Traits } from '../../language/model.ts';
import { eventOn, timelinesOfEvent } from '../../language/records/event-timelines.ts';
import type { IdentityLink, IdentityLinks } from '../../language/records/identity-links.ts';
import { subjectKey } from '../../language/records/subject-key.ts';
import {
  compareEvents,
  type Place,
  placeOfDeadline,
  placeOfEvent,
  type TimelineEvent,
} from '../../language/records/timeline.ts';
import type { StoredEvent } from '../../store/events/timeline.ts';
import type { TimelineEntry } from '../../store/events/timeline-entries.ts';
import { breathe } from '../../store/postgres/breathe.ts';
import type { Commit, Queryable } from '../../store/postgres/database.ts';
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
import { type PendingMerge, PendingMerges, replayOf } from '../merge/pending-merges.ts';
import type { PutBack, PutBackReason } from '../put-backs.ts';
import { rebuildStale } from '../rebuild/rebuild-batch.ts';
import { type BatchSession, openSession } from './batch-session.ts';
import { contactsOf, type EventPlacement, isMerged, placeEvent, readsOtherContacts } from './event-placement.ts';
import { type ClaimedWork, frontierOf, type Loaded } from './load-batch.ts';
import { UnitOfWork } from './unit-of-work.ts';
import { writeBatch, writeEntries, writeLatePatches, writeLinks } from './write-batch.ts';

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
  /** Whether it has made firings that are decided later. */
  defers: boolean;
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
  readonly #merges = new PendingMerges();
  /** Among the patches are some of late events, which the world does not show yet. */
  #hasLatePatches = false;
  /** Records to which the batch's events have written whom they name. */
  readonly #naming = new Set<string>();
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

  /** @param commit goes out behind the last writes, where nothing is left to do */
  async run(commit?: Commit): Promise<Omit<RoundResult, 'apart'>> {
    const { locked, states } = this.#loaded;
    const parts = { deployed: this.#deployed, moved: this.#moved, locked, states };
    await rebuildStale({
      ...parts,
      client: this.#client,
      session: this.#session,
      stalled: this.#stalled,
      readTo: (key) => this.#readTo(key),
      drain: (subject, before) => this.#drain(subject, before),
    });
    for (const event of this.#claimed.events) {
      await this.#consume(event);
      await breathe();
    }
    this.#current = undefined;
    await this.#merge();
    await this.#walk(this.#late.subjects);
    for (const [key, row] of locked) {
      if (!this.#stalled.has(key)) this.#drain(row.subject, this.#claimed.safeAt);
      await breathe();
    }
    this.#work.beyond.tooLong(this.#session.world.tooLong, this.#loaded.at);
    await writeBatch(this.#client, {
      ...parts,
      consumed: this.#consumed,
      patches: this.#patches,
      entries: this.#entries,
      links: this.#links,
      work: this.#work,
      commit,
    });
    return {
      events: this.#consumed.length,
      deadlines: this.#deadlines,
      firings: this.#work.firings.length + this.#work.flushedFirings,
      deferred: this.#claimed.events.length - this.#consumed.length,
      putBack: this.#putBack,
      defers: this.#work.defers,
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

  /** A claim that moves nothing is as any other event, unless its contacts wait for a merge. */
  #place(event: StoredEvent, named: readonly SubjectRef[]): EventPlacement {
    return placeEvent(event, named, this.#identities, (difference, identities) => {
      if (difference.concerned.some((id) => this.#merges.has(id))) return false;
      return this.#loaded.quiet.isQuiet(event, difference, identities);
    });
  }

  async #consume(event: StoredEvent): Promise<void> {
    const { locked, states, relations } = this.#loaded;
    const { world, program } = this.#session;
    const known = this.#identities;
    // To whose timelines an event belongs is told by the records of the contacts that it names.
    const ids = [
      ...event.subjects.flatMap(({ type, id }) => (type === 'contact' ? [id] : [])),
      ...(event.merges ?? []),
    ];
    const naming = this.#merges.namingOthers(ids.flatMap((id) => [id, known.ownerOf(id)]));
    if (naming.length > 0) await this.#merge(naming);
    const named = this.#named(event);
    const where = this.#place(event, named);
    const place = placeOfEvent(event);
    const keys = where.subjects.map(subjectKey);
    const readsOthers = readsOtherContacts(program, where);
    const isLateOf = (subject: SubjectRef) =>
      isLate(
        place,
        this.#merges.headOf(subject, (one) => states.get(subjectKey(one))?.head),
      );
    // What lies before that what was read of contacts that wait for a merge is part of that merge (E5, E6).
    const merging = where.subjects.filter((subject) => this.#isMerging(subject));
    const joins = where.isMerge || (merging.length > 0 && merging.every(isLateOf));
    const waits = joins && !readsOthers && this.#mayWait(where, event);
    // An event is evaluated behind the merges of its contacts, and of those whose records it may read.
    if (readsOthers) await this.#merge();
    else if (!waits) await this.#merge(contactsOf(where));
    await this.#walkBefore(where.subjects.filter((subject) => !isMerged(subject, where) && !isLateOf(subject)));
    // A relation that was learned meanwhile is locked in the next round; and so is what waits for a deadline.
    const ready =
      keys.every((key) => locked.has(key) && !this.#stalled.has(key)) &&
      where.subjects.every((subject) => this.#isMerging(subject) || this.#drain(subject, event.at));
    if (!ready) {
      this.#putBack.push({ arrival: event.arrival, reason: this.#reasonOf(where.subjects, event.at) });
      for (const key of keys) this.#stalled.add(key);
      return;
    }
    this.#current = event;
    relations.consumed(event);
    this.#loaded.quiet.consumed(event);
    this.#identities = where.identities;
    world.follow(where.identities);
    this.#links.push(...where.links);
    this.#work.beyond.uncounted(where.difference.beyond);
    this.#patches.push(...where.patches);
    this.#entries.push(...where.entries);
    const late = where.separate.filter(isLateOf);
    const inOrder = where.separate.filter((subject) => !late.includes(subject));
    for (const subject of late) this.#late.add(subject, { event, named });
    // Whether an event is one that a prediction awaits may be told by traits.
    const isAlone = inOrder.length === 0 && !this.#predicts;
    await this.#takePatches(where, place, { isLate: late.length > 0, isAlone });
    if (where.isMerge) {
      this.#merges.add(where, { event, named }, { before: known, namesOthers: this.#namesOthers(where, event) });
      if (!waits) await this.#merge(contactsOf(where));
    }
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
   * The event's patches are seen by what comes after it. Those of late events and of merges are written together, when
   * something is evaluated that may read them: a late one changes only what no later one has set (E6), which the store knows.
   */
  async #takePatches(
    { isMerge, patches }: EventPlacement,
    place: Place,
    late: { isLate: boolean; isAlone: boolean },
  ): Promise<void> {
    if (late.isLate && patches.length > 0) this.#hasLatePatches = true;
    const relations = patches.filter(({ patch }) => RELATION_TRAITS.some((trait) => patch.traits[trait] !== undefined));
    for (const { patch } of relations) this.#naming.add(subjectKey(patch));
    const isRelation = relations.length > 0;
    if (this.#hasLatePatches && (!late.isAlone || isRelation)) await this.#writePatches();
    else if (!this.#hasLatePatches) {
      // What is written to contacts that become one is read when they have.
      const now = patches.filter(({ patch }) => !isMerge || patch.type !== 'contact');
      for (const { patch } of now) this.#session.world.merge(patch, place);
    }
  }

  async #writePatches(): Promise<void> {
    this.#hasLatePatches = false;
    await writeLatePatches(this.#client, this.#patches, this.#session.world);
  }

  /** Whether a merge may be carried out with later ones: nothing from before the event is on its way. */
  #mayWait({ subjects }: EventPlacement, { at }: StoredEvent): boolean {
    const { blockedAt } = this.#loaded;
    if (at >= this.#claimed.safeAt || this.#predicts) return false;
    return subjects.every((subject) => at < (blockedAt.get(subjectKey(subject)) ?? Number.POSITIVE_INFINITY));
  }

  /**
   * Whether another account may be on the contacts' timelines once they are one (E8): by what the event writes, or by the
   * records of those of whom its claims take something. Who is only given something keeps the account of the own record.
   */
  #namesOthers(
    { subjects, patches, difference, identities }: EventPlacement,
    { subjects: named }: StoredEvent,
  ): boolean {
    const isNaming = (traits: Traits | undefined) => RELATION_TRAITS.some((trait) => traits?.[trait] !== undefined);
    if (patches.some(({ patch }) => isNaming(patch.traits))) return true;
    if (difference.changed.length === 0) return false;
    const claiming = named.find(({ type }) => type === 'contact');
    const given = claiming && identities.ownerOf(claiming.id);
    const others = subjects.filter(({ type, id }) => type === 'contact' && id !== given).map(subjectKey);
    return others.some((key) => this.#naming.has(key) || isNaming(this.#loaded.records.get(key)));
  }

  #isMerging({ type, id }: SubjectRef): boolean {
    return type === 'contact' && this.#merges.has(id);
  }

  /** Contacts become one, or events are ones from before they did (E6). @param of these; without it all that wait for it */
  async #merge(contacts?: readonly string[]): Promise<void> {
    const merges = this.#merges.take(contacts);
    if (merges.length === 0) return;
    for (const merge of merges) {
      const subjects = [...merge.owners].map((id): SubjectRef => ({ type: 'contact', id }));
      for (const contact of subjects) this.#moved.add(subjectKey(contact));
      const late = this.#late.take(subjects);
      merge.events = [...late, ...merge.events].sort((a, b) => compareEvents(a.event, b.event));
    }
    await this.#carryOut(merges);
  }

  async #carryOut(merges: readonly PendingMerge[]): Promise<void> {
    await writeEntries(this.#client, this.#entries);
    await writeLinks(this.#client, this.#links);
    await this.#writePatches();
    const round = {
      client: this.#client,
      deployed: this.#deployed,
      identities: this.#identities,
      alsoConsumed: this.#consumed,
      rows: this.#loaded.locked,
      session: this.#session,
      readTo: (key: string) => this.#readTo(key),
    };
    await mergeContacts(round, merges);
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
      const late = this.#late.take([subject]);
      const events = late.map(({ event }) => event);
      const left = await recompute({
        client: this.#client,
        deployed: this.#deployed,
        upTo: this.#readTo(key),
        row: this.#loaded.locked.get(key)!,
        state: this.#session.stateOf(subject),
        events,
        alsoConsumed: this.#consumed,
        session: this.#session,
        mergedAt: subject.type === 'contact' ? this.#identities.mergesInto(subject.id).at(-1)?.place.at : undefined,
      });
      const behind = late.filter(({ event }) => left.includes(event));
      if (behind.length > 0) await this.#carryOut([replayOf(subject, behind, this.#identities)]);
      const walked = events.filter((event) => !event.undoneBy && !left.includes(event));
      for (const event of walked) afterLateEvent(this.#session, subject, event);
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
    for (const { playbook, key } of result.closedKeys) this.#work.beyond.closed(subject, playbook, key, place.at);
    this.#work.skipped.add(result);
  }
}
