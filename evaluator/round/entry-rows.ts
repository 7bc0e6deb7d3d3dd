/** Rows of enrolments, of what they wait for, and of firings that wait: as they are stored, and as a batch holds them. */
import type { AudienceWait, EnrolmentStarted, OpenSubscription } from '../../evaluation/session.ts';
import { subscriptionOf } from '../../evaluation/subscriptions.ts';
import { enrolmentIdOf } from '../../language/hash.ts';
import type { Awaited, PlaybookVersion, SubjectRef } from '../../language/model.ts';
import { runByOf } from '../../language/records/runs.ts';
import { subjectKey } from '../../language/records/subject-key.ts';
import {
  type EnrolmentRow,
  type FiringRow,
  loadPast,
  type PastRow,
  waitingFirings,
} from '../../store/evaluation/firings.ts';
import { type LoadedSubscription, loadSubscriptions } from '../../store/evaluation/subscriptions.ts';
import type { Queryable } from '../../store/postgres/database.ts';
import { together } from '../../store/postgres/together.ts';
import type { Firing } from '../../triggers/engine/state.ts';
import { PARENT_ARMS, type Subscription, watchesState } from '../../triggers/entry/subscriptions.ts';
import { type Deployed, versionsOf } from '../deployed-program.ts';

export interface StoredSubscription extends OpenSubscription {
  row: LoadedSubscription;
}

/** By subject. */
export interface EntryRows {
  past: Map<string, PastRow[]>;
  subscriptions: Map<string, StoredSubscription[]>;
  /** Firings that wait for their audience (N1). */
  audienceWaits: Map<string, AudienceWait[]>;
}

/** @param deployed firings that wait are of the version that is deployed */
export async function loadEntryRows(
  client: Queryable,
  deployed: Pick<Deployed, 'program' | 'deployments'>,
  subjects: readonly SubjectRef[],
): Promise<EntryRows> {
  const [loaded, past, waiting] = await together([
    loadSubscriptions(client, subjects),
    loadPast(client, subjects),
    waitingFirings(client, subjects),
  ]);
  const hashes = loaded.map(({ versionHash }) => versionHash);
  const versions = await versionsOf(client, deployed, hashes);
  const stored = loaded.map((row) => storedSubscription(row, versions.get(row.versionHash)!));
  const waits = waiting.map((row) => ({
    id: row.id,
    firing: firingOf(row, deployed.deployments.get(row.playbook)?.versionHash),
    until: row.waitsUntil ?? row.at,
  }));
  return {
    past: bySubject(past, (row) => row.subject),
    subscriptions: bySubject(stored, ({ row }) => row.subject),
    audienceWaits: bySubject(waits, ({ firing }) => firing.subject),
  };
}

function bySubject<T>(rows: readonly T[], subjectOf: (row: T) => SubjectRef): Map<string, T[]> {
  const found = new Map<string, T[]>();
  for (const row of rows) {
    const key = subjectKey(subjectOf(row));
    const known = found.get(key);
    if (known) known.push(row);
    else found.set(key, [row]);
  }
  return found;
}

/** The rows of an enrolment that starts in the batch. */
export function startedRows({ id, firing, version, startedAt, ghost, subscriptions }: EnrolmentStarted): {
  enrolment: EnrolmentRow;
  past: PastRow;
  subscriptions: StoredSubscription[];
} {
  const { subject, playbook, key, trigger, arm, version: versionHash } = firing;
  const own = { playbook, versionHash, subject, key, trigger, startedAt, ghost };
  const mark = typeof trigger.mark === 'string' ? trigger.mark : null;
  return {
    enrolment: { id, firingId: id, ...own },
    past: { playbook, subject, key, startedAt, open: true, nextAt: startedAt, mark, side: null },
    subscriptions: subscriptions.map((subscription) => {
      const { kind: path, since, until, arms, held } = subscription;
      const detail = path === 'goal' && watchesState(arms) ? { held } : {};
      const row = { ...own, enrolmentId: id, path, iteration: '', since, until, detail, arm, open: true };
      return openSubscription(row, version, subscription);
    }),
  };
}

export function storedSubscription(row: LoadedSubscription, version: PlaybookVersion): StoredSubscription {
  const { playbook } = version;
  const kind = row.path === 'goal' || row.path === 'exit' || row.path === 'parent' ? row.path : 'wait';
  const arms =
    kind === 'goal'
      ? [playbook.goal?.awaited ?? []]
      : kind === 'exit'
        ? [playbook.exitOn]
        : kind === 'parent'
          ? PARENT_ARMS
          : ((playbook.steps[row.path]?.config as { arms?: Awaited[][] } | undefined)?.arms ?? []);
  const { enrolmentId: id, key, trigger, ghost } = row;
  const enrolment = { id, playbook: playbook.playbook, key, trigger, ghost };
  const keyExpression = playbook.trigger.arms[row.arm]?.key;
  const { since, until, iteration } = row;
  const { goal } = playbook;
  const counts =
    kind === 'goal' && goal && goal.attribute !== 'entered'
      ? { attribute: goal.attribute, withinMs: goal.withinMs }
      : {};
  const subscription = subscriptionOf(enrolment, keyExpression, { kind, arms, since, until, iteration, ...counts });
  const { held = false, attributedTo } = row.detail;
  return openSubscription(row, version, { ...subscription, held, ...(attributedTo && { attributedTo }) });
}

function openSubscription(
  row: LoadedSubscription,
  version: PlaybookVersion,
  subscription: Subscription,
): StoredSubscription {
  return { row, version, subscription, path: row.path, iteration: row.iteration, enrolment: row, gone: false };
}

/** The firing of a row, as the engine gave it. @param version in place of its own, where that is no longer deployed */
export function firingOf(row: FiringRow, version: string = row.versionHash): Firing {
  const { playbook, subject, key, at, arm, evidence, byTime, trigger } = row;
  const isMark = typeof trigger.mark === 'string' && typeof trigger.clock === 'string' && !runByOf(trigger);
  const more = { ...(isMark && { reach: 0 }), ...(row.givenAt && { givenAt: row.givenAt }) };
  const firing = { playbook, version, subject, key, at, arm, evidence, byTime, trigger, overtaken: false, ...more };
  if (evidence.length > 0 || !row.firedAs) return firing;
  const inherited = { ...firing, firedAs: row.firedAs };
  return enrolmentIdOf(inherited) === row.id ? inherited : firing;
}
