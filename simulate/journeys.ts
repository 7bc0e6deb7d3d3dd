/** Enrolments in virtual time: the journey reducer's commands carried out at once, on plain data. */
import { jitterMs } from '../language/hash.ts';
import type { Awaited, Expression, Instant, Json, PlaybookVersion, SubjectRef } from '../language/model.ts';
import { placeOfJourney, type TimelineEvent } from '../language/timeline.ts';
import {
  appliesToKey,
  type Found,
  matchEvent,
  matchState,
  openingSubscriptions,
  type Subscription,
} from '../triggers/awaits.ts';
import { clockNamed } from '../triggers/clock-reading.ts';
import { type View, valueAt } from '../triggers/situation.ts';
import type { Firing } from '../triggers/state.ts';
import { decideCommand } from '../workflows/decide.ts';
import { type FactsInput, factsOf } from '../workflows/facts.ts';
import { startJourney, takeAnswer, takeInput, takeTime } from '../workflows/journey/reduce.ts';
import type { Command, Input, JourneyState } from '../workflows/journey/types.ts';
import type { EnrolmentFacts, Verdict, Write } from '../workflows/step.ts';
import type { WaitForConfig } from '../workflows/steps/wait-for.ts';
import type { OwnEvent } from './own-events.ts';
import type { RunInput, RunLine } from './types.ts';
import type { VirtualWorld } from './virtual-world.ts';

/** Steps of one journey within one instant: `repeat` without `every` is bounded by its `at_most`, nested ones multiply. */
const MOST_COMMANDS = 100_000;

export interface Member extends EnrolmentFacts {
  version: PlaybookVersion;
  keyExpression: Expression | undefined;
  state: JourneyState;
  open: boolean;
  nextAt: Instant | null;
  inputs: number;
  steps: { [id: string]: Json };
  /** (path, iteration) → when its first command was asked. */
  began: Map<string, Instant>;
  matches: Map<string, Found>;
  tried: string[];
  goalEvent: Found | undefined;
  ready: boolean;
}

export interface Row {
  member: Member;
  path: string;
  iteration: string;
  subscription: Subscription;
}

interface Shell {
  world: VirtualWorld;
  input: RunInput;
  emit(line: RunLine): void;
  write(event: OwnEvent, at: Instant): void;
  wake(member: Member, at: Instant): void;
}

export class VirtualJourneys {
  readonly #shell: Shell;
  readonly #members = new Map<string, Member>();
  readonly #rows = new Map<string, Row[]>();
  readonly #sent = new Map<string, Instant[]>();
  readonly #openTasks = new Map<string, number>();
  readonly #turns = new Map<string, number>();
  readonly #arms = new Map<string, string>();
  readonly #ready = new Set<Member>();
  readonly #waiting = new Set<Member>();

  constructor(shell: Shell) {
    this.#shell = shell;
  }

  start(id: string, version: PlaybookVersion, firing: Firing, ghost: boolean): Member {
    const { playbook } = version;
    const member: Member = {
      id,
      version,
      playbook: firing.playbook,
      subject: firing.subject,
      key: firing.key,
      trigger: firing.trigger,
      startedAt: firing.at,
      ghost,
      keyExpression: playbook.trigger.arms[firing.arm]?.key,
      state: startJourney(playbook.program, firing.at),
      open: true,
      nextAt: firing.at,
      inputs: 0,
      steps: {},
      began: new Map(),
      matches: new Map(),
      tried: [],
      goalEvent: undefined,
      ready: true,
    };
    this.#members.set(id, member);
    this.#ready.add(member);
    for (const row of openingSubscriptions(playbook, firing.at)) this.#subscribe(member, row.kind, '', row);
    this.#tell(member, 'enrolment.started', {});
    return member;
  }

