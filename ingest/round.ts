/**
 * One round of the evaluator: a transaction that claims pending events and due deadlines, consumes them per subject in
 * E4's order, and writes state, deadlines, firings and enrolments. What it cannot consume yet stays where it was.
 */
import type { Instant, RecordType, SubjectRef } from '../language/model.ts';
import { comparePlaces, placeOfDeadline, placeOfEvent, type TimelineEvent } from '../language/timeline.ts';
import type { Queryable } from '../store/database.ts';
import { claimPending, consumePending } from '../store/pending-events.ts';
import { mergePatches, type PlacedPatch } from '../store/records.ts';
import { type SubjectRow, writeHeads } from '../store/subjects.ts';
import { readEvents } from '../store/timeline.ts';
import { insertTimelineEntries } from '../store/timeline-entries.ts';
import { dueSubjects, writeStates } from '../store/trigger-states.ts';
import { applyDeadlines, applyEvent } from '../triggers/engine.ts';
import { type Looked, nextDueAt, type SubjectState } from '../triggers/state.ts';
import { BatchWorld } from './batch-world.ts';
import type { Deployed } from './deployed.ts';
import { type EntryContext, enter } from './entering.ts';
import { subjectsOf } from './event-subjects.ts';
import { type Claimed, frontierOf, type Loaded, loadBatch, type RoundLimits } from './load-batch.ts';
import { recompute } from './recompute.ts';
import { Verdicts } from './verdicts.ts';
import { subjectKey, tellWaiting } from './waiting.ts';

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
  const work: Claimed = { claimed, events, due, settled, limits };
  return new Batch(client, deployed, work, await loadBatch(client, work)).run();
}

/** Deadlines of one subject that one round walks at most: the rest is due in the next. */
const MOST_DEADLINES = 1_000;

class Batch {
  readonly #client: Queryable;
  readonly #deployed: Deployed;
  readonly #claimed: Claimed;
  readonly #locked: Map<string, SubjectRow>;
  readonly #states: Map<string, SubjectState>;
  readonly #world: BatchWorld;
  readonly #entry: EntryContext;
  readonly #verdicts: Verdicts;
  /** Deadlines behind this are somebody else's events' to wait for. */
  readonly #blockedAt: Map<string, Instant>;
  /** Behind a full batch there may be more events: deadlines beyond its last wait for those. */
  readonly #frontier: Instant;
  readonly #stalled = new Set<string>();
  readonly #consumed: TimelineEvent[] = [];
  readonly #patches: PlacedPatch[] = [];
  /** Places on timelines that records' traits name; those that the event itself names were written with it. */
  readonly #entries: { subject: SubjectRef; arrival: number }[] = [];
  readonly #moved = new Set<string>();
  #deadlines = 0;

