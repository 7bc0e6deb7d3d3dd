/** The writes of one enrolment's step, as rows that its batch writes together. */
import type { JourneyEnding, JourneyStore } from '../../evaluation/journey-store.ts';
import type { SystemEvent } from '../../evaluation/system-events.ts';
import type { Instant } from '../../language/model.ts';
import type { CommandContext } from './command-context.ts';
import type { DecidedStep } from './decide-batch.ts';
import type { UnitOfWork } from './unit-of-work.ts';

export class StoredJourney implements JourneyStore {
  readonly #changes: UnitOfWork;
  readonly #member: CommandContext;
  readonly #goal: DecidedStep['goal'];
  readonly #now: Instant;

  constructor(changes: UnitOfWork, member: CommandContext, { goal }: DecidedStep, now: Instant) {
    this.#changes = changes;
    this.#member = member;
    this.#goal = goal;
    this.#now = now;
  }

  append(event: SystemEvent): void {
    this.#changes.systemEvents.push({ enrolmentId: this.#member.id, ...event });
  }

  createTask(task: Parameters<JourneyStore['createTask']>[0]): void {
    const { id: enrolmentId, playbook, subject } = this.#member.row;
    this.#changes.tasks.push({ ...task, enrolmentId, playbook, subject, createdAt: this.#now });
  }

  withdrawTask(id: string): void {
    this.#changes.withdrawn.push(id);
  }

  recordOutcome(outcome: Parameters<JourneyStore['recordOutcome']>[0]): void {
    const { row, command } = this.#member;
    const { id: enrolmentId, playbook, versionHash, subject } = row;
    this.#changes.outcomes.push({ ...outcome, enrolmentId, playbook, versionHash, subject, path: command.path });
  }

  assign(experiment: string, arm: string, at: Instant): void {
    const { playbook, subject } = this.#member.row;
    this.#changes.arms.push({ playbook, experiment, subject, arm, at });
  }

  rotate(person: string): void {
    this.#changes.rotations.push({ playbook: this.#member.row.playbook, person });
  }

  subscribe(since: Instant, until: Instant | null): void {
    const { row, command } = this.#member;
    const { path, iteration } = command;
    const { id: enrolmentId, subject } = row;
    this.#changes.subscriptions.push({ enrolmentId, path, iteration, subject, since, until, detail: {} });
  }

  unsubscribe(): void {
    this.#changes.unsubscribed.push({ enrolmentId: this.#member.id, paths: [this.#member.command.path] });
  }

  end({ outcome, reason, evidence, at, mayConvert, event }: JourneyEnding): void {
    const { id, version } = this.#member;
    const goal = outcome === 'converted' ? (this.#goal ?? { event: evidence, at }) : null;
    this.#changes.ends.push({ id, outcome, reason, at, goal });
    const paths = mayConvert ? { paths: ['exit', ...Object.keys(version.playbook.steps)] } : {};
    this.#changes.unsubscribed.push({ enrolmentId: id, ...paths });
    this.append(event);
  }
}
