/**
 * Late arrival: events reach the machine in the order of their arrival, while its deadlines pass with the clock. What
 * comes late is walked again from a checkpoint and reconciled (E5); what is then not undone must be what the whole
 * history gives, and the state must be the one of the order.
 */
import { enrolmentIdOf } from '../../language/hash.ts';
import { comparePlaces, type Place, placeOfEvent, type TimelineEvent } from '../../language/records/timeline.ts';
import { emptyState, type SubjectState } from '../../triggers/engine/state.ts';
import { triggerWindowMs } from '../../triggers/history/horizon.ts';
import { type MadeFiring, reconcile } from '../../triggers/history/reconcile.ts';
import { isLate, type ReplayResult, replay, type Seed, startOfReplay } from '../../triggers/history/replay.ts';
import type { HistoryEvent } from './history.ts';
import { giveTraits, type Machine, type MachineFiring, restart, subjectOf, timelineEvent, worldOf } from './machine.ts';

interface Checkpoint {
  place: Place;
  state: SubjectState;
}

export interface PlayedLate {
  firings: MachineFiring[];
  state: SubjectState;
  /** Events that stood before what had been consumed. */
  late: number;
}

/** @param restarts whether, before a step, state and checkpoints are written out and read again */
export function playLate(
  machine: Machine,
  history: readonly HistoryEvent[],
  until: number,
  restarts: (step: number) => boolean,
): PlayedLate {
  return new Shell(machine, history).play(until, restarts);
}

/** What production keeps of one subject in PostgreSQL: its state, checkpoints, events, and the firings that were made. */
class Shell {
  readonly #machine: Machine;
  readonly #arriving: TimelineEvent[];
  readonly #given = new Map<string, MachineFiring>();
  #known: TimelineEvent[] = [];
  #made: MadeFiring[] = [];
  #checkpoints: Checkpoint[] = [];
  #state: SubjectState;
  #late = 0;

  constructor(machine: Machine, history: readonly HistoryEvent[]) {
    this.#machine = machine;
    this.#arriving = history.map((event) => timelineEvent(event, machine.of)).sort((a, b) => a.arrival - b.arrival);
    this.#state = emptyState(subjectOf(machine.of));
    if (history[0]) giveTraits(machine, this.#state, history[0].at);
    if (this.#state.slots.size > 0) this.#checkpoints.push({ place: behind(0), state: this.#state });
  }

  play(until: number, restarts: (step: number) => boolean): PlayedLate {
    this.#arriving.forEach((event, step) => {
      if (restarts(step)) this.#restart();
      // By the time at which it arrives, earlier deadlines have been evaluated.
      this.#take(this.#walk(this.#state, [], behind(event.receivedAt)));
      this.#known = [...this.#known, event].sort((a, b) => comparePlaces(placeOfEvent(a), placeOfEvent(b)));
      if (isLate(placeOfEvent(event), this.#state.head)) this.#recompute(event);
      else this.#take(this.#walk(this.#state, [event], placeOfEvent(event)));
      if (step % 3 === 2) this.#checkpoints.push({ place: this.#state.head!, state: this.#state });
    });
    this.#take(this.#walk(this.#state, [], behind(until + 1)));
    const standing = this.#made.filter((made) => !made.isUndone || made.standsFor);
    const firings = standing.map((made) => this.#given.get(made.standsFor?.id ?? made.id)!);
    return { firings, state: this.#state, late: this.#late };
  }

  #walk(from: SubjectState, events: readonly TimelineEvent[], until: Place): ReplayResult {
    const walked = replay({
      program: this.#machine.program,
      from,
      items: events.map((event) => ({ kind: 'event', event })),
      worldOf: (state) => worldOf(this.#machine, this.#known, state),
      until,
    });
    for (const { firing } of walked.fired) this.#given.set(enrolmentIdOf(firing), firing);
    return walked;
  }

  /** What the present gives is made: one firing of each id (N3). */
  #take({ state, fired }: ReplayResult): void {
    this.#state = state;
    for (const { firing } of standingOf(fired)) this.#make(firing, enrolmentIdOf(firing));
  }

  #make(firing: Seed['firing'], id: string): void {
    const known = this.#made.find((made) => made.id === id);
    // A firing that was undone counts again when a later walk gives it.
    if (known?.isUndone) Object.assign(known, { isUndone: false, standsFor: undefined });
    if (known) return;
    const { playbook, key, at, givenAt, trigger } = firing;
    const mark = typeof trigger.mark === 'string' ? trigger.mark : undefined;
    this.#made.push({ id, playbook, key, at, givenAt, mark, isUndone: false });
  }

  #recompute(event: TimelineEvent): void {
    this.#late++;
    const place = placeOfEvent(event);
    this.#checkpoints = this.#checkpoints.filter((one) => comparePlaces(one.place, place) < 0);
    // Of an earlier instant: what fired in the late event's own must be given again, or it would count as gone.
    const checkpoint = this.#checkpoints.findLast((one) => one.place.at < event.at);
    const from = startOfReplay(this.#state.subject, checkpoint?.state, this.#state);
    const items = this.#known.filter((e) => !checkpoint || comparePlaces(placeOfEvent(e), checkpoint.place) > 0);
    const walked = this.#walk(from, items, behind(event.receivedAt));
    const head = this.#state.head;
    this.#state = walked.state;
    if (head && (!walked.state.head || comparePlaces(walked.state.head, head) < 0)) this.#state.head = head;
    const found = reconcile(this.#made, standingOf(walked.fired), { place }, (firing) =>
      triggerWindowMs(this.#machine.program.versions.get(firing.version)!),
    );
    for (const { made } of found.restored) Object.assign(made, { isUndone: false, standsFor: undefined });
    for (const made of found.undone) Object.assign(made, { isUndone: true, standsFor: undefined });
    for (const { made, to } of found.moved) Object.assign(made, { isUndone: true, standsFor: to });
    for (const { firing, id } of found.fresh) this.#make(firing, id);
  }

  #restart(): void {
    restart(this.#state);
    for (const checkpoint of this.#checkpoints) restart(checkpoint.state);
    this.#made = JSON.parse(JSON.stringify(this.#made));
  }
}

/** What another mark of the instant overtook is only recorded (T13). */
function standingOf(given: readonly Seed[]): Seed[] {
  return given.filter(({ firing }) => !firing.overtaken);
}

/** Before the events of an instant, and so after every deadline of earlier instants. */
function behind(at: number): Place {
  return { at, round: 0, phase: 'events', receivedAt: Number.NEGATIVE_INFINITY, arrival: 0 };
}
