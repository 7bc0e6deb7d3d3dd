/**
 * Virtual time: playbook tests, backtests and simulations run here, through the engine, the entry rules, the journey reducer and
 * the steps that production runs. Nothing here decides; it orders, and keeps what production keeps in PostgreSQL.
 *
 * One instant is walked in rounds of events, deadlines, journeys (E4); what journeys write makes a further round (E9).
 * Memory is bounded by subjects and what is open about them, not by events.
 */

import { afterEvaluation } from '../../evaluation/after-evaluation.ts';
import { enterFiring } from '../../evaluation/enter-firing.ts';
import { type SystemEvent, systemEventKey } from '../../evaluation/system-events.ts';
import type { Instant, SubjectRef } from '../../language/model.ts';
import { subjectKey } from '../../language/records/subject-key.ts';
import { type Place, placeOfDeadline, placeOfEvent, type TimelineEvent } from '../../language/records/timeline.ts';
import { isoInstant } from '../../language/time/instants.ts';
import { dropInert } from '../../triggers/engine/drop-state.ts';
import { applyDeadlines, applyEvent, seedRecord } from '../../triggers/engine/engine.ts';
import { type EvaluationResult, nextDueAt, type StateEntry, type SubjectState } from '../../triggers/engine/state.ts';
import { AWAITED_OWNER, traitOfOwner } from '../../triggers/index/owners.ts';
import { buildProgram, type TriggerProgram } from '../../triggers/index/program.ts';
import { PastEnrolments } from '../entry/past-enrolments.ts';
import { VirtualSession } from '../entry/virtual-session.ts';
import { VirtualJourneys } from '../journeys/journeys.ts';
import type { VirtualEnrolment } from '../journeys/virtual-enrolment.ts';
import { VirtualIdentities } from '../world/identities.ts';
import { VirtualWorld } from '../world/virtual-world.ts';
import { Agenda } from './agenda.ts';
import { EventReader } from './event-reader.ts';
import { startOf, VirtualSchedules } from './schedules.ts';
import { SystemEventSequence } from './system-events.ts';
import type { RunInput, RunLine } from './types.ts';

/** A playbook that feeds itself within one instant would never end it. */
const MAX_ROUNDS = 1_000;

/** Whose deadline comes: a subject's, a journey's, or that of timelines that will be one, by their name. */
type Appointed = SubjectState | VirtualEnrolment | string;

/** Runs to the end and hands every line to `onLine`, in the order in which things happen. */
export function run(input: RunInput, onLine: (line: RunLine) => void): void {
  new Run(input, onLine).toTheEnd();
}

class Run {
  readonly #input: RunInput;
  readonly #program: TriggerProgram;
  readonly #world: VirtualWorld;
  readonly #journeys: VirtualJourneys;
  readonly #session: VirtualSession;
  readonly #agenda = new Agenda<Appointed>();
  readonly #events: EventReader;
  readonly #schedules: VirtualSchedules;
  readonly #ownEvents = new SystemEventSequence();
  readonly #identities: VirtualIdentities;
  /** Subjects with a deadline of a kind that keeps a run open. */
  readonly #open = new Set<SubjectState>();
  readonly #readsSince = (subject: SubjectRef) => this.#journeys.readsSince(subject);
  #own: TimelineEvent[] = [];

