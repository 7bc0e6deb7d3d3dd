/** What a batch changes, gathered to be written in a few statements. */

import type { JourneyInput } from '../../evaluation/session.ts';
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
import { beginWriting, type SystemEvent, systemInsertOf } from '../../store/events/events.ts';
import { retractSystemEvents } from '../../store/events/retracted-system-events.ts';
import { insertConversions, type NewConversion } from '../../store/journeys/conversions.ts';
import { insertDecisions, type NewDecision } from '../../store/journeys/decisions.ts';
import { insertOutcomes, type NewOutcome } from '../../store/journeys/outcomes.ts';
import type { TaskAnswer } from '../../store/journeys/tasks.ts';
import type { Commit, Queryable } from '../../store/postgres/database.ts';
import { together } from '../../store/postgres/together.ts';
import { SkippedCounts } from '../../triggers/engine/skipped.ts';
import { PreDeployCount } from '../rebuild/pre-deploy-firings.ts';
import { Confirmations } from '../schedules/predictions.ts';
import { BeyondLimits, writeOfDeployments } from './beyond-limits.ts';
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
  /** Whether it has written firings that are decided later. */
  defers = false;

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

  /** Writes what there is, and with it what `ending` sends. */
  async write(client: Queryable, ending: Ending = {}): Promise<void> {
    this.inputs.push(...this.verdicts.inputs());
    const isRest = this.beforeDeploy.some || this.beyond.some;
    const counts = () => together([this.confirmations.write(client), addSkippedCounts(client, this.skipped.rows())]);
    if (!isRest) return this.#writeRows(client, { ...ending, counts });
    await this.#writeRows(client, { also: ending.also });
    // Counts last: other batches that count the same wait for the transaction's end.
    await writeOfDeployments(client, this.beforeDeploy, this.beyond);
    await counts();
  }

  /** Everything goes out at once, but for what depends on an answer: which firings are new, and when system events happen. */
  async #writeRows(client: Queryable, { also, counts, commit }: Ending & { counts?(): Promise<unknown> } = {}) {
    this.defers ||= [...this.firings, ...this.decided].some(({ status }) => status === 'deferred');
    const isAsking = this.firings.length + this.systemEvents.length > 0;
    const [, fresh, receivedAt] = await together([
      isAsking && also?.(),
      insertFirings(client, this.firings),
      this.systemEvents.length > 0 && beginWriting(client),
    ]);
    this.#dropKnown(fresh);
    const happens = receivedAt !== false && this.systemEvents.length > 0;
    const events = happens ? await systemInsertOf(client, receivedAt, this.systemEvents) : undefined;
    const rows = together([
      !isAsking && also?.(),
      markFirings(client, this.verdicts.marks),
      updateEvidence(client, this.evidence),
      updateDecidedFirings(client, this.decided),
      insertEnrolments(client, this.enrolments),
      insertSubscriptions(client, this.subscriptions),
      writeHeld(client, this.held),
      moveGoals(client, this.attributed),
      deleteSubscriptions(client, this.ended),
      appendInputs(client, this.inputs),
      writeGoals(client, this.goals),
      insertOutcomes(client, this.conversions),
      insertConversions(client, this.converting),
      insertDecisions(client, this.decisions),
      events?.send(client),
      // Behind the system events: one may be of the same batch.
      retractSystemEvents(client, this.systemEventMarks, this.names),
      counts?.(),
    ]);
    // What it has deferred is decided in the same transaction, where it can be.
    await (commit && !this.defers ? commit(rows) : rows);
  }
}

/** What goes out with a unit of work. */
export interface Ending {
  /** Sends writes that have nothing to do with the unit's own; with the first of them. */
  also?: (() => Promise<unknown>) | undefined;
  /** Commits behind them, unless something of the round is left to do. */
  commit?: Commit | undefined;
}

function keepOnly<T>(list: T[], keeps: (one: T) => boolean): void {
  const kept = list.filter(keeps);
  list.length = 0;
  list.push(...kept);
}
