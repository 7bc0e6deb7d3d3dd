/**
 * Takes open enrolments of a playbook over to its deployed version (N5). What runs them is told nothing: the cohort that
 * has one finds that it is no more its own, and leaves it; a new cohort begins it anew, and is answered what was answered
 * before, each command once (architecture, decision 5). So a crash at any line leaves it wholly in one version.
 */
import { type StayReason, whyItStays } from '../evaluation/migration.ts';
import { storedAnswer } from '../evaluation/stored-answers.ts';
import type { PlaybookVersion, SubjectRef } from '../language/model.ts';
import { subjectKey } from '../language/records/subject-key.ts';
import { holdDeployed, readDeployments } from '../store/deployments/deployments.ts';
import { readVersions } from '../store/deployments/versions.ts';
import { lockSubjects } from '../store/evaluation/subjects.ts';
import { beginWriting } from '../store/events/events.ts';
import { insertDecisions } from '../store/journeys/decisions.ts';
import { readSubjectsOf } from '../store/journeys/enrolments.ts';
import {
  lockOpenEnrolments,
  type OpenEnrolment,
  openOfOtherVersions,
  putVersion,
  readAllAnswers,
} from '../store/journeys/version-changes.ts';
import { readClock } from '../store/postgres/clock.ts';
import type { Database, Queryable } from '../store/postgres/database.ts';
import { withRetries } from '../store/postgres/retry.ts';

export interface Looked {
  enrolment: string;
  /** The version that it ran when it was looked at. */
  from: string;
  /** Why it stays with that; undefined where it goes over. */
  stays: StayReason | undefined;
}

export interface MigrateOptions {
  playbook: string;
  /** The deployed version: enrolments go over to this one. */
  to: PlaybookVersion;
  /** Only enrolments of this version; absent: of every other. */
  from?: string | undefined;
  /** Only looks. */
  dryRun: boolean;
}

/** Enrolments in one transaction. */
const AT_ONCE = 100;
const RETRY_MS = 10_000;
const LIMITS = { timeoutMs: 20_000, totalMs: 60_000 };

/** The version is not the deployed one any more. What was moved before stays moved. */
export class VersionGone extends Error {}

/** @throws VersionGone when something else was deployed meanwhile */
export async function* migrateEnrolments(database: Database, options: MigrateOptions): AsyncGenerator<Looked[]> {
  const { playbook, to, from } = options;
  for (let after = ''; ; ) {
    const asked = { playbook, version: to.hash, from };
    const ids = await openOfOtherVersions(database.pool, asked, { after, most: AT_ONCE });
    if (ids.length === 0) return;
    after = ids.at(-1)!;
    const work = () => database.transaction((client) => migrateSome(client, ids, options), LIMITS);
    yield await withRetries(work, { untilMs: RETRY_MS });
  }
}

async function migrateSome(
  client: Queryable,
  ids: readonly string[],
  { playbook, to, dryRun }: MigrateOptions,
): Promise<Looked[]> {
  // In the order of whoever carries journeys on: the deployment, the writers, the subjects, the rows.
  await holdDeployed(client);
  const deployed = (await readDeployments(client)).find((one) => one.playbook === playbook);
  if (deployed?.versionHash !== to.hash) throw new VersionGone();
  await beginWriting(client);
  const subjects = [...(await readSubjectsOf(client, ids, null)).values()].map(({ subject }) => subject);
  const locked = new Set((await lockSubjects(client, subjects)).map(({ subject }) => subjectKey(subject)));
  const { now } = await readClock(client);
  const enrolments = await lockOpenEnrolments(client, ids);
  const answers = await readAllAnswers(client, ids);
  const versions = await readVersions(
    client,
    enrolments.map(({ versionHash }) => versionHash),
  );
  const looked = enrolments.map((enrolment): Looked & { row: OpenEnrolment } => {
    const { id, versionHash, subject, ...rest } = enrolment;
    const known = (command: Parameters<typeof storedAnswer>[0]['command']) =>
      storedAnswer({ command, answers: answers.get(id)!, inputs: [] });
    const atRest = { ...rest, isBusy: rest.isBusy || !isLocked(locked, subject), now, known };
    return {
      enrolment: id,
      from: versionHash,
      stays: whyItStays(versions.get(versionHash)!, to, atRest),
      row: enrolment,
    };
  });
  if (!dryRun) {
    const going = looked.filter(({ stays }) => stays === undefined);
    await putVersion(
      client,
      going.map(({ enrolment }) => enrolment),
      to.hash,
    );
    await insertDecisions(
      client,
      going.map(({ enrolment, from, row: { subject } }) => {
        const about = { playbook, enrolmentId: enrolment, subject, kind: 'version' as const };
        return { ...about, verdict: 'migrated', looked: { from, to: to.hash }, at: now };
      }),
    );
  }
  return looked.map(({ row: _, ...one }) => one);
}

/** It has become another contact's since it was found (E6). */
function isLocked(locked: ReadonlySet<string>, subject: SubjectRef): boolean {
  return locked.has(subjectKey(subject));
}
