/** Identity merges in virtual time (E6): to which contacts an event belongs, and what a merge does. */
import { afterLateEvent } from '../../evaluation/after-evaluation.ts';
import { enterFiring } from '../../evaluation/enter-firing.ts';
import { storeThreshold } from '../../evaluation/subscriptions.ts';
import { enrolmentIdOf } from '../../language/hash.ts';
import type { Instant, SubjectRef } from '../../language/model.ts';
import { type EventTimeline, eventOn, patchOn, timelinesOfEvent } from '../../language/records/event-timelines.ts';
import { IdentityLinks, type Merge } from '../../language/records/identity-links.ts';
import { placedPatch } from '../../language/records/suppression.ts';
import { type Place, placeOfEvent, type TimelineEvent, type TraitPatch } from '../../language/records/timeline.ts';
import { type Firing, inherited, nextDueAt, putStateEntry, type SubjectState } from '../../triggers/engine/state.ts';
import { isOvertaking } from '../../triggers/entry/audience-wait.ts';
import { type TriggerProgram, zoneOf } from '../../triggers/index/program.ts';
import type { PastEnrolments } from '../entry/past-enrolments.ts';
import type { VirtualSession } from '../entry/virtual-session.ts';
import type { VirtualJourneys } from '../journeys/journeys.ts';
import type { RunInput } from '../run/types.ts';
import { MergedTimeline, MergedTimelines, nameOf } from './merged-timelines.ts';
import type { VirtualWorld } from './virtual-world.ts';

/** A firing of an anonymous subject that waits for its merge. */
interface Waiting {
  firing: Firing;
  /** A goal or an exit of its playbook came after it (N1). */
  isOvertaken: boolean;
}

/** At most as many of one subject: beyond them the oldest waits no longer. */
const MAX_OF_SUBJECT = 1_000;

/** A merge of which records and states are one already. */
export interface Joined {
  merge: Merge;
  /** Whether both timelines together gave a firing. */
  gives(firing: Firing): boolean;
}

export interface MergePorts {
  session: VirtualSession;
  journeys: VirtualJourneys;
  past: PastEnrolments;
  /** A state has other deadlines now. */
  schedule(state: SubjectState): void;
  scheduleMerged(name: string, at: Instant): void;
}

export class VirtualIdentities {
  readonly #identities: IdentityLinks;
  /** No contacts are merged: every id is its own. */
  readonly #isPlain: boolean;
  readonly #merged: MergedTimelines;
  readonly #waiting = new Map<string, Waiting[]>();
  /** Ids of firings without evidence, of contacts into which others will be merged. */
  readonly #own = new Set<string>();
  #ports: MergePorts | undefined;

  constructor({ claims = [] }: Pick<RunInput, 'claims'>, program: TriggerProgram, world: VirtualWorld) {
    this.#identities = new IdentityLinks(claims);
    this.#isPlain = claims.length === 0;
    this.#merged = new MergedTimelines(this.#identities, (merge) => new MergedTimeline(program, world, merge));
  }

  open(ports: MergePorts): void {
    this.#ports = ports;
  }

