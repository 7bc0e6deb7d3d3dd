/** What an operator does with messages that wait for their provider (P5). */
import type { Json, SubjectRef } from '../../language/model.ts';
import { appendInputs, type NewInput } from '../evaluation/evaluator-writes.ts';
import { now as readNow } from '../postgres/clock.ts';
import type { Database, Queryable } from '../postgres/database.ts';
import { dropMails, retryMails } from './colleague-mails.ts';
import { insertDecisions } from './decisions.ts';
import { insertStepAnswers, type StepPlace } from './step-answers.ts';

interface Waiting extends StepPlace {
  id: string;
  at: number;
  stepId: string | null;
  playbook: string;
  subject: SubjectRef;
}

/**
 * Has waiting messages tried at once: their journeys are told to look.
 *
 * @param ids of effects, and of mails that no journey waits for; those that do not wait, any more or at all, are left alone
 * @returns the ids of those that are tried
 */
export async function retryMessages(database: Database, ids: readonly string[]): Promise<string[]> {
  return database.transaction(async (client) => {
    const waiting = await lockWaiting(client, ids);
    await client.query(
      `UPDATE effects SET claim = jsonb_set(claim, '{wait,nextAt}', to_jsonb($2::bigint)) WHERE id = ANY($1::text[])`,
      [waiting.map(({ id }) => id), await readNow(client)],
    );
    await appendInputs(client, waiting.map(lookAgain));
    return [...waiting.map(({ id }) => id), ...(await retryMails(client, ids))];
  });
}

/** Refuses waiting messages as `dropped`; their journeys go on. @returns the ids of those that waited */
export async function dropMessages(database: Database, ids: readonly string[]): Promise<string[]> {
  return database.transaction(async (client) => {
    const waiting = await lockWaiting(client, ids);
    const found = waiting.map(({ id }) => id);
    await client.query(
      `UPDATE effects SET status = 'refused', reason = 'dropped', claim = NULL, done_at = cuebook_now() WHERE id = ANY($1::text[])`,
      [found],
    );
    await client.query(
      `UPDATE messages SET status = 'refused', error = 'dropped' WHERE effect_id = ANY($1::text[]) AND status <> 'sent'`,
      [found],
    );
    const answer: Json = { go: 'next' };
    const context = { status: 'refused', reason: 'dropped' };
    await insertStepAnswers(
      client,
      waiting.map(({ stepId, ...place }) => {
        return { ...place, command: 'do', answer, stepId, context: stepId === null ? null : context };
      }),
    );
    await insertDecisions(
      client,
      waiting.map(({ enrolmentId, path, playbook, subject, at }) => {
        const looked = { by: 'operator' };
        return { playbook, enrolmentId, subject, path, kind: 'effect', verdict: 'refused: dropped', looked, at };
      }),
    );
    await appendInputs(client, waiting.map(lookAgain));
    return [...found, ...(await dropMails(client, ids))];
  });
}

/** Their effects stay locked: a try that is under way is not theirs to change. */
async function lockWaiting(client: Queryable, ids: readonly string[]): Promise<Waiting[]> {
  const { rows } = await client.query<Waiting>(
    `SELECT x.id, x.enrolment_id AS "enrolmentId", x.path, x.iteration, x.at, e.playbook,
            v.content #>> ARRAY['playbook', 'steps', x.path, 'id'] AS "stepId",
            json_build_object('type', e.subject_type, 'id', e.subject_id) AS subject
       FROM effects x JOIN enrolments e ON e.id = x.enrolment_id JOIN playbook_versions v ON v.hash = e.version_hash
      WHERE x.id = ANY($1::text[]) AND x.status = 'failed' AND x.claim ? 'wait' AND e.outcome IS NULL
      ORDER BY x.id FOR UPDATE OF x`,
    [ids],
  );
  return rows;
}

function lookAgain({ enrolmentId, path, iteration, at }: Waiting): NewInput {
  return { enrolmentId, kind: 'look', path, iteration, arm: 0, at, event: null };
}
