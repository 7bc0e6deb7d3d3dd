/** Locks what a batch is about, and reads its commands under the locks. */
import type { Instant, SubjectRef } from '../../language/model.ts';
import { subjectKey } from '../../language/records/subject-key.ts';
import { type DeployedConfig, holdDeployed, readDeployedConfig } from '../../store/deployments/deployments.ts';
import { holdHalted } from '../../store/deployments/playbook-status.ts';
import { readVersions } from '../../store/deployments/versions.ts';
import { lockSubjects } from '../../store/evaluation/subjects.ts';
import { beginWriting } from '../../store/events/events.ts';
import { readUnconsumed, type Unconsumed } from '../../store/events/timelines.ts';
import { convertingIn } from '../../store/journeys/conversions.ts';
import { readEffects } from '../../store/journeys/effects.ts';
import { readJourneys, readNotifiedUpTo, readSubjectsOf, readTakenFrom } from '../../store/journeys/enrolments.ts';
import { readMessages } from '../../store/journeys/messages.ts';
import { readStepAnswers } from '../../store/journeys/step-answers.ts';
import { readClock } from '../../store/postgres/clock.ts';
import type { Queryable } from '../../store/postgres/database.ts';
import { together } from '../../store/postgres/together.ts';
import type { CohortItem } from '../../workflows/cohort/types.ts';
import type { Reports } from '../facts/reports.ts';
import type { CommandContext } from './command-context.ts';
import { lockTurnsOf } from './lock-turns.ts';

/** The batch turned out to be about other subjects as well: it begins again with their locks, in the one order (decision 10). */
export class MoreLocks extends Error {
  override readonly name = 'MoreLocks';
  readonly refs: readonly SubjectRef[];

  constructor(refs: readonly SubjectRef[]) {
    super(`${refs.length} more subjects are to be locked`);
    this.refs = refs;
  }
}

/** A command, and the cohort that has it carried out; all of a batch are one cohort's. */
export interface BatchItem extends CohortItem {
  cohortId?: string;
}

export interface LoadedBatch {
  /** Of items whose enrolment is there, in their order. */
  contexts: CommandContext[];
  /** Items whose enrolment was erased, or is another cohort's by now (N5). */
  gone: CohortItem[];
  deployed: DeployedConfig;
  /** Playbooks whose effects are held (N6). */
  halted: ReadonlySet<string>;
  /** What has not been consumed of each locked subject's timeline, by `<type>/<id>`. */
  unconsumed: ReadonlyMap<string, Unconsumed>;
  /** `<type>/<id>` of every subject that is locked. */
  locked: ReadonlySet<string>;
  now: Instant;
  /** Figures that its decisions have asked for (W3). */
  reports: Reports;
  /** Virtual milliseconds in a real one; 0 for a clock that is stepped. */
  warp: number;
}

/**
 * @param also more subjects to lock than the enrolments' own
 * @throws MoreLocks when an enrolment is another subject's by the time that the first is locked
 */
export async function loadBatch(
  client: Queryable,
  items: readonly BatchItem[],
  also: readonly SubjectRef[],
): Promise<Omit<LoadedBatch, 'reports'>> {
  const ids = items.map((item) => item.id);
  const cohortId = items[0]?.cohortId ?? null;
  const [, , known] = await together([
    holdDeployed(client),
    // Before it reads anything: who reads the watermark sees this transaction before it reads the time.
    beginWriting(client),
    readSubjectsOf(client, ids, cohortId),
  ]);
  await lockTurnsOf(client, items, known);
  const subjects = [...[...known.values()].map((row) => row.subject), ...also];
  const places = items.map(({ id, command: { path, iteration } }) => ({ enrolmentId: id, path, iteration }));
  const playbooks = [...new Set([...known.values()].map(({ playbook }) => playbook))];
  const [locked, clock, rows, effects, answers, inputs, unconsumed, deployed, halted, taken] = await together([
    lockSubjects(client, subjects),
    // Behind the locks, each statement sees what the holders before us have committed.
    readClock(client),
    readJourneys(client, ids, cohortId),
    readEffects(client, places),
    readStepAnswers(client, places),
    readNotifiedUpTo(client, ids),
    readUnconsumed(client, subjects),
    readDeployedConfig(client),
    holdHalted(client, playbooks),
    cohortId === null ? new Set<string>() : readTakenFrom(client, cohortId, ids),
  ]);
  const { now, warp, mode } = clock;
  // An enrolment follows its contact into a merge (E6).
  const isLocked = new Set(locked.map(({ subject }) => subjectKey(subject)));
  const moved = [...rows.values()].map((row) => row.subject).filter((subject) => !isLocked.has(subjectKey(subject)));
  if (moved.length > 0) throw new MoreLocks(moved);
  const effectIds = effects.map((effect) => effect.id);
  const messages = await readMessages(client, effectIds);
  const versions = await versionsOf(client, rows);
  const contexts: CommandContext[] = [];
  const converting = taken.size === 0 ? taken : await convertingIn(client, cohortId!, [...taken]);
  const isGone = ({ id, command }: BatchItem) =>
    !rows.has(id) || (taken.has(id) && !(converting.has(id) && command.path.startsWith('on_goal')));
  for (const item of items) {
    if (isGone(item)) continue;
    const { id, command } = item;
    const row = rows.get(id)!;
    const effect = effects.find((e) => e.enrolmentId === id);
    contexts.push({
      id,
      command,
      row,
      version: versions.get(row.versionHash)!,
      settings: deployed.settings,
      answers: answers.filter((answer) => answer.enrolmentId === id),
      inputs: inputs.filter((input) => input.enrolmentId === id),
      effect,
      messages: messages.filter((message) => message.effectId === effect?.id),
      unconsumed: unconsumed.get(subjectKey(row.subject))!,
    });
  }
  return {
    contexts,
    gone: items.filter(isGone),
    deployed,
    halted,
    unconsumed,
    locked: isLocked,
    now,
    warp: mode === 'stepped' ? 0 : warp,
  };
}

function versionsOf(client: Queryable, rows: ReadonlyMap<string, { versionHash: string }>) {
  const hashes = [...rows.values()].map(({ versionHash }) => versionHash);
  return readVersions(client, hashes);
}
