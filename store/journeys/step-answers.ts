/** Every activity answers once (architecture, decision 5): stored answers, and what later steps see as `steps.<id>`. */

import { FAILED_TRY } from '../../language/hash.ts';
import type { Instant, Json } from '../../language/model.ts';
import type { Queryable } from '../postgres/database.ts';

export interface StepAnswerRow {
  enrolmentId: string;
  path: string;
  iteration: string;
  command: string;
  answer: Json;
  /** The step's id, where its context is seen by later steps. */
  stepId: string | null;
  context: { [name: string]: Json } | null;
  /** The journey's instant at which it was asked. */
  at: Instant;
}

export interface StepPlace {
  enrolmentId: string;
  path: string;
  iteration: string;
}

/** Of each enrolment: every answer at the place, and those whose context later steps see. */
export async function readStepAnswers(client: Queryable, places: readonly StepPlace[]): Promise<StepAnswerRow[]> {
  const { rows } = await client.query<StepAnswerRow>(
    `SELECT a.enrolment_id AS "enrolmentId", a.path, a.iteration, a.command, a.answer, a.step_id AS "stepId", a.context, a.at
       FROM jsonb_to_recordset($1::jsonb) AS w ("enrolmentId" text, path text, iteration text)
       JOIN step_answers a ON a.enrolment_id = w."enrolmentId"
        AND (a.step_id IS NOT NULL OR (a.path = w.path AND a.iteration = w.iteration))`,
    [JSON.stringify(places)],
  );
  return rows;
}

/** An answer that is there stays what it is. */
export async function insertStepAnswers(client: Queryable, rows: readonly StepAnswerRow[]): Promise<void> {
  if (rows.length === 0) return;
  await client.query(
    `INSERT INTO step_answers AS a (enrolment_id, path, iteration, command, answer, step_id, context, at)
     SELECT "enrolmentId", path, iteration, command, answer, "stepId", context, cuebook_instant(at)
       FROM jsonb_to_recordset($1::jsonb) AS w ("enrolmentId" text, path text, iteration text, command text,
         answer jsonb, "stepId" text, context jsonb, at bigint)
     ON CONFLICT (enrolment_id, path, iteration, command)
     DO UPDATE SET answer = excluded.answer, context = excluded.context, at = excluded.at WHERE a.command = '${FAILED_TRY}'`,
    [JSON.stringify(rows)],
  );
}
