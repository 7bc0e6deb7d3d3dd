/** The members of a cohort, by enrolment: who can move, who waits for what. Plain data in, plain data out; no Temporal. */
import type { JourneyProgram } from '../../language/model.ts';
import type { JourneyState } from '../journey/types.ts';
import type { CohortItem, CohortReply } from './activities.ts';
import { answer, type CohortMemberState, type Complain, commandOf, enter, notify, wake, wakeAtMs } from './member.ts';
import type { ClockAnchor, CohortMember, InputsSignal } from './types.ts';

export class MemberSet {
  readonly #program: JourneyProgram;
  readonly #complain: Complain;
  readonly #members: Map<string, CohortMemberState>;

  constructor(program: JourneyProgram, members: readonly CohortMember[], complain: Complain) {
    this.#program = program;
    this.#complain = complain;
    this.#members = new Map(members.map((member) => [member.id, enter(program, member, complain)]));
  }

  /** True when every journey has ended. */
  get isOver(): boolean {
    for (const { state } of this.#members.values()) if (state.phase !== 'ended') return false;
    return true;
  }

  /** Wakes whose time has come at `nowMs` of the workflow's time. */
  wake(clock: ClockAnchor | undefined, nowMs: number): void {
    for (const member of this.#members.values()) this.#put(wake(this.#program, member, clock, nowMs, this.#complain));
  }

  /** Hands inputs to those whom they name; others' are none of this cohort's. */
  notify(inputs: InputsSignal): void {
    for (const { id, input } of inputs) {
      const member = this.#members.get(id);
      if (member) this.#put(notify(this.#program, member, input, this.#complain));
    }
  }

  hasReady(leaves: boolean): boolean {
    for (const member of this.#members.values()) if (commandOf(member)?.leaves === leaves) return true;
    return false;
  }

  /** Takes the commands of all that can move, of one kind; until they are answered these members are not asked again. */
  takeReady(leaves: boolean): CohortItem[] {
    const items: CohortItem[] = [];
    for (const member of this.#members.values()) {
      const command = commandOf(member);
      if (command?.leaves !== leaves) continue;
      items.push({ id: member.id, command });
      this.#put({ ...member, inFlight: true });
    }
    return items;
  }

  /** @returns how many of `items` have no answer in the reply; they can be asked again. */
  takeReply(items: readonly CohortItem[], reply: CohortReply, nowMs: number): number {
    const answers = new Map(reply.items.map((item) => [item.id, item.answer]));
    const unanswered = items.filter(({ id }) => !answers.get(id));
    for (const { id } of items) {
      const given = answers.get(id);
      if (given) this.#put(answer(this.#program, this.#members.get(id)!, given, nowMs, this.#complain));
    }
    this.giveBack(unanswered);
    return unanswered.length;
  }

  /** Nothing came of these commands: they can be asked again. */
  giveBack(items: readonly CohortItem[]): void {
    for (const { id } of items) this.#put({ ...this.#members.get(id)!, inFlight: false });
  }

  /** The workflow's times at which members want to be woken. */
  wakeTimes(clock: ClockAnchor | undefined): number[] {
    return [...this.#members.values()].flatMap((member) => wakeAtMs(member, clock) ?? []);
  }

  /** Where every journey stands, by enrolment. */
  journeyStates(): { [id: string]: JourneyState } {
    return Object.fromEntries([...this.#members.values()].map(({ id, state }) => [id, state]));
  }

  /** What goes on in the next run: those that have not ended. */
  carried(): CohortMember[] {
    return [...this.#members.values()]
      .filter(({ state }) => state.phase !== 'ended')
      .map(({ id, startedAt, state, again }) => ({ id, startedAt, state, ...(again && { again }) }));
  }

  #put(member: CohortMemberState): void {
    this.#members.set(member.id, member);
  }
}
