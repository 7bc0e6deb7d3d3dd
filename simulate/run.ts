/**
 * Virtual time: playbook tests, backtests and simulations run here, through the engine, the entry rules, the journey reducer and
 * the steps that production runs. Nothing here decides; it orders, and keeps what production keeps in PostgreSQL.
 *
 * One instant is walked in rounds of events, deadlines, journeys (E4); what journeys write makes a further round (E9).
 */
import { enrolmentIdOf } from '../language/hash.ts';
import type { Instant, Json, SubjectRef } from '../language/model.ts';
import { type Place, placeOfDeadline, placeOfEvent, type TimelineEvent } from '../language/timeline.ts';
import { asksAnew, matchEvent, watchesState } from '../triggers/awaits.ts';
import { applyDeadlines, applyEvent } from '../triggers/engine.ts';
import { decideEntry, type PastEnrolment } from '../triggers/entry.ts';
import { PLAYBOOK_OWNER_PREFIX, TRAIT_OWNER_PREFIX } from '../triggers/owners.ts';
import { buildProgram, type TriggerProgram } from '../triggers/program.ts';
import { holdsAt, lookedAt, type View } from '../triggers/situation.ts';
import { type Firing, type Looked, nextDueAt, type SubjectState } from '../triggers/state.ts';
import { contactOf, unreachable } from '../workflows/gates/at-entry.ts';
import { Agenda } from './agenda.ts';
import { VirtualJourneys } from './journeys.ts';
import type { Member } from './member.ts';
import { type OwnEvent, ownEvent } from './own-events.ts';
import type { RunInput, RunLine } from './types.ts';
import { behindStart } from './virtual-facts.ts';
import { VirtualWorld } from './virtual-world.ts';

/** A playbook that feeds itself within one instant would never end it. */
const MOST_ROUNDS = 1_000;

/** Runs to the end and hands every line to `onLine`, in the order in which things happen. */
export function run(input: RunInput, onLine: (line: RunLine) => void): void {
  new Run(input, onLine).toTheEnd();
}

class Run {
  readonly #input: RunInput;
  readonly #onLine: (line: RunLine) => void;
  readonly #program: TriggerProgram;
  readonly #world: VirtualWorld;
  readonly #journeys: VirtualJourneys;
  readonly #agenda = new Agenda();
  readonly #past = new Map<string, (PastEnrolment & { member?: Member })[]>();
  #own: TimelineEvent[] = [];
  #next = 0;
  #arrival: number;

