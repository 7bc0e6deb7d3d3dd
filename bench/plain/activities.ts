/**
 * The three steps for one enrolment each, leaving the same rows as Cuebook's do: in one statement that is a transaction
 * of its own, so as fast as it can be done singly. Each does nothing when it is called again.
 */
import type { Pool } from 'pg';

export interface PlainActivities {
  updateContact(enrolment: string): Promise<void>;
  createTask(enrolment: string): Promise<void>;
  recordOutcome(enrolment: string): Promise<void>;
}

/** The answer of the step, and what happened: both only where it was not answered before. */
function step(path: string, kind: string, detail: string): string {
  return `answer AS (
    INSERT INTO step_answers (enrolment_id, path, iteration, command, answer, at)
    VALUES ($1, '${path}', '', 'do', '{"go":"next"}', now()) ON CONFLICT DO NOTHING RETURNING enrolment_id AS id
  ), effect AS (
    INSERT INTO effects (id, enrolment_id, path, iteration, kind, status, attempts, began_at, at, done_at, detail)
    SELECT id || ':${path}', id, '${path}', '', '${kind}', 'done', 1, now(), now(), now(), '${detail}' FROM answer
  )`;
}

/** An event of the product's own on the contact's timeline. */
function event(name: string): string {
  return `event AS (
    INSERT INTO events (source, message_id, kind, name, at, received_at, contact_id, properties, patches)
    SELECT 'cuebook', '${name}:' || id, 'own', '${name}', now(), now(), id,
           jsonb_build_object('playbook', 'three-steps', 'enrolment', id, 'key', ''), '[]' FROM answer
    RETURNING arrival, message_id, at, contact_id AS id
  ), key AS (
    INSERT INTO event_keys (source, message_id, arrival, received_at) SELECT 'cuebook', message_id, arrival, at FROM event
  ), place AS (
    INSERT INTO timeline (subject_type, subject_id, at, received_at, arrival, name)
    SELECT 'contact', id, at, at, arrival, '${name}' FROM event
  )`;
}

const UPDATE_CONTACT = `WITH ${step('steps.0', 'update', '{"update":{"contact.stage":"worked"}}')}, ${event('contact.updated')},
  write AS (
    INSERT INTO trait_writes (type, id, trait, at, received_at, arrival, value)
    SELECT 'contact', id, 'stage', at, at, arrival, '"worked"' FROM event
  )
  UPDATE contacts SET traits = traits || '{"stage":"worked"}', updated_at = now() WHERE id = (SELECT id FROM event)`;

const CREATE_TASK = `WITH ${step('steps.1', 'task', '{"task":"Call","assign":"kim"}')}, ${event('task.created')}
  INSERT INTO tasks (id, enrolment_id, effect_id, playbook, subject_type, subject_id, title, assignee, priority, due_at,
                     created_at, changed_at)
  SELECT e.id || ':task', e.id, e.id || ':steps.1', 'three-steps', 'contact', e.id, 'Call ' || (c.traits->>'name'), 'kim',
         'normal', now() + interval '1 day', now(), now()
    FROM event e JOIN contacts c ON c.id = e.id`;

const RECORD_OUTCOME = `WITH ${step('steps.2', 'record', '{"record":"worked"}')}, ${event('enrolment.ended')},
  decision AS (
    INSERT INTO decisions (playbook, enrolment_id, subject_type, subject_id, path, kind, verdict, looked, at, decided_at)
    SELECT 'three-steps', id, 'contact', id, 'finish', 'end', 'completed', '{}', at, at FROM event
  )
  INSERT INTO outcomes (id, enrolment_id, playbook, version_hash, path, subject_type, subject_id, name, at)
  SELECT id || ':' || name, id, 'three-steps', 'plain', path, 'contact', id, name, at
    FROM event, (VALUES ('steps.2', 'worked'), ('finish', 'completed')) AS w (path, name)`;

/** @param onFirst called when an enrolment's first activity begins, in milliseconds since the epoch. */
export function plainActivities(pool: Pool, onFirst: (enrolment: string, atMs: number) => void): PlainActivities {
  const run = (name: string, text: string) => async (enrolment: string) => {
    if (name === 'update') onFirst(enrolment, performance.timeOrigin + performance.now());
    const { rowCount } = await pool.query({ name, text, values: [enrolment] });
    if (rowCount === 0) throw new Error(`${name} did nothing for ${enrolment}`);
  };
  return {
    updateContact: run('update', UPDATE_CONTACT),
    createTask: run('task', CREATE_TASK),
    recordOutcome: run('record', RECORD_OUTCOME),
  };
}