  constructor(client: Queryable, deployed: Deployed, claimed: Claimed, loaded: Loaded) {
    this.#client = client;
    this.#deployed = deployed;
    this.#claimed = claimed;
    this.#locked = loaded.locked;
    this.#states = loaded.states;
    this.#blockedAt = loaded.blockedAt;
    this.#verdicts = new Verdicts();
    this.#world = new BatchWorld(deployed.program, deployed.people, loaded.records, loaded.states);
    this.#frontier = frontierOf(claimed);
    this.#entry = {
      program: deployed.program,
      deployments: deployed.deployments,
      world: this.#world,
      now: loaded.at,
      past: loaded.past,
      waiting: loaded.waiting,
      states: loaded.states,
      verdicts: this.#verdicts,
    };
  }

  async run(): Promise<RoundResult> {
    for (const event of this.#claimed.events) await this.#consume(event);
    for (const [key, row] of this.#locked) if (!this.#stalled.has(key)) this.#drain(row.subject, this.#claimed.settled);
    const client = this.#client;
    await mergePatches(client, this.#patches);
    await insertTimelineEntries(client, this.#entries);
    const moved = [...this.#moved].map((key) => this.#states.get(key)!);
    await writeStates(client, moved);
    await writeHeads(
      client,
      moved.flatMap((state) => (state.head ? [{ subject: state.subject, head: state.head }] : [])),
    );
    await consumePending(
      client,
      this.#consumed.map((event) => event.arrival),
    );
    await this.#verdicts.write(client);
    return {
      events: this.#consumed.length,
      deadlines: this.#deadlines,
      firings: this.#verdicts.firings.length,
      deferred: this.#claimed.events.length - this.#consumed.length,
    };
  }

  async #consume(event: TimelineEvent): Promise<void> {
    const subjects = subjectsOf(event, (type, id) => this.#world.traits(type, id));
    const keys = subjects.map(subjectKey);
    // A relation that was learned meanwhile is locked in the next round; and so is what waits for a deadline.
    const ready =
      keys.every((key) => this.#locked.has(key) && !this.#stalled.has(key)) &&
      subjects.every((subject) => this.#drain(subject, event.at));
    if (!ready) {
      for (const key of keys) this.#stalled.add(key);
      return;
    }
    const { at, receivedAt, arrival } = event;
    for (const patch of event.patches) this.#patches.push({ patch, at, receivedAt, arrival });
    const place = placeOfEvent(event);
    const late = subjects.filter((subject) => {
      const { head } = this.#states.get(subjectKey(subject))!;
      return head !== undefined && comparePlaces(place, head) < 0;
    });
    if (late.length > 0 && event.patches.length > 0) await this.#mergeLate();
    else for (const patch of event.patches) this.#world.merge(patch);
    for (const subject of subjects) {
      const isNamed = event.subjects.some((named) => subjectKey(named) === subjectKey(subject));
      if (!isNamed) this.#entries.push({ subject, arrival });
    }
    for (const subject of subjects) {
      const state = this.#states.get(subjectKey(subject))!;
      this.#moved.add(subjectKey(subject));
      if (late.includes(subject)) await this.#recompute(state, event);
      else this.#after(state, applyEvent(this.#deployed.program, state, event, this.#world), event);
    }
    this.#consumed.push(event);
  }

  /** A late write changes only what no later write has set (E6): the store knows which. */
  async #mergeLate(): Promise<void> {
    const patches = this.#patches.splice(0);
    for (const [key, traits] of await mergePatches(this.#client, patches)) {
      const [type, ...id] = key.split('/');
      this.#world.replace({ type: type as RecordType, id: id.join('/') }, traits);
    }
  }

  async #recompute(state: SubjectState, event: TimelineEvent): Promise<void> {
    await insertTimelineEntries(this.#client, this.#entries.splice(0));
    await recompute({
      client: this.#client,
      deployed: this.#deployed,
      state,
      event,
      alsoConsumed: this.#consumed,
      verdicts: this.#verdicts,
      enter: (firing, place) => {
        enter(firing, place, this.#entry);
      },
    });
    tellWaiting(this.#entry.waiting.get(subjectKey(state.subject)) ?? [], {
      world: this.#world,
      state,
      place: placeOfEvent(event),
      event,
      looked: { firings: [], notices: [], noKey: [], traits: [] },
      zone: this.#deployed.program.settings.timeZone,
      verdicts: this.#verdicts,
    });
  }

  /**
   * Looks at the subject's deadlines before an instant, in their order. False where one of them cannot be looked at yet:
   * an event from before it may still be on its way, or is somebody else's.
   */
  #drain(subject: SubjectRef, before: Instant): boolean {
    const key = subjectKey(subject);
    const state = this.#states.get(key)!;
    for (let n = 0; n < MOST_DEADLINES; n++) {
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

  #after(state: SubjectState, looked: Looked, event: TimelineEvent | undefined, dueAt?: Instant): void {
    const place = event ? placeOfEvent(event) : placeOfDeadline(dueAt!);
    const { subject } = state;
    for (const { policy, clock, change } of looked.notices) {
      const { kind, at, startEvent, ...more } = change;
      if (kind === 'marked' || kind === 'retargeted') continue;
      const properties = { policy, clock, at: new Date(at).toISOString(), start_event: startEvent, ...more };
      this.#verdicts.own.push({
        name: `sla.${kind}`,
        subjects: [subject],
        properties,
        messageId: `sla.${kind}:${subjectKey(subject)}:${policy}.${clock}#${change.instance}:${at}`,
        consumed: !this.#deployed.program.names.has(`sla.${kind}`),
      });
    }
    tellWaiting(this.#entry.waiting.get(subjectKey(subject)) ?? [], {
      world: this.#world,
      state,
      place,
      event,
      looked,
      zone: this.#deployed.program.settings.timeZone,
      verdicts: this.#verdicts,
    });
    for (const firing of looked.firings) enter(firing, place, this.#entry);
  }
}
