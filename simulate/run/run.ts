/**
 * Virtual time: playbook tests, backtests and simulations run here, through the engine, the entry rules, the journey reducer and
 * the steps that production runs. Nothing here decides; it orders, and holds what production holds in PostgreSQL.
 *
 * One instant is played in rounds of events, deadlines, journeys (E4); what journeys write makes a further round (E9).
 * Memory is bounded by subjects and what is open about them, not by events.
 */

import { afterEvaluation } from '../../evaluation/after-evaluation.ts';
import { enterFiring } from '../../evaluation/enter-firing.ts';
import type { Instant, SubjectRef } from '../../language/model.ts';
import { eventOn } from '../../language/records/event-timelines.ts';
import { subjectKey } from '../../language/records/subject-key.ts';
import { type Place, placeOfDeadline, placeOfEvent, type TimelineEvent } from '../../language/records/timeline.ts';
import { dropInert } from '../../triggers/engine/drop-state.ts';
import { applyDeadlines, applyEvent, seedRecord } from '../../triggers/engine/engine.ts';
import { type EvaluationResult, nextDueAt, type StateEntry, type SubjectState } from '../../triggers/engine/state.ts';
import { AWAITED_OWNER, playbookOfOwner, traitOfOwner } from '../../triggers/index/owners.ts';
import type { TriggerProgram } from '../../triggers/index/program.ts';
import type { VirtualSession } from '../entry/virtual-session.ts';
import type { VirtualJourneys } from '../journeys/journeys.ts';
import type { VirtualEnrolment } from '../journeys/virtual-enrolment.ts';
import type { VirtualIdentities } from '../world/identities.ts';
import type { VirtualWorld } from '../world/virtual-world.ts';
import { Agenda } from './agenda.ts';
import { EndWatch } from './endless.ts';
import { EventReader } from './event-reader.ts';
import { openParts } from './parts.ts';
import { startOf, VirtualSchedules } from './schedules.ts';
import type { SystemEventQueue } from './system-events.ts';
import type { RunInput, RunLine } from './types.ts';

/** Rings of playbooks end sooner (N1); what else may never end an instant does not either. */
const MAX_ROUNDS = 1_000;

