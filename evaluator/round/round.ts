/**
 * One round of the evaluator: a transaction that claims pending events and due deadlines, consumes them per subject in
 * E4's order, and writes state, deadlines, firings and enrolments. What it cannot consume yet stays where it was.
 */

import { slaEvent } from '../../evaluation/system-events.ts';
import type { Instant, RecordType, SubjectRef } from '../../language/model.ts';
import { timelinesOfEvent } from '../../language/records/event-timelines.ts';
import type { IdentityLink, IdentityLinks } from '../../language/records/identity-links.ts';
import { subjectKey, subjectOfKey } from '../../language/records/subject-key.ts';
import { placeOfDeadline, placeOfEvent, type TimelineEvent } from '../../language/records/timeline.ts';
import type { SubjectRow } from '../../store/evaluation/subjects.ts';
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
import { type EntryContext, enterFiring } from '../entry/enter-firing.ts';
import { recompute } from '../late/recompute.ts';
import type { RelationHistory } from '../late/relation-history.ts';
import { mergeContacts } from '../merge/merge-contacts.ts';
import { lateEvaluation, notifySubject } from '../notify/notify-subject.ts';
import { rebuildStale } from '../rebuild/rebuild-batch.ts';
import { BatchWorld } from './batch-world.ts';
import { type EventPlacement, placeEvent } from './event-placement.ts';
import { type ClaimedWork, frontierOf, type Loaded, type RoundLimits } from './load-batch.ts';
import { loadEverything, reportTooLong } from './load-lists.ts';
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
  return new Batch(client, deployed, work, await loadEverything(client, deployed, work)).run();
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
  const loaded = await loadEverything(client, deployed, work);
  await new Batch(client, deployed, work, loaded).run();
  return { locked: new Set(loaded.locked.keys()) };
}

/** Deadlines of one subject that one round walks at most: the rest is due in the next. */
const MAX_DEADLINES = 1_000;

class Batch {
  readonly #client: Queryable;
  readonly #deployed: Deployed;
  readonly #claimed: ClaimedWork;
  readonly #locked: Map<string, SubjectRow>;
  readonly #states: Map<string, SubjectState>;
  readonly #world: BatchWorld;
  readonly #entry: EntryContext;
  readonly #verdicts: UnitOfWork;
  /** Deadlines behind this are somebody else's events' to wait for. */
  readonly #blockedAt: Map<string, Instant>;
  /** Behind a full batch there may be more events: deadlines beyond its last wait for those. */
  readonly #frontier: Instant;
  readonly #stalled = new Set<string>();
  readonly #consumed: StoredEvent[] = [];
  readonly #patches: PlacedPatch[] = [];
  /** Places on timelines that records' traits name; those that the event itself names were written with it. */
  readonly #entries: TimelineEntry[] = [];
  readonly #claims: IdentityLink[] = [];
  readonly #moved = new Set<string>();
  readonly #relations: RelationHistory;
  #identities: IdentityLinks;
  #deadlines = 0;
  #current: StoredEvent | undefined;

