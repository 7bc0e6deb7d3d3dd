/** Enrolments in virtual time: the journey reducer's commands carried out at once, on plain data. */
import type { EnrolmentStarted, JourneyInput, SubscriptionMet } from '../../evaluation/session.ts';
import { emailSent, enrolmentEnded, recordUpdated, taskEvent } from '../../evaluation/system-events.ts';
import { effectIdOf } from '../../language/hash.ts';
import type { Instant, SubjectRef } from '../../language/model.ts';
import { decideCommand } from '../../steps/decide.ts';
import { factsOf } from '../../steps/facts.ts';
import type { WaitForConfig } from '../../steps/kinds/wait-for.ts';
import type { StepDecision, Write } from '../../steps/step.ts';
import { takeAnswer, takeInput, takeTime } from '../../workflows/journey/reduce.ts';
import type { Command } from '../../workflows/journey/types.ts';
import type { RunLine } from '../run/types.ts';
import { namesRule } from './assign-rule.ts';
import type { JourneyPorts } from './journey-ports.ts';
import { OpenEnrolments } from './open-enrolments.ts';
import { rowOf, type SubscriptionRow, SubscriptionRows } from './subscription-rows.ts';
import { UsageCounters } from './usage-counters.ts';
import {
  compareEnrolments,
  conversionOf,
  firstClaim,
  leaveContext,
  placeKey,
  type VirtualEnrolment,
  virtualEnrolmentOf,
} from './virtual-enrolment.ts';
import { subscriptionFor, VirtualFacts } from './virtual-facts.ts';

/** Steps of one journey within one instant: `repeat` without `every` is bounded by its `at_most`, nested ones multiply. */
const MAX_COMMANDS = 100_000;

export class VirtualJourneys {
  readonly rows = new SubscriptionRows();
  readonly facts: VirtualFacts;
  readonly #shell: JourneyPorts;
  readonly #ledger: UsageCounters;
  readonly #members: OpenEnrolments;
  readonly #ready = new Set<VirtualEnrolment>();
  readonly #waiting = new Set<VirtualEnrolment>();
  /** Lines of the instant's journeys, until all of them have moved. */
  #lines: { member: VirtualEnrolment; line: RunLine }[] = [];