/** What has a deadline: a subject, a journey, or timelines that will be merged, by their name. */
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
  readonly #systemEvents: SystemEventQueue;
  readonly #identities: VirtualIdentities;
  readonly #endWatch = new EndWatch();
  /** Subjects with a deadline of a kind that keeps a run open. */
  readonly #open = new Set<SubjectState>();
  /** Since when a journey, or a firing that waits for its audience, may read a subject's timeline. */
  readonly #readsSince = (subject: SubjectRef) => {
    const journeys = this.#journeys.readsSince(subject);
    const waits = this.#session.waits.of(subject).map(({ firing }) => firing.at);
    return waits.length === 0 ? journeys : Math.min(journeys ?? Number.POSITIVE_INFINITY, ...waits);
  };

  constructor(input: RunInput, onLine: (line: RunLine) => void) {
    this.#input = input;
    const parts = openParts(input, {
      emit: (line) => {
        if (line.type === 'enrolment') this.#endWatch.fired(line, this.#isOver());
        onLine(line);
      },
      schedule: (state) => this.#schedule(state),
      appoint: (who, at) => this.#agenda.push(at, who),
    });
    this.#program = parts.program;
    this.#world = parts.world;
    this.#systemEvents = parts.systemEvents;
    this.#identities = parts.identities;
    this.#journeys = parts.journeys;
    this.#session = parts.session;
    this.#events = new EventReader(input.events);
    this.#schedules = new VirtualSchedules(this.#program, this.#world, startOf(input, this.#events.peek()));
    this.#seedRecords();
  }

  /** Records that are there before anything happens have not turned, and their dates are scheduled (V3). */
  #seedRecords(): void {
    const at = startOf(this.#input, this.#events.peek());
    for (const { type, id } of this.#input.records) {
      const state = this.#world.stateOf({ type, id });
      seedRecord(this.#program, state, this.#world, at);
      this.#schedule(state);
      this.#identities.given({ type, id }, at);
    }
  }

  /** Nothing more comes in, and no end is given. */
  #isOver(): boolean {
    return this.#input.until === undefined && this.#events.peek() === undefined;
  }

  toTheEnd(): void {
    for (let at = this.#nextAt(); at !== undefined && at <= (this.#input.until ?? at); at = this.#nextAt())
      this.#instant(at);
    for (const { firing } of this.#session.waits.left()) this.#session.refuse(firing, 'audience');
    for (const { firing } of this.#identities.left()) this.#session.refuse(firing, 'anonymous');
    const { onStillDue } = this.#input;
    if (onStillDue && this.#isOver()) for (const playbook of this.#stillDue()) onStillDue(playbook);
  }

  /** Playbooks with a deadline that did not keep the run open (V3). */
  #stillDue(): Set<string> {
    const playbooks = new Set(this.#schedules.playbooks());
    for (const { slots } of this.#world.states()) {
      for (const { owner, dueAt } of slots.values()) {
        const playbook = dueAt === undefined ? undefined : playbookOfOwner(owner);
        if (playbook !== undefined) playbooks.add(playbook);
      }
    }
    return playbooks;
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
    // What enrolments wait for may still be turned by an event that leaves a trait's window.
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
      if (events.length === 0 && deadlines.length === 0 && !moved && this.#systemEvents.pending.length === 0) return;
    }
    throw this.#endWatch.endlessInstant(at, MAX_ROUNDS);
  }

  #takeEvents(at: Instant): TimelineEvent[] {
    const events: TimelineEvent[] = [];
    for (let event = this.#events.peek(); event && event.at <= at; event = this.#events.peek()) {
      events.push(event);
      this.#events.take();
    }
    events.push(...this.#systemEvents.take());
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
    const joined = this.#identities.join(event);
    for (const patch of event.patches) {
      const own = this.#identities.patchOf(patch, place);
      if (!own) continue;
      this.#world.merge(own);
      this.#schedules.seen(own, event.at);
    }
    for (const one of joined) this.#identities.enter(one);
    const named = this.#world.subjectsOf(event);
    for (const timeline of this.#identities.timelinesOf(named, place)) {
      const { subject } = timeline;
      this.#world.append(subject, event, () => this.#identities.readsSince(subject, this.#readsSince));
      const state = this.#world.stateOf(subject);
      const result = applyEvent(this.#program, state, eventOn(event, timeline), this.#world);
      this.#input.onConsumed?.({ event, subject, world: this.#world });
      this.#after(state, result, place, event);
    }
    this.#identities.see(event, named);
  }

  #deadline(state: SubjectState, at: Instant): void {
    const dueAt = nextDueAt(state);
    if (dueAt === undefined || dueAt > at) return;
    const result = applyDeadlines(this.#program, state, at, this.#world);
    this.#after(state, result, placeOfDeadline(at), undefined);
  }

  #after(state: SubjectState, result: EvaluationResult, place: Place, event: TimelineEvent | undefined): void {
    const { subject } = state;
    this.#schedule(state);
    if (!this.#identities.mergesFrom(subject, place.at)) this.#journeys.rows.dropOver(subject, place.at);
    afterEvaluation(this.#session, { subject, place, event, result });
    if (result.noKey.length > 0 || result.wrongTypes.size > 0) this.#input.onNoPart?.(result, place.at);
    for (const missed of result.missed ?? []) this.#input.onMissed?.({ ...missed, subject, at: place.at });
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
    // Enrolments that wait keep the run open, not that time may turn something for them.
    if (traitOfOwner(owner) !== undefined || owner === AWAITED_OWNER) return false;
    const arm = this.#program.subjects.get(subject.type)?.arms.get(owner);
    return arm?.condition.keepsOpen?.(arm.arm, kept as never) ?? true;
  }
}

function isState(who: SubjectState | VirtualEnrolment): who is SubjectState {
  return 'slots' in who;
}
