/** What a batch changes, gathered to be written in a few statements. */

import type { JourneyInput } from '../../evaluation/session.ts';
import { lockDeployments } from '../../store/deployments/deployments.ts';
import { appendInputs, type NewInput, writeGoals } from '../../store/evaluation/evaluator-writes.ts';
import {
  type DecidedFiring,
  type EnrolmentRow,
  type EvidenceRow,
  type FiringRow,
  insertEnrolments,
  insertFirings,
  markFirings,
  updateDecidedFirings,
  updateEvidence,
} from '../../store/evaluation/firings.ts';
import { addSkippedCounts } from '../../store/evaluation/skipped-counts.ts';
import {
  deleteSubscriptions,
  insertSubscriptions,
  type MovedGoal,
  moveGoals,
  type SubscriptionRow,
  writeHeld,
} from '../../store/evaluation/subscriptions.ts';
import { appendSystemEvents, type SystemEvent } from '../../store/events/events.ts';
import { retractSystemEvents } from '../../store/events/retracted-system-events.ts';
import { insertConversions, type NewConversion } from '../../store/journeys/conversions.ts';
import { insertDecisions, type NewDecision } from '../../store/journeys/decisions.ts';
import { insertOutcomes, type NewOutcome } from '../../store/journeys/outcomes.ts';
import type { TaskAnswer } from '../../store/journeys/tasks.ts';
import type { Queryable } from '../../store/postgres/database.ts';
import { SkippedCounts } from '../../triggers/engine/skipped.ts';
import { PreDeployCount } from '../rebuild/pre-deploy-firings.ts';
import { Confirmations } from '../schedules/predictions.ts';
import { BeyondLimits } from './beyond-limits.ts';
import { Verdicts } from './verdicts.ts';

export class UnitOfWork {
  readonly firings: FiringRow[] = [];
  /** What recomputations say of firings (E5). */
  readonly verdicts = new Verdicts();
  /** By firing id, where a recomputation gives another than the stored one (T15). */
  readonly evidence = new Map<string, EvidenceRow>();
  readonly enrolments: EnrolmentRow[] = [];
  readonly subscriptions: SubscriptionRow[] = [];
  readonly ended: { enrolmentId: string; paths: string[] }[] = [];
  /** Windows of goals that messages have moved (G1). */
  readonly attributed: MovedGoal[] = [];
  readonly held: { enrolmentId: string; held: boolean }[] = [];
  readonly inputs: NewInput[] = [];
  readonly goals: { enrolmentId: string; event: string | null; at: number }[] = [];
  readonly conversions: NewOutcome[] = [];
  /** Those of which steps are to run. */
  readonly converting: NewConversion[] = [];
  /** What people have answered to tasks (S6). */
  readonly answers: TaskAnswer[] = [];
  readonly decisions: NewDecision[] = [];
  readonly beyond = new BeyondLimits(this.decisions);
  readonly systemEvents: SystemEvent[] = [];
  /** By messageId: the event that retracted what a system event was derived from; null where it is given again (E9). */
  readonly systemEventMarks = new Map<string, string | null>();
  /** Firings that were deferred and are decided now. */
  readonly decided: DecidedFiring[] = [];
  readonly beforeDeploy = new PreDeployCount();
  /** Keys that were closed because a subject had too many open, by playbook. */
  /** Events and conditions that were skipped (T0). */
  readonly skipped = new SkippedCounts();
  /** Predictions that its events confirm (T14). */
  readonly confirmations = new Confirmations();
  /** Event names that something deployed looks for: a retracted event of such a name is evaluated again. */
  readonly names: ReadonlySet<string>;

  /** Every firing that the batch has made. */
  readonly #made = new Set<string>();

  /** Firings that were written before the end of the batch. */
  flushedFirings = 0;

  constructor(names: ReadonlySet<string> = new Set()) {
    this.names = names;
  }

  /** Whether the batch has not made this firing yet; what it has retracted meanwhile is given again (E5). */
  isNew(firingId: string): boolean {
    if (!this.#made.has(firingId)) {
      this.#made.add(firingId);
      return true;
    }
    this.verdicts.given(firingId);
    return false;
  }

  /** What was decided of firings that the store knows already is dropped: they were entered or refused when they were made. */
  #dropKnown(fresh: ReadonlySet<string>): void {
    const known = new Set(this.firings.filter(({ id }) => !fresh.has(id)).map(({ id }) => id));
    if (known.size === 0) return;
    keepOnly(this.enrolments, ({ id }) => !known.has(id));
    keepOnly(this.subscriptions, ({ enrolmentId }) => !known.has(enrolmentId));
    keepOnly(this.decisions, ({ firingId }) => !known.has(firingId ?? ''));
    keepOnly(this.systemEvents, ({ messageId }) => !known.has(messageId?.replace(/^enrolment\.started:/, '') ?? ''));
  }

  /** What a deferred firing has come to: the batch's last word counts. */
  decide(firing: DecidedFiring): void {
    keepOnly(this.decided, ({ id }) => id !== firing.id);
    this.decided.push(firing);
  }

  /** A journey is told something. */
  notify(enrolmentId: string, { kind, at, path = '', iteration = '', arm = 0, event }: JourneyInput): void {
    this.inputs.push({ enrolmentId, kind, at, path, iteration, arm, event: event ?? null });
  }

  /** Writes what there is so far and forgets it, but for what is only counted: what comes next reads the store. */
  async flush(client: Queryable): Promise<void> {
    await this.#writeRows(client);
    this.flushedFirings += this.firings.length;
    for (const list of [this.firings, this.enrolments, this.subscriptions, this.ended, this.held, this.inputs])
      list.length = 0;
    for (const list of [this.goals, this.conversions, this.converting, this.decisions]) list.length = 0;
    for (const list of [this.systemEvents, this.decided, this.attributed]) list.length = 0;
    for (const map of [this.verdicts.marks, this.evidence, this.systemEventMarks]) map.clear();
  }

  async write(client: Queryable): Promise<void> {
    this.inputs.push(...this.verdicts.inputs());
    // Counts last: other batches that count the same wait for the transaction's end.
    await this.#writeRows(client);
    await lockDeployments(client, [...this.beforeDeploy.playbooks(), ...this.beyond.playbooks()]);
    await this.beforeDeploy.write(client);
    await this.beyond.write(client);
    await this.confirmations.write(client);
    await addSkippedCounts(client, this.skipped.rows());
  }

  async #writeRows(client: Queryable): Promise<void> {
    this.#dropKnown(await insertFirings(client, this.firings));
    await markFirings(client, this.verdicts.marks);
    await updateEvidence(client, this.evidence);
    await updateDecidedFirings(client, this.decided);
    await insertEnrolments(client, this.enrolments);
    await insertSubscriptions(client, this.subscriptions);
    await writeHeld(client, this.held);
    await moveGoals(client, this.attributed);
    await deleteSubscriptions(client, this.ended);
    await appendInputs(client, this.inputs);
    await writeGoals(client, this.goals);
    await insertOutcomes(client, this.conversions);
    await insertConversions(client, this.converting);
    await insertDecisions(client, this.decisions);
    await appendSystemEvents(client, this.systemEvents);
    await retractSystemEvents(client, this.systemEventMarks, this.names);
  }
}

function keepOnly<T>(list: T[], keeps: (one: T) => boolean): void {
  const kept = list.filter(keeps);
  list.length = 0;
  list.push(...kept);
}
