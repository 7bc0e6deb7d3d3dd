/** The members of a cohort, by enrolment: who can move, who waits for what. Plain data in, plain data out; no Temporal. */
import type { JourneyState } from '../journey/types.ts';
import { type ActivityKind, kindOf } from './activity-lane.ts';
import {
  answer,
  type CohortMemberState,
  carry,
  commandOf,
  enter,
  type MemberContext,
  notify,
  wake,
  wakeAtMs,
} from './member.ts';
import type { ClockAnchor, CohortItem, CohortMember, CohortReply, InputsSignal } from './types.ts';

export class MemberSet {
  readonly #context: MemberContext;
  readonly #members: Map<string, CohortMemberState>;

  constructor(context: MemberContext, members: readonly CohortMember[]) {
    this.#context = context;
    this.#members = new Map(members.map((member) => [member.id, enter(context, member)]));
  }

  /** True when every journey has ended. */
  get isOver(): boolean {
    for (const { state } of this.#members.values()) if (state.phase !== 'ended') return false;
    return true;
  }

  /** Wakes those members that are due at `nowMs` of the workflow's time. */
  wake(clock: ClockAnchor | undefined, nowMs: number): void {
    for (const member of this.#members.values()) this.#put(wake(this.#context, member, clock, nowMs));
  }

  /** Hands inputs to the members that they name; inputs of other cohorts are dropped. */
  notify(inputs: InputsSignal): void {
    for (const { id, input } of inputs) {
      const member = this.#members.get(id);
      if (member) this.#put(notify(this.#context, member, input));
    }
  }

  hasReady(kind: ActivityKind): boolean {
    for (const member of this.#members.values()) if (readyFor(kind, member)) return true;
    return false;
  }

  /** Takes the commands of all that can move, of one kind; until they are answered these members have no other. */
  takeReady(kind: ActivityKind): CohortItem[] {
    const items: CohortItem[] = [];
    for (const member of this.#members.values()) {
      const command = readyFor(kind, member);
      if (!command) continue;
      items.push({ id: member.id, command });
      this.#put({ ...member, inFlight: true });
    }
    return items;
  }

  /** @returns how many of `items` have no answer in the reply; they are ready again. */
  takeReply(items: readonly CohortItem[], reply: CohortReply, nowMs: number): number {
    const answers = new Map(reply.items.map((item) => [item.id, item.answer]));
    const unanswered = items.filter(({ id }) => !answers.get(id));
    for (const { id } of items) {
      const given = answers.get(id);
      if (given) this.#put(answer(this.#context, this.#members.get(id)!, given, nowMs));
    }
    this.giveBack(unanswered);
    return unanswered.length;
  }

  /** These commands were not answered: they are ready again. */
  giveBack(items: readonly CohortItem[]): void {
    for (const { id } of items) this.#put({ ...this.#members.get(id)!, inFlight: false });
  }

  /** The workflow's times at which members want to be woken. */
  wakeTimes(clock: ClockAnchor | undefined): number[] {
    return [...this.#members.values()].flatMap((member) => wakeAtMs(member, clock) ?? []);
  }

  /** The state of every journey, by enrolment. */
  journeyStates(): { [id: string]: JourneyState } {
    return Object.fromEntries([...this.#members.values()].map(({ id, state }) => [id, state]));
  }

  /** The members of the next run: those that have not ended. */
  carried(): CohortMember[] {
    return [...this.#members.values()].filter(({ state }) => state.phase !== 'ended').map(carry);
  }

  #put(member: CohortMemberState): void {
    this.#members.set(member.id, member);
  }
}

function readyFor(kind: ActivityKind, member: CohortMemberState) {
  const command = commandOf(member);
  return command && kindOf(command) === kind ? command : undefined;
}