  /** Whether the contact will be merged into another, or another into it. */
  isMerging({ type, id }: SubjectRef): boolean {
    return (
      type === 'contact' && (this.#identities.endOf(id) !== undefined || this.#identities.mergesInto(id).length > 0)
    );
  }

  /** The last merge of the contact, or of those that it becomes; undefined where there is none. */
  lastMergeAt(subject: SubjectRef): Instant | undefined {
    if (!this.isMerging(subject)) return undefined;
    const merges: Merge[] = [...this.#identities.mergesInto(subject.id)];
    for (let end = this.#identities.endOf(subject.id); end; end = this.#identities.endOf(end.into))
      merges.push(...this.#identities.mergesInto(end.into));
    return Math.max(...merges.map(({ place }) => place.at));
  }

  /** Whether a merge of the contact is still to come: it may bring a goal from within its time, also when that is over (E6). */
  mergesFrom(subject: SubjectRef, at: Instant): boolean {
    const last = this.lastMergeAt(subject);
    return last !== undefined && last >= at;
  }

  /** A record that is there before anything happens, for the timelines that will be merged with its own. */
  given(subject: SubjectRef, at: Instant): void {
    if (subject.type !== 'contact') return;
    for (const merged of this.#merged.of(subject.id, { at, round: 0, phase: 'events', receivedAt: at, arrival: 0 })) {
      merged.given(at);
      this.#scheduleMerged(merged);
    }
  }

  /** The next deadline of a merged timeline. */
  dueAt(name: string): Instant | undefined {
    const merged = this.#merged.named(name);
    return merged && nextDueAt(merged.state);
  }

  deadline(name: string, at: Instant): void {
    const merged = this.#merged.named(name);
    if (!merged) return;
    merged.deadline(at);
    this.#scheduleMerged(merged);
  }

  /** What an event writes, at the record of the contact that owns the id at its place; undefined for what stays behind. */
  patchOf(patch: TraitPatch, place: Place): TraitPatch | undefined {
    if (this.#isPlain || patch.type !== 'contact') return patch;
    const owner = this.#identities.ownerAt(patch.id, place);
    // By what its owner's own record says, on the timelines that it will be merged into as well.
    const traits = placedPatch(patch.traits, this.#ports?.session.world.traits('contact', owner));
    for (const { id, via } of this.#identities.ownerships(patch.id, place)) {
      if (!patchOn(patch, id)) continue;
      for (const merged of this.#merged.of(id, place, via)) merged.write(traits);
    }
    return patchOn({ ...patch, traits }, owner);
  }

  /** The timelines that an event is on as it happens. */
  timelinesOf(named: readonly SubjectRef[], place: Place): readonly EventTimeline[] {
    if (this.#isPlain) return named.map((subject) => ({ subject }));
    return timelinesOfEvent(named, place, this.#identities).filter(({ via }) => !via);
  }

  /** Since when a journey reads the timeline, or one that it will be merged with. */
  readsSince(subject: SubjectRef, readsSince: (subject: SubjectRef) => Instant | undefined): Instant | undefined {
    if (this.#isPlain) return readsSince(subject);
    const found = [readsSince(subject)];
    if (subject.type === 'contact') {
      const heirs = [subject.id];
      for (let end = this.#identities.endOf(subject.id); end; end = this.#identities.endOf(end.into)) {
        heirs.push(end.into);
        found.push(readsSince({ type: 'contact', id: end.into }));
      }
      // What waits on a timeline that comes to the same heir sees it there.
      for (const heir of heirs)
        for (const { from } of this.#identities.mergesInto(heir)) found.push(readsSince({ type: 'contact', id: from }));
    }
    return found.reduce((a, b) => (a === undefined || (b !== undefined && b < a) ? b : a));
  }

  /** Evaluates an event on the merged timelines, after the subjects' own. */
  see(event: TimelineEvent, named: readonly SubjectRef[]): void {
    if (this.#isPlain) return;
    const place = placeOfEvent(event);
    for (const { subject, of, via } of timelinesOfEvent(named, place, this.#identities)) {
      if (subject.type !== 'contact') continue;
      for (const merged of this.#merged.of(subject.id, place, via)) {
        merged.event(eventOn(event, { subject: merged.state.subject, of: of ?? subject.id }));
        this.#scheduleMerged(merged);
        this.#overtake(merged.merge.from, event);
      }
      this.#overtake(subject.id, event);
    }
  }

  #overtake(id: string, event: TimelineEvent): void {
    const { world, program } = this.#ports!.session;
    for (const waiting of this.#waiting.get(id) ?? []) {
      const { firing } = waiting;
      if (waiting.isOvertaken || event.at <= firing.at) continue;
      const { playbook } = program.versions.get(firing.version)!;
      const zone = zoneOf(program, playbook);
      const view = { world, subject: firing.subject, place: placeOfEvent(event), event, zone };
      waiting.isOvertaken = isOvertaking(playbook, firing, event, view);
    }
  }

  /** Notes what a contact has fired: without evidence it is also what a visitor fired who becomes that contact. */
  note(firing: Firing, id: string): void {
    const { subject, evidence } = firing;
    if (evidence.length > 0 || this.#isPlain || subject.type !== 'contact') return;
    if (this.#identities.mergesInto(subject.id).length > 0) this.#own.add(id);
  }

  #hasFired(moved: Firing): boolean {
    return moved.evidence.length === 0 && this.#own.has(enrolmentIdOf({ ...moved, firedAs: undefined }));
  }

  /** Keeps a firing of an anonymous subject until it is merged. False where no event claims the subject. */
  keep(firing: Firing): boolean {
    const { id } = firing.subject;
    if (!this.#identities.endOf(id)) return false;
    const waiting = this.#waiting.get(id) ?? [];
    this.#waiting.set(id, waiting);
    if (waiting.push({ firing, isOvertaken: false }) > MAX_OF_SUBJECT) {
      this.#ports!.session.refuse(waiting.shift()!.firing, 'anonymous');
    }
    return true;
  }

  /** Those whose merge lies after the end of the run. */
  left(): { firing: Firing }[] {
    return [...this.#waiting.values()].flat();
  }

  /**
   * Carries out the merges of an event, before anything else of it is taken: its records and states are one from here on.
   * @returns what must be handed to `enter` once the event's patches are merged
   */
  join(event: TimelineEvent): Joined[] {
    const froms = event.merges ?? [];
    const merges = froms.flatMap((from) => {
      const merge = this.#identities.endOf(from);
      return merge?.place.arrival === event.arrival ? [merge] : [];
    });
    // Of two merges of one event the second is of what both bring.
    const order = (merge: Merge) => this.#identities.mergesInto(merge.into).indexOf(merge);
    const joined = merges.sort((a, b) => order(a) - order(b)).map((merge) => this.#join(merge));
    for (const from of froms)
      this.#ports!.session.world.follow(from, this.#identities.ownerAt(from, placeOfEvent(event)));
    return joined;
  }

  #join(merge: Merge): Joined {
    const { session, schedule } = this.#ports!;
    const { world } = session;
    const merged = this.#merged.at(merge);
    this.#merged.done(merge);
    world.join(merge.from, merge.into, merged.traits);
    const [mine, theirs] = [merge.into, merge.from].map((id) => world.stateOf({ type: 'contact', id }));
    for (const state of [mine!, theirs!]) {
      for (const { owner, key } of [...state.slots.values()]) putStateEntry(state, { owner, key, state: undefined });
    }
    for (const slot of merged.state.slots.values()) putStateEntry(mine!, slot);
    for (const state of [mine!, theirs!]) {
      state.touched.clear();
      schedule(state);
    }
    return { merge, gives: (firing) => merged.gives(firing) };
  }

  /** What waited for a merge enters, with the traits that the merging event left (E8). */
  enter({ merge, gives }: Joined): void {
    const { session, journeys, past } = this.#ports!;
    const { world } = session;
    const { place } = merge;
    const from: SubjectRef = { type: 'contact', id: merge.from };
    const to: SubjectRef = { type: 'contact', id: merge.into };
    journeys.merge(from, to, place.at);
    past.move(from, to);
    // What was over before the merge ended as the one's who had it.
    for (const wait of session.waits.of(from)) {
      if (wait.until >= place.at) continue;
      session.waits.remove(wait);
      session.refuse(wait.firing, 'audience');
    }
    session.waits.move(from, to);
    // What waits on one timeline has not seen the other's events; what it has seen it waited for in vain.
    for (const event of [...world.timelineOf(to)]) afterLateEvent(session, to, event, Math.max(event.at, place.at));
    const waiting = this.#waiting.get(merge.from) ?? [];
    this.#waiting.delete(merge.from);
    const entering = waiting.map(({ firing, isOvertaken }) => ({ moved: inherited(firing, to), firing, isOvertaken }));
    // In the order in which they enter live (N1).
    const idOf = ({ moved }: { moved: Firing }) => enrolmentIdOf(moved);
    entering.sort((a, b) => a.moved.at - b.moved.at || (idOf(a) < idOf(b) ? -1 : 1));
    for (const { moved, firing, isOvertaken } of entering) {
      if (isOvertaken || !gives(firing) || this.#hasFired(moved)) session.refuse(moved, 'overtaken');
      else enterFiring(session, moved, place, { isDeferred: true });
    }
    storeThreshold(session, to, place);
  }

  #scheduleMerged(merged: MergedTimeline): void {
    const dueAt = nextDueAt(merged.state);
    if (dueAt !== undefined) this.#ports!.scheduleMerged(nameOf(merged.merge), dueAt);
  }
}
