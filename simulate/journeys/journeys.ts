/** Enrolments in virtual time: the journey reducer's commands are carried out at once, on plain data. */

import { applyWrites, type JourneyEnding, type JourneyStore } from '../../evaluation/journey-store.ts';
import type { EnrolmentStarted, JourneyInput, SubscriptionMet } from '../../evaluation/session.ts';
import { subscriptionOf } from '../../evaluation/subscriptions.ts';
import { emailSent, type SystemEvent } from '../../evaluation/system-events.ts';
import { effectIdOf } from '../../language/hash.ts';
import type { Instant, SubjectRef } from '../../language/model.ts';
import type { TimelineEvent } from '../../language/records/timeline.ts';
import { decideCommand, isDelayed } from '../../steps/decide-command.ts';
import { factsOf } from '../../steps/facts.ts';
import type { WaitForConfig } from '../../steps/kinds/wait-for.ts';
import type { OutgoingMessage, StepDecision } from '../../steps/step.ts';
import { toldOf, withValues } from '../../steps/told.ts';
import { takeAnswer, takeInput, takeTime } from '../../workflows/journey/reduce.ts';
import type { Command } from '../../workflows/journey/types.ts';
import { EndlessError } from '../run/endless.ts';
import type { RunLine } from '../run/types.ts';
import type { JourneyPorts } from './journey-ports.ts';
import { OpenEnrolments } from './open-enrolments.ts';
import { isMessage, Replies } from './replies.ts';
import { rowOf, type SubscriptionRow, SubscriptionRows } from './subscription-rows.ts';
import { UsageCounters } from './usage-counters.ts';
import {
  compareEnrolments,
  conversionOf,
  firstClaim,
  placeKey,
  type VirtualEnrolment,
  virtualEnrolmentOf,
} from './virtual-enrolment.ts';
import { VirtualFacts } from './virtual-facts.ts';

/** Steps of one journey within one instant: `repeat` without `every` is bounded by its `at_most`, nested ones multiply. */
const MAX_COMMANDS = 100_000;

/** As many rounds as repeats in two layers may have; three layers of a thousand are more than anybody waits for. */
const MAX_WAKINGS = 1_000_000;

export class VirtualJourneys {
  readonly rows = new SubscriptionRows();
  readonly facts: VirtualFacts;
  readonly #ports: JourneyPorts;
  readonly #usage: UsageCounters;
  readonly #replies: Replies;
  readonly #members: OpenEnrolments;
  readonly #ready = new Set<VirtualEnrolment>();
  readonly #waiting = new Set<VirtualEnrolment>();
  /** Lines of the instant's journeys, until all of them have moved. */
  #lines: { member: VirtualEnrolment; line: RunLine }[] = [];