  constructor(client: Queryable, deployed: Deployed, claimed: ClaimedWork, loaded: Loaded) {
    this.#client = client;
    this.#deployed = deployed;
    this.#claimed = { ...claimed, events: loaded.events };
    this.#locked = loaded.locked;
    this.#states = loaded.states;
    this.#blockedAt = loaded.blockedAt;
    this.#verdicts = new UnitOfWork(deployed.program.names);
    const { records, states, recordPast } = loaded;
    this.#world = new BatchWorld(deployed.program, deployed.people, records, states, recordPast);
    this.#frontier = frontierOf(claimed);
    this.#identities = loaded.identities;
    this.#relations = loaded.relations;
    this.#world.follow(loaded.identities);
    this.#entry = {
      program: deployed.program,
      deployments: deployed.deployments,
      world: this.#world,
      now: loaded.at,
      past: loaded.past,
      waiting: loaded.waiting,
      states: loaded.states,
      audienceWaits: loaded.audienceWaits,
      work: this.#verdicts,
    };
  }

  async run(): Promise<RoundResult> {
    await rebuildStale({
      client: this.#client,
      deployed: this.#deployed,
      locked: this.#locked,
      states: this.#states,
      entry: this.#entry,
      stalled: this.#stalled,
      moved: this.#moved,
      readTo: (key) => this.#readTo(key),
      drain: (subject, before) => this.#drain(subject, before),
    });
    for (const event of this.#claimed.events) await this.#consume(event);
    for (const [key, row] of this.#locked) if (!this.#stalled.has(key)) this.#drain(row.subject, this.#claimed.settled);
    await writeBatch(this.#client, {
      deployed: this.#deployed,
      consumed: this.#consumed,
      patches: this.#patches,
      entries: this.#entries,
      claims: this.#claims,
      moved: this.#moved,
      locked: this.#locked,
      states: this.#states,
    });
    reportTooLong(this.#verdicts, this.#world.tooLong, this.#entry.now);
    await this.#verdicts.write(this.#client);
    return {
      events: this.#consumed.length,
      deadlines: this.#deadlines,
      firings: this.#verdicts.firings.length + this.#verdicts.flushedFirings,
      deferred: this.#claimed.events.length - this.#consumed.length,
    };
  }

  /** Up to when the subject's deadlines may be looked at: nothing from before it is on its way, or in this batch. */
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
    const blockedAt = this.#blockedAt.get(key) ?? Number.POSITIVE_INFINITY;
    return Math.min(this.#claimed.settled, this.#frontier, blockedAt, next?.at ?? Number.POSITIVE_INFINITY);
  }

  /** The subjects that an event and the records' traits name, whoever's their ids are. */
  #named(event: StoredEvent): SubjectRef[] {
    return this.#relations.subjectsOf(event, (type, id) => this.#world.traits(type, id));
  }

  async #consume(event: StoredEvent): Promise<void> {
    const known = this.#identities;
    const where = placeEvent(event, this.#named(event), known);
    const keys = where.subjects.map(subjectKey);
    // A relation that was learned meanwhile is locked in the next round; and so is what waits for a deadline.
    const ready =
      keys.every((key) => this.#locked.has(key) && !this.#stalled.has(key)) &&
      where.subjects.every((subject) => this.#drain(subject, event.at));
    if (!ready) {
      for (const key of keys) this.#stalled.add(key);
      return;
    }
    this.#current = event;
    this.#relations.consumed(event);
    this.#identities = where.identities;
    this.#world.follow(where.identities);
    this.#claims.push(...where.claims);
    this.#patches.push(...where.patches);
    this.#entries.push(...where.entries);
    const place = placeOfEvent(event);
    const late = where.apart.filter((subject) => isLate(place, this.#states.get(subjectKey(subject))!.head));
    if (where.joins || (late.length > 0 && where.patches.length > 0)) await this.#mergeLate();
    else for (const { patch } of where.patches) this.#world.merge(patch, place);
    if (where.joins) await this.#join(event, where, known);
    for (const subject of where.apart) {
      const state = this.#states.get(subjectKey(subject))!;
      this.#moved.add(subjectKey(subject));
      if (!event.undoneBy) this.#locked.get(subjectKey(subject))!.consumed++;
      if (late.includes(subject)) await this.#recompute(state, event);
      else if (!event.undoneBy)
        this.#after(state, applyEvent(this.#deployed.program, state, event, this.#world), event);
    }
    this.#verdicts.confirmations.consumed(this.#deployed.program, event, where, this.#world);
    this.#consumed.push(event);
  }

  /** A late write changes only what no later write has set (E6): the store knows which. */
  async #mergeLate(): Promise<void> {
    const patches = this.#patches.splice(0);
    for (const [key, traits] of await mergePatches(this.#client, patches)) {
      this.#world.replace(subjectOfKey<RecordType>(key), traits);
    }
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
      rows: this.#locked,
      states: this.#states,
      world: this.#world,
      entry: this.#entry,
      verdicts: this.#verdicts,
      readTo: (key) => this.#readTo(key),
      notify: (state, brought) => notifySubject(this.#entry, state, lateEvaluation(brought)),
    });
  }

  async #recompute(state: SubjectState, event: StoredEvent): Promise<void> {
    await insertTimelineEntries(this.#client, this.#entries.splice(0));
    if (this.#patches.length > 0) await this.#mergeLate();
    await recompute({
      client: this.#client,
      deployed: this.#deployed,
      upTo: this.#readTo(subjectKey(state.subject)),
      row: this.#locked.get(subjectKey(state.subject))!,
      state,
      event,
      alsoConsumed: this.#consumed,
      verdicts: this.#verdicts,
      enter: (firing, place, audience) => void enterFiring(firing, place, this.#entry, { audience }),
    });
    if (!event.undoneBy) notifySubject(this.#entry, state, lateEvaluation(event));
  }

  /**
   * Looks at the subject's deadlines before an instant, in their order. False where one of them cannot be looked at yet:
   * an event from before it may still be on its way, or is somebody else's.
   */
  #drain(subject: SubjectRef, before: Instant): boolean {
    const key = subjectKey(subject);
    const state = this.#states.get(key)!;
    for (let n = 0; n < MAX_DEADLINES; n++) {
      const dueAt = nextDueAt(state);
      if (dueAt === undefined || dueAt >= before) return true;
      const blockedAt = this.#blockedAt.get(key) ?? Number.POSITIVE_INFINITY;
      if (dueAt >= this.#claimed.settled || dueAt >= blockedAt || dueAt >= this.#frontier) return false;
      this.#moved.add(key);
      this.#deadlines++;
      this.#after(state, applyDeadlines(this.#deployed.program, state, dueAt, this.#world), undefined, dueAt);
    }
    return false;
  }

  #after(state: SubjectState, looked: EvaluationResult, event: TimelineEvent | undefined, dueAt?: Instant): void {
    const place = event ? placeOfEvent(event) : placeOfDeadline(dueAt!);
    const { subject } = state;
    for (const notice of looked.notices) {
      const own = slaEvent(subject, notice);
      if (own) this.#verdicts.systemEvents.push({ ...own, consumed: !this.#deployed.program.names.has(own.name) });
    }
    notifySubject(this.#entry, state, { place, event, looked, isLate: false });
    for (const { playbook, key } of looked.closedKeys) this.#verdicts.closed(subject, playbook, key, place.at);
    this.#verdicts.skipped.add(looked);
    for (const firing of looked.firings) enterFiring(firing, place, this.#entry);
  }
}