  constructor(shell: JourneyPorts) {
    this.#shell = shell;
    this.#ledger = new UsageCounters(shell.input);
    this.#members = new OpenEnrolments(this.rows, shell.world.timelines);
    this.facts = new VirtualFacts(shell.world, shell.input, this.#ledger);
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
    this.#ledger.moveArms(from, to);
    for (const member of this.#members.merge(from, to)) this.tell(member, { kind: 'merged', at });
  }

  /** Since when a journey may read the subject's timeline; undefined where none does. */
  readsSince(subject: SubjectRef): Instant | undefined {
    return this.#members.readsSince(subject);
  }

  someWait(): boolean {
    return this.#waiting.size > 0;
  }

  wake(member: VirtualEnrolment): void {
    if (member.open) this.#ready.add(member);
  }

  /** What a row waited for has come. */
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

  tell(member: VirtualEnrolment, input: JourneyInput): void {
    if (!member.open) return;
    const before = member.state;
    member.state = takeInput(member.version.playbook.program, before, { ...input, n: ++member.inputs });
    if (member.state.waiting !== before.waiting) this.#ready.add(member);
  }

  /**
   * Lets every journey that can move at an instant move; true when one did. In E4's order, but for messages: of those the
   * claims of one instant go by precedence (P2).
   */
  advanceAll(at: Instant): boolean {
    this.#ledger.advance(at);
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
    for (const { line } of lines) this.#shell.emit(line);
    return ready.length > 0;
  }

  /** @param claims whether the message that it wants to send now may be claimed */
  #advance(member: VirtualEnrolment, at: Instant, claims: boolean): 'claims' | 'rests' {
    const { program, steps } = member.version.playbook;
    let mayClaim = claims;
    for (let n = 0; n < MAX_COMMANDS; n++) {
      const { waiting } = member.state;
      if (waiting.for === 'answer') {
        const isClaim = waiting.command.name === 'do' && steps[waiting.command.path]?.kind === 'send';
        if (isClaim && !mayClaim) return 'claims';
        if (isClaim) mayClaim = false;
        member.state = takeAnswer(program, member.state, this.#carryOut(member, waiting.command).answer);
        continue;
      }
      const woken = takeTime(program, member.state, at);
      if (woken === member.state) {
        this.#rest(member);
        return 'rests';
      }
      member.state = woken;
    }
    throw new Error(`${member.playbook} takes more than ${MAX_COMMANDS} steps in one instant`);
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
    this.#shell.wake(member, member.nextAt);
  }

  #carryOut(member: VirtualEnrolment, command: Command): StepDecision {
    const placed = placeKey(command.path, command.iteration);
    if (!member.began.has(placed)) member.began.set(placed, command.at);
    const facts = factsOf(this.facts.of(member, command, member.began.get(placed)!));
    const claims = command.name === 'do' || command.name === 'finish';
    const seen = claims ? this.facts.seen(member, this.rows.ofEnrolment(member), this.#shell.pending()) : undefined;
    if (seen?.goal) member.goalEvent = seen.goal;
    const goalValue = this.facts.goalValue(member);
    const step = member.version.playbook.steps[command.path];
    const decided = decideCommand({ command, facts, seen: seen?.seen, goalValue });
    const verdict = this.#shell.input.backtest && step?.kind === 'assign' ? namesRule(step, decided) : decided;
    if (step?.id && verdict.context) leaveContext(member, step.id, command.iteration, verdict.context);
    const { playbook, id: enrolment, subject, key } = member;
    const base = { type: 'effect' as const, playbook, enrolment, subject, key, at: facts.at, step: command.path };
    for (const { kind, detail, refused } of verdict.lines ?? []) {
      if (kind === 'outcome') continue; // written with the ending
      this.#lines.push({ member, line: { ...base, effect: kind, detail, refused: refused ?? null } });
      if (kind === 'send' && refused === 'holdout')
        this.#ledger.takePlace(member, command, String(detail.to), facts.at);
    }
    for (const write of verdict.writes ?? []) this.#apply(member, command, write, facts.at);
    if (verdict.outgoing) this.#handOver(member, command, verdict.outgoing, facts.at);
    return verdict;
  }

  #apply(member: VirtualEnrolment, command: Command, write: Write, at: Instant): void {
    switch (write.write) {
      case 'traits': {
        const { type, id, traits, by } = write;
        const patch = { type, id, traits };
        this.#shell.world.merge(patch);
        this.#shell.write(recordUpdated(member, command, patch, by), at);
        return;
      }
      case 'task':
        if (write.assignee) this.#ledger.giveTask(write.assignee);
        this.#shell.write(taskEvent(member, command, 'created'), at);
        return;
      case 'assignment':
        this.#ledger.keepArm(member, write.experiment, write.arm);
        return;
      case 'tried':
        this.#ledger.rotate(member, write.person);
        return;
      case 'subscribe': {
        const { arms } = member.version.playbook.steps[command.path]!.config as unknown as Partial<WaitForConfig>;
        const { since, until } = write;
        const subscription = subscriptionFor(member, { kind: 'wait', arms: arms ?? [], since, until });
        this.rows.add(rowOf(member, command, subscription));
        return;
      }
      case 'unsubscribe':
        this.rows.dropOf(member, command.path);
        return;
      case 'end':
        this.#end(member, write, at);
        return;
      case 'withdraw-task':
        this.#shell.write(taskEvent(member, command, 'withdrawn'), at);
        return;
      case 'outcome':
        return; // records are lines already; endings are written by `end`
    }
  }

  #end(member: VirtualEnrolment, write: Write & { write: 'end' }, at: Instant): void {
    const { outcome, reason, event: evidence } = write;
    member.open = false;
    member.nextAt = null;
    this.#waiting.delete(member);
    const { playbook, id: enrolment, subject, key, ghost, isConversion: afterEnd } = member;
    const value = outcome === 'converted' ? (this.facts.goalValue(member) ?? null) : null;
    const ended = { playbook, enrolment, subject, key, at, outcome, reason, evidence, value, afterEnd, ghost };
    this.#lines.push({ member, line: { type: 'outcome', ...ended } });
    if (afterEnd) return;
    for (const row of this.rows.ofEnrolment(member)) {
      // A goal with a window may still be met, as a conversion (G2); one without is met only while this was open (G1).
      const mayConvert = row.subscription.kind === 'goal' && row.subscription.until !== null && outcome !== 'converted';
      if (!mayConvert) this.rows.drop(row);
      else this.#members.mayConvert(member, row.subscription.until!);
    }
    this.#shell.ended(member, at);
    this.#shell.write(enrolmentEnded(member, outcome, reason), at);
  }

  #add(member: VirtualEnrolment): void {
    this.#members.add(member);
    this.#ready.add(member);
  }

  #handOver(
    member: VirtualEnrolment,
    command: Command,
    outgoing: NonNullable<StepDecision['outgoing']>,
    at: Instant,
  ): void {
    const { contactId, template } = outgoing;
    if (contactId === undefined) return;
    this.#ledger.takePlace(member, command, contactId, at);
    const message = { id: effectIdOf(member.id, command), contactId, template: template ?? null };
    this.#shell.write(emailSent(member, command, message), at);
  }
}