  constructor(ports: JourneyPorts) {
    this.#ports = ports;
    this.#usage = new UsageCounters(ports.input);
    this.#replies = new Replies(ports.input);
    this.#members = new OpenEnrolments(this.rows, ports.world.timelines, ports);
    this.facts = new VirtualFacts(ports.world, ports.input, this.#usage);
  }

  start(started: EnrolmentStarted): VirtualEnrolment {
    const member = virtualEnrolmentOf(started);
    this.#add(member);
    for (const subscription of started.subscriptions) {
      this.rows.add(rowOf(member, { path: subscription.kind, iteration: '' }, subscription));
    }
    return member;
  }

  /** When a journey goes on by itself; undefined where it does not. */
  wakesAt(member: VirtualEnrolment): Instant | undefined {
    return member.open && member.nextAt !== null ? member.nextAt : undefined;
  }

  /** Two subjects have become one: of two open enrolments of one playbook and key the older stays (E6). */
  merge(from: SubjectRef, to: SubjectRef, at: Instant): void {
    this.#usage.moveArms(from, to);
    this.#usage.taskList.merge(from, to);
    for (const member of this.#members.merge(from, to)) this.tell(member, { kind: 'merged', at });
  }

  /** Since when a journey may read the subject's timeline; undefined where none does. */
  readsSince(subject: SubjectRef): Instant | undefined {
    return this.#members.readsSince(subject);
  }

  someWait(): boolean {
    return this.#waiting.size > 0;
  }

  /** @throws EndlessError where the journey has gone on by itself too often */
  wake(member: VirtualEnrolment): void {
    if (!member.open) return;
    if (++member.wakings > MAX_WAKINGS) throw endless(member, `has waited more than ${MAX_WAKINGS} times`);
    this.#ready.add(member);
  }

  /** What a subscription waited for has come. */
  met(row: SubscriptionRow, { found, paths, input }: SubscriptionMet): void {
    const { enrolment: member, path, iteration } = row;
    for (const gone of paths) this.rows.dropOf(member, gone);
    if (!input) {
      this.#add(conversionOf(member, found));
      return;
    }
    if (input.kind === 'match') member.matches.set(placeKey(path, iteration), found);
    if (input.kind === 'goal') member.goalEvent = found;
    this.tell(member, input);
  }

  /** Somebody has answered a task on the timeline of a subject. */
  taskAnswered(subject: SubjectRef, event: TimelineEvent): void {
    this.#usage.taskList.answer(subject, event);
  }

  tell(member: VirtualEnrolment, input: JourneyInput): void {
    if (!member.open) return;
    const before = member.state;
    const numbered = { ...input, n: ++member.inputs };
    if (this.#ports.mortal) this.#ports.mortal.tell(member, numbered);
    else member.state = takeInput(member.version.playbook.program, before, numbered);
    if (this.#ports.mortal || member.state.waiting !== before.waiting) this.#ready.add(member);
  }

  /**
   * Lets every journey that can move at an instant move; true when one did. In E4's order, but for messages: of those the
   * claims of one instant go by precedence (P2).
   */
  advanceAll(at: Instant): boolean {
    this.#usage.advance(at);
    this.#members.letGo(at);
    if (this.#ready.size === 0) return false;
    const ready = [...this.#ready];
    if (ready.length > 1) ready.sort(compareEnrolments);
    this.#ready.clear();
    const claims = ready.filter((member) => this.#advance(member, at, false) === 'claims');
    for (let next = firstClaim(claims); next; next = firstClaim(claims)) {
      claims.splice(claims.indexOf(next), 1);
      if (this.#advance(next, at, true) === 'claims') claims.push(next);
    }
    const lines = ready.length < 2 ? this.#lines : this.#lines.sort((a, b) => compareEnrolments(a.member, b.member));
    this.#lines = [];
    for (const { line } of lines) this.#ports.emit(line);
    return ready.length > 0;
  }

  /** @param claims whether the message that it is about to send may be claimed */
  #advance(member: VirtualEnrolment, at: Instant, claims: boolean): 'claims' | 'rests' {
    const { program, steps } = member.version.playbook;
    let mayClaim = claims;
    for (let n = 0; n < MAX_COMMANDS; n++) {
      const { waiting } = member.state;
      if (waiting.for === 'answer') {
        const isClaim = waiting.command.name === 'do' && isMessage(steps[waiting.command.path]);
        if (isClaim && !mayClaim) return 'claims';
        if (isClaim) mayClaim = false;
        const carryOut = () => this.#carryOut(member, waiting.command, at).answer;
        if (this.#ports.mortal) this.#ports.mortal.answer(member, waiting.command, carryOut);
        else member.state = takeAnswer(program, member.state, carryOut());
        continue;
      }
      const woken = takeTime(program, member.state, at);
      if (woken === member.state) {
        if (this.#ports.mortal?.rests(member)) continue;
        this.#rest(member);
        return 'rests';
      }
      member.state = woken;
    }
    throw endless(member, `takes more than ${MAX_COMMANDS} steps in one instant`);
  }

  #rest(member: VirtualEnrolment): void {
    const { waiting } = member.state;
    member.nextAt = waiting.for === 'time' || waiting.for === 'retry' ? waiting.until : null;
    if (!member.open || member.nextAt === null) {
      this.#waiting.delete(member);
      if (!member.open) this.#members.forget(member);
      return;
    }
    this.#waiting.add(member);
    this.#ports.wake(member, member.nextAt);
  }

  /** @param now behind the journey's instant where it began with what was learned late (T8) */
  #carryOut(member: VirtualEnrolment, command: Command, now: Instant): StepDecision {
    const placed = placeKey(command.path, command.iteration);
    if (!member.began.has(placed)) member.began.set(placed, command.at);
    const read = this.facts.of(member, command, { beganAt: member.began.get(placed)!, now });
    const facts = factsOf(read);
    const claims = command.name === 'do' || command.name === 'finish';
    const seen = claims ? this.facts.seen(member, this.rows.ofEnrolment(member), this.#ports.pending()) : undefined;
    if (seen?.goal) member.goalEvent = seen.goal;
    const goalValue = this.facts.goalValue(member);
    const step = member.version.playbook.steps[command.path];
    const decided = decideCommand({ command, facts, seen: seen?.seen, goalValue });
    const decision = this.#replies.answered(member.playbook, step, decided);
    const { context, line, held, withheld, outgoing, writes, wrongTypes } = decision;
    const at = isDelayed(command, facts) ? facts.now : facts.at;
    if (wrongTypes) this.#ports.skipped(member, wrongTypes, at);
    const { onDecided, onMessage } = this.#ports.input;
    if (outgoing?.kind === 'message') onMessage?.({ command, facts: read });
    if (onDecided) {
      const told = toldOf(command, withValues(decision, command, step, facts));
      const { playbook, id: enrolment, subject, key } = member;
      onDecided({ playbook, enrolment, subject, key, at, path: command.path, answer: decision.answer, told });
    }
    if (step?.id && context) member.contexts.leave(step.id, { iteration: command.iteration, at }, context);
    // What is waited for behind an effect begins with it, however late that was (S0).
    if (command.name === 'do' && decision.answer.go === 'sleep') {
      if (decision.answer.then === 'look') member.began.set(placed, at);
    }
    if (held) member.held.set(placed, { step: command.path, effect: step!.kind, detail: held.detail });
    else if (command.name === 'do' && decision.answer.go !== 'end') member.held.delete(placed);
    if (line) {
      const { playbook, id: enrolment, subject, key } = member;
      const base = { type: 'effect' as const, playbook, enrolment, subject, key, at, step: command.path };
      const { detail, refused = null } = line;
      this.#lines.push({ member, line: { ...base, effect: step!.kind, detail, refused } });
    }
    if (withheld) this.#usage.takePlace(member, withheld, at);
    const deciding = { enrolment: member, version: member.version, command, at };
    applyWrites(writes, deciding, this.#storeOf(member, command, at));
    if (outgoing?.kind === 'message') this.#send(member, command, outgoing, at);
    return decision;
  }

  #storeOf(member: VirtualEnrolment, command: Command, at: Instant): JourneyStore {
    const { path } = command;
    const usage = this.#usage;
    return {
      append: (event) => this.#append(event, at),
      createTask: ({ id, assignee }) => this.#usage.taskList.create(member, command, { id, assignee, at }),
      withdrawTask: (id) => this.#usage.taskList.withdraw(member, id),
      // The step's line says when its mail leaves; nobody reads it here.
      tellLater: () => {},
      // Records are lines already; those of endings come with `end`.
      recordOutcome: () => {},
      assign: (experiment, arm) => usage.assign(member, experiment, arm),
      rotate: (person, from) => usage.rotate(member, person, from),
      subscribe: (since, until) => {
        const { arms = [] } = member.version.playbook.steps[path]!.config as unknown as Partial<WaitForConfig>;
        const wait = { kind: 'wait', arms, since, until, iteration: command.iteration } as const;
        this.rows.add(rowOf(member, command, subscriptionOf(member, member.keyExpression, wait)));
      },
      unsubscribe: () => this.rows.dropOf(member, path),
      end: (ending) => this.#end(member, ending),
    };
  }

  #append(event: SystemEvent, at: Instant): void {
    for (const patch of event.patches ?? []) this.#ports.world.merge(patch);
    this.#ports.write(event, at);
  }

  /** What still waits to leave is refused with the ending (P1, P2). */
  #dropHeld(member: VirtualEnrolment, at: Instant): void {
    const { playbook, id: enrolment, subject, key } = member;
    for (const held of member.held.values()) {
      this.#lines.push({
        member,
        line: { type: 'effect', playbook, enrolment, subject, key, at, ...held, refused: 'ended' },
      });
    }
    member.held.clear();
  }

  #end(member: VirtualEnrolment, { outcome, reason, evidence, at, mayConvert, events }: JourneyEnding): void {
    member.open = false;
    member.nextAt = null;
    this.#waiting.delete(member);
    const { playbook, id: enrolment, subject, key, ghost, isConversion: afterEnd } = member;
    const value = outcome === 'converted' ? (this.facts.goalValue(member) ?? null) : null;
    const template = outcome === 'converted' ? member.goalEvent?.attributedTo?.template : undefined;
    const givenTo = typeof template === 'string' ? { template } : {};
    const ended = {
      playbook,
      enrolment,
      subject,
      key,
      at,
      outcome,
      reason,
      evidence,
      value,
      afterEnd,
      ghost,
      ...givenTo,
    };
    if (!afterEnd) this.#dropHeld(member, at);
    this.#lines.push({ member, line: { type: 'outcome', ...ended } });
    if (this.#ports.input.backtest) this.#usage.taskList.forget(member);
    if (afterEnd) return;
    for (const row of this.rows.ofEnrolment(member)) {
      if (!mayConvert || row.subscription.kind !== 'goal') this.rows.drop(row);
      else this.#members.mayConvert(member, row.subscription.until!);
    }
    this.#ports.ended(member, at);
    for (const event of events) this.#append(event, at);
  }

  #add(member: VirtualEnrolment): void {
    this.#members.add(member);
    this.#ready.add(member);
  }

  #send(member: VirtualEnrolment, command: Command, outgoing: OutgoingMessage, at: Instant): void {
    const { contactId, template = null } = outgoing;
    if (contactId === undefined) return;
    this.#usage.takePlace(member, outgoing, at);
    this.#append(emailSent(member, command, { id: effectIdOf(member.id, command), contactId, template }), at);
  }
}

function endless({ playbook, subject }: VirtualEnrolment, what: string): EndlessError {
  return new EndlessError(`${playbook} for ${subject.type} ${subject.id} ${what}`, 'give its `repeat` fewer rounds');
}