  constructor(input: RunInput, onLine: (line: RunLine) => void) {
    this.#input = input;
    this.#program = buildProgram(input.versions, input.settings);
    this.#world = new VirtualWorld(this.#program, input.people);
    this.#events = new EventReader(input.events);
    for (const record of input.records) this.#world.merge(record);
    this.#schedules = new VirtualSchedules(this.#program, this.#world, startOf(input, this.#events.peek()));
    this.#identities = new VirtualIdentities(input, this.#program, this.#world);
    const past = new PastEnrolments((subject) => this.#identities.isMerging(subject));
    this.#journeys = new VirtualJourneys({
      world: this.#world,
      input,
      emit: onLine,
      write: (event, at) => this.#write(event, at),
      wake: (member, at) => this.#agenda.push(at, member),
      pending: () => this.#own,
      ended: (member, at) => past.ended(member, at),
    });
    this.#session = new VirtualSession({
      input,
      program: this.#program,
      world: this.#world,
      journeys: this.#journeys,
      past,
      identities: this.#identities,
      emit: onLine,
      write: (event, at) => this.#write(event, at),
      schedule: (state) => this.#schedule(state),
    });
    this.#identities.open({
      session: this.#session,
      journeys: this.#journeys,
      past,
      schedule: (state) => this.#schedule(state),
      scheduleJoint: (name, at) => this.#agenda.push(at, name),
    });
    this.#lookAtGiven();
  }

  /** What was there before anything happens has not turned, and its dates are waited for (V3). */
  #lookAtGiven(): void {
    const at = startOf(this.#input, this.#events.peek());
    for (const { type, id } of this.#input.records) {
      const state = this.#world.stateOf({ type, id });
      seedRecord(this.#program, state, this.#world, at);
      this.#schedule(state);
      this.#identities.given({ type, id }, at);
    }
  }

  toTheEnd(): void {
    for (let at = this.#nextAt(); at !== undefined && at <= (this.#input.until ?? at); at = this.#nextAt())
      this.#instant(at);
    for (const { firing } of this.#session.waits.left()) this.#session.refuse(firing, 'audience');
    for (const { firing } of this.#identities.left()) this.#session.refuse(firing, 'anonymous');
  }

  #nextAt(): Instant | undefined {
    const at = this.#appointedAt();
    const scheduledAt = this.#schedules.nextAt();
    // Without an end given, what repeats by the calendar does not keep a run open (V3).
    if (scheduledAt === undefined || (at === undefined && this.#input.until === undefined)) return at;
    return at === undefined ? scheduledAt : Math.min(at, scheduledAt);
  }

  #appointedAt(): Instant | undefined {
    const event = this.#events.peek();
    for (;;) {
      const appointment = this.#agenda.peek();
      if (!appointment) return event?.at;
      const reallyAt = this.#trulyAt(appointment.who);
      if (reallyAt !== appointment.at) {
        this.#agenda.pop();
        if (reallyAt !== undefined) this.#agenda.push(reallyAt, appointment.who);
        continue;
      }
      if (event && event.at <= appointment.at) return event.at;
      if (!event && this.#input.until === undefined && !this.#keepsOpen()) return undefined;
      return appointment.at;
    }
  }

  #trulyAt(who: Appointed): Instant | undefined {
    if (typeof who === 'string') return this.#identities.dueAt(who);
    return isState(who) ? nextDueAt(who) : this.#journeys.wakesAt(who);
  }

  /** True while a watch, a quiet spell, a clock or an enrolment has not run out. */
  #keepsOpen(): boolean {
    if (this.#journeys.someWait() || this.#open.size > 0) return true;
    // What somebody waits for may still be turned by an event that leaves a trait's window.
    for (const subject of this.#journeys.rows.watching()) {
      if (nextDueAt(this.#world.stateOf(subject)) !== undefined) return true;
    }
    return false;
  }

  #instant(at: Instant): void {
    for (let round = 0; round < MAX_ROUNDS; round++) {
      const events = this.#takeEvents(at);
      for (const event of events) this.#consume(event);
      const deadlines = this.#takeDue(at);
      for (const state of deadlines) this.#deadline(state, at);
      for (const firing of this.#schedules.take(at)) enterFiring(this.#session, firing, placeOfDeadline(at));
      const journeysMoved = this.#journeys.advanceAll(at);
      const moved = this.#decideDeferred() || journeysMoved;
      if (events.length === 0 && deadlines.length === 0 && !moved && this.#own.length === 0) return;
    }
    throw new Error(`more than ${MAX_ROUNDS} rounds at ${isoInstant(at)}: playbooks feed each other without end`);
  }

  #takeEvents(at: Instant): TimelineEvent[] {
    const events: TimelineEvent[] = [];
    for (let event = this.#events.peek(); event && event.at <= at; event = this.#events.peek()) {
      events.push(event);
      this.#events.take();
    }
    events.push(...this.#own);
    this.#own = [];
    return events;
  }

  #takeDue(at: Instant): SubjectState[] {
    let due: Set<SubjectState> | undefined;
    for (let next = this.#agenda.peek(); next && next.at <= at; next = this.#agenda.peek()) {
      const { who } = this.#agenda.pop()!;
      if (typeof who === 'string') this.#identities.deadline(who, at);
      else if (!isState(who)) this.#wake(who, at);
      else {
        const dueAt = nextDueAt(who);
        if (dueAt === undefined || dueAt > at) this.#schedule(who);
        else due = (due ?? new Set<SubjectState>()).add(who);
      }
    }
    return due ? [...due].sort((a, b) => (subjectKey(a.subject) < subjectKey(b.subject) ? -1 : 1)) : [];
  }

  #wake(member: VirtualEnrolment, at: Instant): void {
    const wakesAt = this.#journeys.wakesAt(member);
    if (wakesAt !== undefined && wakesAt > at) this.#agenda.push(wakesAt, member);
    else this.#journeys.wake(member);
  }

  #consume(event: TimelineEvent): void {
    const place = placeOfEvent(event);
    this.#identities.join(event);
    for (const patch of event.patches) {
      const own = this.#identities.patchOf(patch, place);
      this.#world.merge(own);
      this.#schedules.seen(own, event.at);
    }
    const named = this.#world.subjectsOf(event);
    for (const subject of this.#identities.subjectsOf(named, place)) {
      this.#world.append(subject, event, () => this.#identities.readsSince(subject, this.#readsSince));
      const state = this.#world.stateOf(subject);
      const looked = applyEvent(this.#program, state, event, this.#world);
      this.#after(state, looked, place, event);
    }
    this.#identities.see(event, named);
  }

  #deadline(state: SubjectState, at: Instant): void {
    const dueAt = nextDueAt(state);
    if (dueAt === undefined || dueAt > at) return;
    const looked = applyDeadlines(this.#program, state, at, this.#world);
    this.#after(state, looked, placeOfDeadline(at), undefined);
  }

  #after(state: SubjectState, looked: EvaluationResult, place: Place, event: TimelineEvent | undefined): void {
    const { subject } = state;
    this.#schedule(state);
    this.#journeys.rows.dropOver(subject, place.at);
    afterEvaluation(this.#session, { subject, place, event, result: looked });
    if (looked.noKey.length > 0 || looked.wrongTypes.size > 0) this.#input.onNoPart?.(looked, place.at);
    for (const missed of looked.missed ?? []) this.#input.onMissed?.({ ...missed, subject, at: place.at });
    dropInert(this.#program, state, place.at);
    state.touched.clear();
  }

  /** Firings for which a journey had not come far enough (N1). @returns whether there were any */
  #decideDeferred(): boolean {
    const deferred = this.#session.takeDeferred();
    for (const { firing, place, ...options } of deferred)
      enterFiring(this.#session, firing, place, { ...options, isDeferred: true });
    return deferred.length > 0;
  }

  #schedule(state: SubjectState): void {
    const dueAt = nextDueAt(state);
    if (dueAt !== undefined) this.#agenda.push(dueAt, state);
    if (dueAt !== undefined && this.#hasOpen(state)) this.#open.add(state);
    else this.#open.delete(state);
  }

  #hasOpen(state: SubjectState): boolean {
    for (const slot of state.slots.values()) {
      if (slot.dueAt !== undefined && this.#countsAsOpen(slot, state)) return true;
    }
    return false;
  }

  #countsAsOpen({ owner, state: kept }: StateEntry, { subject }: SubjectState): boolean {
    // Who waits keeps the run open, not that time may turn something for them.
    if (traitOfOwner(owner) !== undefined || owner === AWAITED_OWNER) return false;
    const arm = this.#program.subjects.get(subject.type)?.arms.get(owner);
    return arm?.condition.keepsOpen?.(arm.arm, kept as never) ?? true;
  }

  #write(event: SystemEvent, at: Instant): void {
    // What nobody names and what changes nothing is not read again (architecture, decision 2).
    if (!event.patches && !this.#program.names.has(event.name)) return;
    // What an earlier effect left in the history stays what it is, and is not told twice (V4).
    if (!event.patches && this.#input.written?.has(systemEventKey(event.name, event.properties))) return;
    this.#own.push(this.#ownEvents.place(event, at));
  }
}

function isState(who: SubjectState | VirtualEnrolment): who is SubjectState {
  return 'slots' in who;
}
