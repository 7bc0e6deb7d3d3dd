/** Open enrolments that go over to another version of their playbook (N5). */
import type { Instant, SubjectRef, SubjectType } from '../../language/model.ts';
import type { Queryable } from '../postgres/database.ts';
import { ENROLMENTS_CHANNEL } from './cohorts.ts';
import type { StepAnswerRow } from './step-answers.ts';

export interface OpenEnrolment {
  id: string;
  versionHash: string;
  subject: SubjectRef;
  startedAt: Instant;
  /** The deadline for which it waits, or the instant at which it is working (N1). */
  nextAt: Instant | null;
  /** No cohort has it. */
  isPending: boolean;
  /** Its cohort has not been started, or an effect of it is claimed or held. */
  isBusy: boolean;
  /** It was told of a goal, an exit or another end. */
  isEnding: boolean;
}

/** Open enrolments of a playbook that do not run `version`, by id; of one earlier version, where `from` names it. */
export async function openOfOtherVersions(
  client: Queryable,
  { playbook, version, from }: { playbook: string; version: string; from: string | undefined },
  { after, most }: { after: string; most: number },
): Promise<string[]> {
  const { rows } = await client.query<{ id: string }>(
    `SELECT id FROM enrolments
      WHERE playbook = $1 AND outcome IS NULL AND version_hash <> $2 AND ($3::text IS NULL OR version_hash = $3)
        AND id > $4
      ORDER BY id LIMIT $5`,
    [playbook, version, from ?? null, after, most],
  );
  return rows.map(({ id }) => id);
}

/** Those of them that are open. The caller holds their subjects' locks; the rows are locked against who claims cohorts. */
export async function lockOpenEnrolments(client: Queryable, ids: readonly string[]): Promise<OpenEnrolment[]> {
  const { rows } = await client.query<Omit<OpenEnrolment, 'subject'> & { type: SubjectType; subject: string }>(
    `SELECT e.id, e.version_hash AS "versionHash", e.subject_type AS type, e.subject_id AS subject,
            e.started_at AS "startedAt", e.next_at AS "nextAt", e.cohort_id IS NULL AS "isPending",
            EXISTS (SELECT FROM cohorts c WHERE c.id = e.cohort_id AND c.started_at IS NULL)
              OR EXISTS (SELECT FROM effects f WHERE f.enrolment_id = e.id AND f.status IN ('claimed', 'held')) AS "isBusy",
            EXISTS (SELECT FROM journey_inputs i
                     WHERE i.enrolment_id = e.id AND i.kind NOT IN ('match', 'look')) AS "isEnding"
       FROM enrolments e WHERE e.id = ANY($1::text[]) AND e.outcome IS NULL ORDER BY e.id FOR NO KEY UPDATE OF e`,
    [ids],
  );
  return rows.map(({ type, subject, ...row }) => ({ ...row, subject: { type, id: subject } }));
}

/** Every stored answer of some enrolments. */
export async function readAllAnswers(client: Queryable, ids: readonly string[]): Promise<Map<string, StepAnswerRow[]>> {
  const { rows } = await client.query<StepAnswerRow>(
    `SELECT enrolment_id AS "enrolmentId", path, iteration, command, answer, step_id AS "stepId", context, at
       FROM step_answers WHERE enrolment_id = ANY($1::text[])`,
    [ids],
  );
  const answers = new Map<string, StepAnswerRow[]>(ids.map((id) => [id, []]));
  for (const row of rows) answers.get(row.enrolmentId)!.push(row);
  return answers;
}

/**
 * They run `version` from now on, in a cohort that is yet to be made: it begins anew, and every command that was
 * answered is answered the same. What they have been told is told to it again.
 */
export async function putVersion(client: Queryable, ids: readonly string[], version: string): Promise<void> {
  if (ids.length === 0) return;
  await client.query('UPDATE enrolments SET version_hash = $2, cohort_id = NULL WHERE id = ANY($1::text[])', [
    ids,
    version,
  ]);
  await client.query('UPDATE journey_inputs SET signalled_at = NULL WHERE enrolment_id = ANY($1::text[])', [ids]);
  await client.query('SELECT pg_notify($1, $2)', [ENROLMENTS_CHANNEL, '']);
}
