/** What a batch has found out, gathered to be written in a few statements. */

import type { Instant, SubjectRef } from '../language/model.ts';
import type { Queryable } from '../store/database.ts';
import { countClosedKeys } from '../store/deployments.ts';
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
import {
  type EnrolmentRow,
  type FiringMark,
  type FiringRow,
  insertEnrolments,
  insertFirings,
  markFirings,
  type SettledFiring,
  settleFirings,
} from '../store/firings.ts';
import { markOwn } from '../store/own-marks.ts';
import { deleteSubscriptions, insertSubscriptions, type SubscriptionRow, writeHeld } from '../store/subscriptions.ts';

import { MOST_KEYS } from '../triggers/bound-keys.ts';
import { BeforeDeployCount } from './before-deploy.ts';
import { LookCounts } from './look-counts.ts';

export class Verdicts {
  readonly firings: FiringRow[] = [];
  /** What recomputations say of firings, the last word of the batch (E5). */
  readonly marks = new Map<string, FiringMark>();
  readonly enrolments: EnrolmentRow[] = [];
  readonly subscriptions: SubscriptionRow[] = [];
  readonly ended: { enrolmentId: string; paths: string[] }[] = [];
  readonly held: { enrolmentId: string; held: boolean }[] = [];
  readonly inputs: NewInput[] = [];
  readonly goals: { enrolmentId: string; event: string | null; at: number }[] = [];
  readonly conversions: Conversion[] = [];
  readonly decisions: EntryDecision[] = [];
  readonly own: OwnEvent[] = [];
  /** By messageId: who took back what an event of Cuebook's own came of; null where it is given again (E9). */
  readonly ownMarks = new Map<string, string | null>();
  /** Kept firings that are decided now. */
  readonly settled: SettledFiring[] = [];
  readonly beforeDeploy = new BeforeDeployCount();
  /** Keys that were closed because a subject had too many open, by playbook. */
  readonly closedKeys = new Map<string, number>();
  /** Events and conditions that took no part. */
  readonly lookCounts = new LookCounts();
  /** Event names that something deployed looks for: an event of such a name that is taken back is looked at again. */
  readonly names: ReadonlySet<string>;

  /** Firings that were written before the end of the batch. */
  flushedFirings = 0;

  constructor(names: ReadonlySet<string> = new Set()) {
    this.names = names;
  }

  /** A key was closed because its subject had too many open. */
  closed(subject: SubjectRef, playbook: string, key: string, at: Instant): void {
    this.closedKeys.set(playbook, (this.closedKeys.get(playbook) ?? 0) + 1);
    const looked = { key, at_most: MOST_KEYS };
    this.decisions.push({ playbook, firingId: null, enrolmentId: null, subject, verdict: 'key_bound', looked, at });
  }

  /** Writes what there is so far and forgets it: what comes next reads the store. */
  async flush(client: Queryable): Promise<void> {
    await this.#writeRows(client);
    this.flushedFirings += this.firings.length;
    for (const list of [this.firings, this.enrolments, this.subscriptions, this.ended, this.held, this.inputs])
      list.length = 0;
    for (const list of [this.goals, this.conversions, this.decisions, this.own, this.settled]) list.length = 0;
    for (const map of [this.marks, this.ownMarks, this.closedKeys]) map.clear();
  }

  async write(client: Queryable): Promise<void> {
    await this.#writeRows(client);
    await this.lookCounts.write(client);
  }

  async #writeRows(client: Queryable): Promise<void> {
    await insertFirings(client, this.firings);
    await markFirings(client, this.marks);
    await settleFirings(client, this.settled);
    await this.beforeDeploy.write(client);
    await countClosedKeys(client, this.closedKeys);
    await insertEnrolments(client, this.enrolments);
    await insertSubscriptions(client, this.subscriptions);
    await writeHeld(client, this.held);
    await deleteSubscriptions(client, this.ended);
    await appendInputs(client, this.inputs);
    await writeGoals(client, this.goals);
    await insertConversions(client, this.conversions);
    await insertEntryDecisions(client, this.decisions);
    await appendOwn(client, this.own);
    await markOwn(client, this.ownMarks, this.names);
    await this.lookCounts.write(client);
  }
}
