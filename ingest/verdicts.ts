/** What a batch has found out, gathered to be written in a few statements. */

import type { Queryable } from '../store/database.ts';
import {
  appendInputs,
  type Conversion,
  type EntryDecision,
  insertConversions,
  insertEntryDecisions,
  type NewInput,
  writeGoals,
} from '../store/evaluator-writes.ts';
import { appendOwn, type OwnEvent } from '../store/events.ts';
import { type EnrolmentRow, type FiringRow, insertEnrolments, insertFirings, markUndone } from '../store/firings.ts';
import { deleteSubscriptions, insertSubscriptions, type SubscriptionRow, writeHeld } from '../store/subscriptions.ts';

export class Verdicts {
  readonly firings: FiringRow[] = [];
  readonly undone: { id: string; undoneBy: string; moved: boolean }[] = [];
  readonly enrolments: EnrolmentRow[] = [];
  readonly subscriptions: SubscriptionRow[] = [];
  readonly ended: { enrolmentId: string; paths: string[] }[] = [];
  readonly held: { enrolmentId: string; held: boolean }[] = [];
  readonly inputs: NewInput[] = [];
  readonly goals: { enrolmentId: string; event: string | null; at: number }[] = [];
  readonly conversions: Conversion[] = [];
  readonly decisions: EntryDecision[] = [];
  readonly own: OwnEvent[] = [];

  /** The number of firings that were new. */
  async write(client: Queryable): Promise<void> {
    await insertFirings(client, this.firings);
    await markUndone(client, this.undone);
    await insertEnrolments(client, this.enrolments);
    await insertSubscriptions(client, this.subscriptions);
    await writeHeld(client, this.held);
    await deleteSubscriptions(client, this.ended);
    await appendInputs(client, this.inputs);
    await writeGoals(client, this.goals);
    await insertConversions(client, this.conversions);
    await insertEntryDecisions(client, this.decisions);
    await appendOwn(client, this.own);
  }
}
