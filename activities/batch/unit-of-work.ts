/** What a batch has decided, gathered to be written in a few statements of one transaction. */
import type { Instant } from '../../language/model.ts';
import { addSkippedCounts } from '../../store/evaluation/skipped-counts.ts';
import {
  deleteSubscriptions,
  insertSubscriptions,
  type SubscriptionRow,
} from '../../store/evaluation/subscriptions.ts';
import type { SystemEvent } from '../../store/events/events.ts';
import { type ArmRow, addRotations, insertArms } from '../../store/journeys/assignments.ts';
import { addMailLines, type NewMailLine } from '../../store/journeys/colleague-mails.ts';
import { insertDecisions, type NewDecision } from '../../store/journeys/decisions.ts';
import {
  dropHeld,
  type EffectWrite,
  type HaltedEffect,
  insertHalted,
  writeEffects,
} from '../../store/journeys/effects.ts';
import { endJourneys, type JourneyEnd, type JourneyMove, moveJourneys } from '../../store/journeys/enrolments.ts';
import { type MessageRow, writeMessages } from '../../store/journeys/messages.ts';
import { insertOutcomes, type NewOutcome } from '../../store/journeys/outcomes.ts';
import { insertStepAnswers, type StepAnswerRow } from '../../store/journeys/step-answers.ts';
import { insertTasks, type NewTask, withdrawTasks } from '../../store/journeys/tasks.ts';
import type { Commit, Queryable } from '../../store/postgres/database.ts';
import { together } from '../../store/postgres/together.ts';
import { SkippedCounts } from '../../triggers/engine/skipped.ts';
import { writeSystemEvents } from './system-events.ts';

export class UnitOfWork {
  readonly systemEvents: (SystemEvent & { enrolmentId: string })[] = [];
  readonly answers: StepAnswerRow[] = [];
  readonly effects: EffectWrite[] = [];
  readonly messages: MessageRow[] = [];
  readonly tasks: NewTask[] = [];
  readonly withdrawn: string[] = [];
  readonly mailLines: NewMailLine[] = [];
  readonly outcomes: NewOutcome[] = [];
  readonly arms: (ArmRow & { at: Instant })[] = [];
  readonly rotations: { playbook: string; person: string }[] = [];
  readonly subscriptions: SubscriptionRow[] = [];
  /** Without paths all of an enrolment. */
  readonly unsubscribed: { enrolmentId: string; paths?: string[] }[] = [];
  readonly decisions: NewDecision[] = [];
  /** Effects that are held until their playbook is resumed (N6), with what is recorded of each that was not held before. */
  readonly halted: { effect: HaltedEffect; decision: NewDecision }[] = [];
  /** Values of the wrong type that decisions met (T0). */
  readonly skipped = new SkippedCounts();
  readonly moves: JourneyMove[] = [];
  readonly ends: JourneyEnd[] = [];

  /**
   * @param leaseMs of effects that are claimed, in real milliseconds
   * @param commit where nothing is left to do in the transaction: it goes out behind the writes
   * @returns the lease of each claimed effect
   */
  async write(client: Queryable, leaseMs: number, commit?: Commit): Promise<Map<string, Instant>> {
    const wroteAt = await writeSystemEvents(client, this.systemEvents);
    // Lines of a mail that has left look for another.
    await addMailLines(client, this.mailLines);
    const held = await this.#holdHalted(client);
    const moves = this.moves.map((move) => ({
      ...move,
      ...(wroteAt.has(move.id) && { wroteAt: wroteAt.get(move.id)! }),
    }));
    // All at once, and in this order.
    const rows = together([
      writeEffects(client, this.effects, leaseMs),
      writeMessages(client, this.messages),
      insertTasks(client, this.tasks),
      withdrawTasks(client, this.withdrawn),
      insertOutcomes(client, this.outcomes),
      insertArms(client, this.arms),
      addRotations(client, this.rotations),
      deleteSubscriptions(client, this.unsubscribed),
      insertSubscriptions(client, this.subscriptions),
      insertDecisions(client, [...this.decisions, ...held]),
      insertStepAnswers(client, this.answers),
      moveJourneys(client, moves),
      endJourneys(client, this.ends),
      dropHeld(
        client,
        this.ends.map((end) => end.id),
      ),
      // Last: others wait for these rows until the end of the transaction.
      addSkippedCounts(client, this.skipped.rows()),
    ]);
    const [leases] = await (commit ? commit(rows) : rows);
    return leases;
  }

  async #holdHalted(client: Queryable): Promise<NewDecision[]> {
    const effects = this.halted.map(({ effect }) => effect);
    const added = new Set((await insertHalted(client, effects)).map(({ enrolmentId }) => enrolmentId));
    return this.halted.flatMap(({ effect, decision }) => (added.has(effect.enrolmentId) ? [decision] : []));
  }
}