  constructor(input: RunInput, onLine: (line: RunLine) => void) {
    this.#input = input;
    this.#onLine = onLine;
    this.#program = buildProgram(input.versions, input.settings);
    this.#world = new VirtualWorld(this.#program, input.people);
    this.#arrival = input.events.reduce((most, event) => Math.max(most, event.arrival), 0);
    for (const record of input.records) this.#world.merge(record);
    this.#journeys = new VirtualJourneys({
      world: this.#world,
      input,
      emit: onLine,
      write: (event, at) => this.#write(event, at),
      wake: (member, at) => this.#agenda.push({ at, kind: 'journey', id: member.name }),
      pending: () => this.#own,
    });
  }

  toTheEnd(): void {
    for (;;) {
      const at = this.#nextAt();
      if (at === undefined || (this.#input.until !== undefined && at > this.#input.until)) return;
      this.#instant(at);
    }
  }

  #nextAt(): Instant | undefined {
    const event = this.#input.events[this.#next];
    for (;;) {
      const appointment = this.#agenda.peek();
      if (!appointment) return event?.at;
      if (this.#isStale(appointment.kind, appointment.id, appointment.at)) {
        this.#agenda.pop();
        continue;
      }
      if (event && event.at <= appointment.at) return event.at;
      // Without an end given, what repeats by the calendar does not keep a run open (V3).
      if (!event && this.#input.until === undefined && !this.#keepsOpen()) return undefined;
      return appointment.at;
    }
  }

  #isStale(kind: string, id: string, at: Instant): boolean {
    if (kind === 'journey') return this.#journeys.wakesAt(id) !== at;
    const [type, ...rest] = id.split('/');
    const state = this.#world.stateOf({ type: type as SubjectRef['type'], id: rest.join('/') });
    return nextDueAt(state) !== at;
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

  /** Subjects with a deadline of a kind that keeps a run open. */
  readonly #open = new Set<string>();

  #instant(at: Instant): void {
    for (let round = 0; round < MOST_ROUNDS; round++) {
      const events = this.#takeEvents(at);
      for (const event of events) this.#consume(event);
      const deadlines = this.#takeDue(at);
      for (const state of deadlines) this.#deadline(state, at);
      const moved = this.#journeys.advanceAll(at);
      if (events.length === 0 && deadlines.length === 0 && !moved && this.#own.length === 0) return;
    }
    throw new Error(
      `more than ${MOST_ROUNDS} rounds at ${new Date(at).toISOString()}: playbooks feed each other without end`,
    );
  }

  #takeEvents(at: Instant): TimelineEvent[] {
    const events: TimelineEvent[] = [];
    for (
      let event = this.#input.events[this.#next];
      event && event.at <= at;
      event = this.#input.events[++this.#next]
    ) {
      events.push(event);
    }
    events.push(...this.#own);
    this.#own = [];
    return events;
  }

  #takeDue(at: Instant): SubjectState[] {
    const due = new Map<string, SubjectState>();
    for (let next = this.#agenda.peek(); next && next.at <= at; next = this.#agenda.peek()) {
      this.#agenda.pop();
      if (next.kind === 'journey') this.#journeys.wake(next.id);
      else {
        const [type, ...rest] = next.id.split('/');
        const state = this.#world.stateOf({ type: type as SubjectRef['type'], id: rest.join('/') });
        if ((nextDueAt(state) ?? Number.POSITIVE_INFINITY) <= at) due.set(next.id, state);
      }
    }
    return [...due.keys()].sort().map((key) => due.get(key)!);
  }

  #consume(event: TimelineEvent): void {
    for (const patch of event.patches) this.#world.merge(patch);
    for (const subject of this.#world.subjectsOf(event)) {
      this.#world.append(subject, event);
      const state = this.#world.stateOf(subject);
      const looked = applyEvent(this.#program, state, event, this.#world);
      this.#after(state, looked, placeOfEvent(event), event);
    }
  }

  #deadline(state: SubjectState, at: Instant): void {
    const dueAt = nextDueAt(state);
    if (dueAt === undefined || dueAt > at) return;
    const looked = applyDeadlines(this.#program, state, at, this.#world);
    this.#after(state, looked, placeOfDeadline(at), undefined);
  }

  #after(state: SubjectState, looked: Looked, place: Place, event: TimelineEvent | undefined): void {
    const { subject } = state;
    this.#schedule(state);
    for (const notice of looked.notices) {
      const { change, ...named } = notice;
      const { kind, at: changedAt, ...more } = change;
      if (kind === 'marked' || kind === 'retargeted') continue;
      this.#write(
        { name: `sla.${kind}`, subject, properties: { ...named, ...more } as { [name: string]: Json } },
        changedAt,
      );
    }
    this.#tellWaiting(subject, place, event, looked);
    for (const firing of looked.firings) this.#enter(firing, place);
    state.touched.clear();
  }

  #schedule(state: SubjectState): void {
    const id = `${state.subject.type}/${state.subject.id}`;
    const dueAt = nextDueAt(state);
    if (dueAt !== undefined) this.#agenda.push({ at: dueAt, kind: 'deadline', id });
    if ([...state.slots.values()].some((slot) => slot.dueAt !== undefined && this.#countsAsOpen(slot.owner, state))) {
      this.#open.add(id);
    } else this.#open.delete(id);
  }

  #countsAsOpen(owner: string, state: SubjectState): boolean {
    if (owner.startsWith(TRAIT_OWNER_PREFIX)) return false;
    if (!owner.startsWith(PLAYBOOK_OWNER_PREFIX)) return true;
    return this.#program.subjects.get(state.subject.type)?.arms.get(owner)?.arm.kind !== 'drop';
  }

  /** Shows a look to everything that waits on the subject's timeline: goals before exits, what is both is the goal. */
  #tellWaiting(subject: SubjectRef, place: Place, event: TimelineEvent | undefined, looked: Looked): void {
    const { rows, facts } = this.#journeys;
    rows.dropOver(subject, place.at);
    for (const row of rows.of(subject)) {
      const { subscription, member } = row;
      const zone = member.version.playbook.timeZone ?? this.#input.settings.timeZone;
      const view: View = { world: this.#world, subject, place, zone, ...(event && { event }) };
      let found = event && matchEvent(event.own ? behindStart(subscription) : subscription, event, view);
      if (!found && watchesState(subscription.arms)) {
        const state = facts.state(row, view);
        subscription.held = state.held;
        found = state.found;
      }
      if (found) this.#journeys.found(row, found);
      else if (asksAnew(subscription, looked.notices)) this.#journeys.look(row, place.at);
    }
  }

  #enter(firing: Firing, place: Place): void {
    const version = this.#program.versions.get(firing.version)!;
    const { playbook } = version;
    const { subject, key, at, evidence } = firing;
    this.#onLine({ type: 'firing', playbook: firing.playbook, subject, key, at, evidence });
    const zone = playbook.timeZone ?? this.#input.settings.timeZone;
    const view: View = { world: this.#world, subject, place, trigger: firing.trigger, zone };
    const past = this.#pastOf(firing);
    const contact = playbook.onlyMarketing ? contactOf(this.#world, subject, place) : undefined;
    const suppressionOf = (id: string) => this.#journeys.facts.suppressionOf(id);
    const verdict = decideEntry(playbook, firing, {
      now: firing.at,
      status: 'active',
      deployedAt: Number.NEGATIVE_INFINITY,
      settings: this.#input.settings,
      past: past.map((p) => (p.member ? { ...p, open: p.member.open, nextAt: p.member.nextAt } : p)),
      audience: playbook.audience
        ? { holds: holdsAt(view, playbook.audience), looked: lookedAt(view, playbook.audience) }
        : { holds: true, looked: {} },
      refusedContact: contact && unreachable(version, contact, suppressionOf),
      holdout: this.#input.holdout,
    });
    if (verdict.enter === 'kept') throw new Error('in virtual time no journey lags behind its timeline');
    const id = enrolmentIdOf(firing);
    const refused = verdict.enter ? null : verdict.reason;
    this.#onLine({
      type: 'enrolment',
      playbook: firing.playbook,
      subject,
      key,
      at,
      id,
      refused,
      looked: verdict.enter ? {} : verdict.looked,
    });
    if (!verdict.enter) return;
    const member = this.#journeys.start(id, version, firing, verdict.ghost);
    const mark = typeof firing.trigger.mark === 'string' ? firing.trigger.mark : undefined;
    past.push({ key, startedAt: at, open: true, nextAt: at, mark, member });
  }

  #pastOf(firing: Firing): (PastEnrolment & { member?: Member })[] {
    const id = `${firing.playbook}/${firing.subject.type}/${firing.subject.id}`;
    let past = this.#past.get(id);
    if (!past) this.#past.set(id, (past = []));
    return past;
  }

  #write(event: OwnEvent, at: Instant): void {
    // What nobody names and what changes nothing is not read again (architecture, decision 2).
    if (!event.patch && !this.#program.names.has(event.name)) return;
    this.#own.push(ownEvent(event, at, ++this.#arrival));
  }
}