  /** Rows on a subject's timeline, goals first. */
  rowsOf(subject: SubjectRef): Row[] {
    return [...(this.#rows.get(keyOf(subject)) ?? [])].sort(
      (a, b) => Number(b.subscription.kind === 'goal') - Number(a.subscription.kind === 'goal'),
    );
  }

  wakesAt(id: string): Instant | null | undefined {
    const member = this.#members.get(id);
    return member?.open ? member.nextAt : undefined;
  }

  someWait(): boolean {
    return this.#waiting.size > 0;
  }

  wake(id: string): void {
    const member = this.#members.get(id);
    if (member?.open) this.#ready.add(member);
  }

  suppressionOf(contactId: string) {
    const found = this.#shell.world.traits('contact', contactId)?.suppression;
    return found === 'unsubscribed' || found === 'bounced' || found === 'complained' ? found : undefined;
  }

  /** What a row waited for has come. */
  found(row: Row, found: Found): void {
    const { member, subscription } = row;
    if (!this.#rows.get(keyOf(member.subject))?.includes(row)) return; // went with the goal of the same look
    if (subscription.kind === 'wait') {
      member.matches.set(placeKey(row.path, row.iteration), found);
      this.#unsubscribe(member, row.path);
      this.#input(member, { kind: 'match', at: found.at, path: row.path, iteration: row.iteration, arm: found.arm });
      return;
    }
    const event = found.event === undefined ? {} : { event: found.event };
    if (subscription.kind === 'exit') {
      this.#unsubscribe(member, 'exit');
      this.#input(member, { kind: 'exit', at: found.at, ...event });
      return;
    }
    this.#unsubscribe(member, 'goal');
    member.goalEvent = found;
    if (member.open && !member.version.playbook.goal?.continues) {
      this.#unsubscribe(member, 'exit');
      this.#input(member, { kind: 'goal', at: found.at, ...event });
    } else this.#converted(member, found);
  }

  /** The row's clock or trait has changed: whoever waits computes its deadline anew. */
  look(row: Row, at: Instant): void {
    this.#input(row.member, { kind: 'look', at, path: row.path, iteration: row.iteration });
  }

  /** Lets every journey that can move at an instant move; true when one did. */
  advanceAll(at: Instant): boolean {
    const ready = [...this.#ready].sort(
      (a, b) =>
        b.version.playbook.precedence - a.version.playbook.precedence ||
        compare(a.playbook, b.playbook) ||
        compare(keyOf(a.subject), keyOf(b.subject)) ||
        compare(a.key, b.key),
    );
    this.#ready.clear();
    for (const member of ready) this.#advance(member, at);
    return ready.length > 0;
  }

  #advance(member: Member, at: Instant): void {
    const { program } = member.version.playbook;
    for (let n = 0; n < MOST_COMMANDS; n++) {
      const { waiting } = member.state;
      if (waiting.for === 'answer') {
        member.state = takeAnswer(program, member.state, this.#carryOut(member, waiting.command).answer);
        continue;
      }
      const woken = takeTime(program, member.state, at);
      if (woken === member.state) {
        this.#rest(member);
        return;
      }
      member.state = woken;
    }
    throw new Error(`${member.playbook} takes more than ${MOST_COMMANDS} steps in one instant`);
  }

  #rest(member: Member): void {
    const { waiting } = member.state;
    member.nextAt = waiting.for === 'time' || waiting.for === 'retry' ? waiting.until : null;
    if (!member.open || member.nextAt === null) {
      this.#waiting.delete(member);
      return;
    }
    this.#waiting.add(member);
    this.#shell.wake(member, member.nextAt);
  }

  #carryOut(member: Member, command: Command): Verdict {
    const placed = placeKey(command.path, command.iteration);
    if (!member.began.has(placed)) member.began.set(placed, command.at);
    const facts = factsOf(this.#factsOf(member, command, member.began.get(placed)!));
    const verdict = decideCommand({ command, facts, seen: undefined, goalValue: this.#goalValue(member) });
    const step = member.version.playbook.steps[command.path];
    if (step?.id && verdict.context) member.steps[step.id] = { ...asObject(member.steps[step.id]), ...verdict.context };
    for (const line of verdict.lines ?? []) {
      const base = {
        playbook: member.playbook,
        enrolment: member.id,
        subject: member.subject,
        key: member.key,
        at: facts.at,
      };
      if (line.kind === 'outcome') continue; // written with the ending
      const { kind, detail, refused } = line;
      this.#shell.emit({ type: 'effect', ...base, step: command.path, effect: kind, detail, refused: refused ?? null });
    }
    for (const write of verdict.writes ?? []) this.#apply(member, command, write, facts.at);
    if (verdict.outgoing) this.#handOver(member, command, verdict, facts.at);
    return verdict;
  }

  #apply(member: Member, command: Command, write: Write, at: Instant): void {
    const { world } = this.#shell;
    switch (write.write) {
      case 'traits': {
        const patch = { type: write.type, id: write.id, traits: write.traits };
        world.merge(patch);
        this.#shell.write(
          {
            name: `${write.type}.updated`,
            subject: { type: write.type, id: write.id },
            properties: { ...stamp(member, command), by: write.by },
            patch,
          },
          at,
        );
        return;
      }
      case 'task':
        if (write.assignee) this.#openTasks.set(write.assignee, (this.#openTasks.get(write.assignee) ?? 0) + 1);
        this.#tell(member, 'task.created', stamp(member, command), at);
        return;
      case 'assignment':
        this.#arms.set(`${member.playbook}/${write.experiment}/${keyOf(member.subject)}`, write.arm);
        return;
      case 'tried': {
        const turn = `${member.playbook}/${write.person}`;
        member.tried.push(write.person);
        this.#turns.set(turn, (this.#turns.get(turn) ?? 0) + 1);
        return;
      }
      case 'subscribe': {
        const { arms } = member.version.playbook.steps[command.path]!.config as unknown as WaitForConfig;
        this.#subscribe(member, command.path, command.iteration, {
          kind: 'wait',
          arms,
          since: write.since,
          until: write.until,
        });
        return;
      }
      case 'unsubscribe':
        this.#unsubscribe(member, command.path);
        return;
      case 'end':
        this.#end(member, write, at);
        return;
      case 'outcome':
      case 'withdraw-task':
        return; // records are lines already; endings are written by `end`
    }
  }

  #end(member: Member, write: Write & { write: 'end' }, at: Instant): void {
    const { outcome, reason, event } = write;
    member.open = false;
    member.nextAt = null;
    this.#waiting.delete(member);
    // A goal may still be met: a conversion after the end (G2).
    for (const row of this.rowsOf(member.subject)) {
      if (row.member === member && (row.subscription.kind !== 'goal' || outcome === 'converted')) this.#drop(row);
    }
    this.#outcome(member, { at, outcome, reason, evidence: event, afterEnd: false });
    this.#tell(member, 'enrolment.ended', { outcome, reason }, at);
  }

  #converted(member: Member, found: Found): void {
    this.#outcome(member, {
      at: found.at,
      outcome: 'converted',
      reason: 'goal',
      evidence: found.event ?? null,
      afterEnd: true,
    });
  }

  #outcome(
    member: Member,
    what: { at: Instant; outcome: string; reason: string; evidence: string | null; afterEnd: boolean },
  ): void {
    const { playbook, id, subject, key, ghost } = member;
    const value = what.outcome === 'converted' ? (this.#goalValue(member) ?? null) : null;
    this.#shell.emit({ type: 'outcome', playbook, enrolment: id, subject, key, ghost, value, ...what });
  }

  #handOver(member: Member, command: Command, verdict: Verdict, at: Instant): void {
    const outgoing = verdict.outgoing!;
    if (outgoing.contactId === undefined) return;
    const id = `${outgoing.contactId}/${outgoing.messageClass}`;
    this.#sent.set(id, [...(this.#sent.get(id) ?? []), at]);
    const properties = { ...stamp(member, command), template: outgoing.template ?? null };
    this.#shell.write({ name: 'email.sent', subject: { type: 'contact', id: outgoing.contactId }, properties }, at);
  }

  #subscribe(
    member: Member,
    path: string,
    iteration: string,
    row: Pick<Subscription, 'kind' | 'since' | 'until'> & { arms: Awaited[][] },
  ): void {
    const subscription: Subscription = {
      ...row,
      enrolmentId: member.id,
      key: member.key,
      keyExpression: member.keyExpression,
      trigger: member.trigger,
      held: false,
    };
    if (row.kind === 'goal') subscription.held = this.#holdsNow(member, subscription);
    const id = keyOf(member.subject);
    this.#rows.set(id, [...(this.#rows.get(id) ?? []), { member, path, iteration, subscription }]);
  }

  #holdsNow(member: Member, subscription: Subscription): boolean {
    return matchState(subscription, this.#view(member, member.startedAt), (a, t) =>
      this.#clock(member, a, t, member.startedAt),
    ).held;
  }

  #unsubscribe(member: Member, path: string): void {
    for (const row of this.rowsOf(member.subject)) if (row.member === member && row.path === path) this.#drop(row);
  }

  #drop(row: Row): void {
    const id = keyOf(row.member.subject);
    const left = (this.#rows.get(id) ?? []).filter((other) => other !== row);
    if (left.length > 0) this.#rows.set(id, left);
    else this.#rows.delete(id);
  }

  #input(member: Member, input: Omit<Input, 'n'>): void {
    if (!member.open) return;
    const before = member.state;
    member.state = takeInput(member.version.playbook.program, before, { ...input, n: ++member.inputs });
    if (member.state.waiting !== before.waiting) this.#ready.add(member);
  }

  #tell(member: Member, name: string, properties: { [name: string]: Json }, at = member.startedAt): void {
    const { playbook, id, key, subject } = member;
    this.#shell.write({ name, subject, properties: { playbook, enrolment: id, key, ...properties } }, at);
  }

  #goalValue(member: Member): Json | undefined {
    const value = member.version.playbook.goal?.value;
    if (!value || !member.goalEvent) return undefined;
    const { at, properties } = member.goalEvent;
    const event: TimelineEvent = {
      arrival: 0,
      messageId: '',
      name: '',
      at,
      receivedAt: at,
      properties,
      subjects: [],
      patches: [],
    };
    return valueAt({ ...this.#view(member, at), event, trigger: member.trigger }, value);
  }

  #view(member: Member, at: Instant): View {
    const zone = member.version.playbook.timeZone ?? this.#shell.input.settings.timeZone;
    return { world: this.#shell.world, subject: member.subject, place: placeOfJourney(at), zone };
  }

  #clock(member: Member, awaited: Awaited, trigger: { [name: string]: Json }, at: Instant) {
    const named = clockNamed(awaited, trigger);
    return (
      named && this.#shell.world.clock(member.version, member.subject, named.policy, named.clock, named.instance, at)
    );
  }

  #factsOf(member: Member, command: Command, beganAt: Instant): FactsInput {
    const { world, input } = this.#shell;
    const at = command.at;
    const timeline = () => world.timelineOf(member.subject);
    return {
      version: member.version,
      settings: input.settings,
      world,
      enrolment: member,
      now: at,
      at,
      beganAt,
      steps: member.steps,
      round: command.iteration === '' ? undefined : Number(command.iteration.split('.').at(-1)),
      sinceStart: (names) =>
        timeline().filter(
          (event) =>
            names.includes(event.name) &&
            event.at > member.startedAt &&
            event.at <= at &&
            appliesToKey(member, { ...this.#view(member, at), event }),
        ).length,
      clock: (policy, clock) => {
        const named =
          policy === undefined || clock === undefined
            ? clockNamed({ kind: 'sla-of-trigger' }, member.trigger)
            : { policy, clock, instance: undefined };
        return named && world.clock(member.version, member.subject, named.policy, named.clock, named.instance, at);
      },
      arm: (experiment) =>
        this.#arms.get(`${member.playbook}/${experiment}/${keyOf(member.subject)}`) ?? input.arms?.[experiment],
      match: this.#match(member, command, beganAt),
      solved: (ticketId) => {
        const events = world.timelineOf({ type: 'ticket', id: ticketId });
        const last = events.findLast((event) => event.name === 'ticket.solved' || event.name === 'ticket.reopened');
        return last?.name === 'ticket.solved';
      },
      openTasks: (person) => this.#openTasks.get(person) ?? 0,
      turns: (person) => this.#turns.get(`${member.playbook}/${person}`) ?? 0,
      tried: member.tried,
      gates: {
        reservedAt: (contactId, messageClass, since) =>
          (this.#sent.get(`${contactId}/${messageClass}`) ?? []).filter((sentAt) => sentAt > since),
        suppression: (contactId) => this.suppressionOf(contactId),
        jitter: input.jitterMs ?? jitterMs,
      },
    };
  }

  /** What a wait has found: by a row that matched, or by the timeline as it stands when the wait begins or is looked at. */
  #match(member: Member, command: Command, beganAt: Instant): Found | undefined {
    const step = member.version.playbook.steps[command.path];
    if (step?.kind !== 'wait_for' || (command.name !== 'listen' && command.name !== 'look')) return undefined;
    const stored = member.matches.get(placeKey(command.path, command.iteration));
    if (stored) return stored;
    const config = step.config as unknown as WaitForConfig;
    const subscription: Subscription = {
      enrolmentId: member.id,
      kind: 'wait',
      arms: config.arms,
      since: config.sinceEnrolment ? member.startedAt : beganAt,
      until: null,
      key: member.key,
      keyExpression: member.keyExpression,
      trigger: member.trigger,
      held: false,
    };
    const view = this.#view(member, command.at);
    for (const event of this.#shell.world.timelineOf(member.subject)) {
      const found = event.at <= command.at && matchEvent(subscription, event, view);
      if (found) return found;
    }
    return matchState(subscription, view, (a, t) => this.#clock(member, a, t, command.at)).found;
  }
}

function stamp(member: Member, command: Command): { [name: string]: Json } {
  return { playbook: member.playbook, enrolment: member.id, step: command.path, key: member.key };
}

function keyOf(subject: SubjectRef): string {
  return `${subject.type}/${subject.id}`;
}

function placeKey(path: string, iteration: string): string {
  return `${path}@${iteration}`;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function asObject(value: Json | undefined): { [name: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {};
}
