/** A store as a company has it after a year: people, events, journeys at every place; its rows are those that the engine writes. */
import type { Database } from '../../store/postgres/database.ts';
import { seedContacts } from '../lib/seed.ts';

export interface CompanySize {
  contacts: number;
  events: number;
  enrolments: number;
}

/** Rows that one statement writes. */
const AT_ONCE = 50_000;
/** Contacts have a tenth as many tickets, and a hundredth as many accounts. */
const TICKETS_SHARE = 0.1;
const ACCOUNTS_SHARE = 0.01;
/** How far back it goes. */
const YEAR = "interval '365 days'";

/**
 * Contacts `p1` to `p<contacts>` with an address, an account and a ticket each tenth; events over a year, the same number for each contact;
 * enrolments of the playbooks in turn, half of them of the first, each with a mail, a decision and an outcome; one in ten is under way,
 * one in a hundred has an open task.
 *
 * @param playbooks names that are deployed
 */
export async function seedCompany(database: Database, playbooks: readonly string[], size: CompanySize): Promise<void> {
  await seedContacts(database, 'p', size.contacts);
  await seedRecords(database, size.contacts);
  await seedEvents(database, size);
  await seedJourneys(database, playbooks, size);
}

async function seedRecords(database: Database, contacts: number): Promise<void> {
  const accounts = Math.max(1, Math.round(contacts * ACCOUNTS_SHARE));
  await inChunks(database, contacts, [
    `UPDATE contacts SET email = id || '@example.com', account_id = 'a' || substr(id, 2)::int % ${accounts},
            traits = traits || jsonb_build_object('email', id || '@example.com')
      WHERE id = ANY (ARRAY(SELECT 'p' || generate_series($1::int, $2::int)))`,
  ]);
  await inChunks(database, accounts, [
    `INSERT INTO accounts (id, traits, created_at, updated_at)
     SELECT 'a' || n - 1, jsonb_build_object('name', 'Company ' || n), cuebook_now(), cuebook_now()
       FROM generate_series($1::int, $2::int) n`,
  ]);
  await inChunks(database, Math.max(1, Math.round(contacts * TICKETS_SHARE)), [
    `INSERT INTO tickets (id, traits, contact_id, created_at, updated_at)
     SELECT 't' || n, '{"name": "Broken", "status": "open"}', 'p' || n, cuebook_now() - n % 365 * interval '1 day', cuebook_now()
       FROM generate_series($1::int, $2::int) n`,
  ]);
}

async function seedEvents(database: Database, { contacts, events }: CompanySize): Promise<void> {
  await inChunks(database, events, [
    `WITH came AS (
       INSERT INTO events (source, message_id, kind, name, at, received_at, contact_id, properties)
       SELECT 'bench', 'm' || n, 'track', (ARRAY['page.viewed', 'cart.updated', 'order.completed', 'usage.reported'])[1 + n % 4],
              moment, moment, 'p' || 1 + n % ${contacts}, jsonb_build_object('value', n % 300)
         FROM (SELECT n, date_trunc('milliseconds', cuebook_now() - ${YEAR} * (1 - n::float8 / ${events})) AS moment
                 FROM generate_series($1::int, $2::int) n) dated
       RETURNING arrival, message_id, at, received_at, contact_id, name),
     keys AS (
       INSERT INTO event_keys (source, message_id, arrival, received_at)
       SELECT 'bench', message_id, arrival, received_at FROM came WHERE received_at > cuebook_now() - interval '30 days')
     INSERT INTO timeline (subject_type, subject_id, at, received_at, arrival, name)
     SELECT 'contact', contact_id, at, received_at, arrival, name FROM came`,
  ]);
}

async function seedJourneys(database: Database, playbooks: readonly string[], size: CompanySize): Promise<void> {
  const started = `date_trunc('milliseconds', cuebook_now() - ${YEAR} * (1 - n::float8 / ${size.enrolments}))`;
  const named = `('{${playbooks.join(',')}}'::text[])[CASE n % 2 WHEN 0 THEN 1 ELSE 1 + n / 2 % ${playbooks.length} END]`;
  await inChunks(database, size.enrolments, [
    `INSERT INTO firings (id, playbook, version_hash, subject_type, subject_id, key, at, arm, evidence, trigger, status, by_time, made_at)
     SELECT 'f' || n, v.playbook, v.hash, 'contact', 'p' || 1 + n % ${size.contacts}, '', ${started}, 0, '{}', '{"value": 80}', 'enrolled', false, ${started}
       FROM generate_series($1::int, $2::int) n JOIN playbook_versions v ON v.playbook = ${named}`,
    `INSERT INTO enrolments (id, firing_id, playbook, version_hash, subject_type, subject_id, key, trigger, started_at, outcome, reason, ended_at, next_at)
     SELECT f.id, f.id, f.playbook, f.version_hash, f.subject_type, f.subject_id, '', f.trigger, f.at,
            CASE WHEN n % 10 > 0 THEN (ARRAY['completed', 'converted', 'exited'])[1 + n % 3] END,
            CASE WHEN n % 10 > 0 AND n % 3 = 2 THEN 'order.completed' END,
            CASE WHEN n % 10 > 0 THEN f.at + interval '3 days' END,
            CASE WHEN n % 10 = 0 THEN cuebook_now() + interval '1 day' END
       FROM generate_series($1::int, $2::int) n JOIN firings f ON f.id = 'f' || n`,
    `INSERT INTO step_answers (enrolment_id, path, iteration, command, answer, at)
     SELECT 'f' || n, 'steps.0', '', 'do', '{"go": "next"}', f.at FROM generate_series($1::int, $2::int) n JOIN firings f ON f.id = 'f' || n`,
    `INSERT INTO effects (id, enrolment_id, path, iteration, kind, status, began_at, at, done_at, detail)
     SELECT f.id, f.id, 'steps.0', '', 'send', CASE WHEN n % 1000 = 0 THEN 'failed' ELSE 'done' END, f.at, f.at, f.at, '{"template": "nudge"}'
       FROM generate_series($1::int, $2::int) n JOIN firings f ON f.id = 'f' || n`,
    `INSERT INTO effects (id, enrolment_id, path, iteration, kind, status, began_at, at, done_at, detail)
     SELECT 't' || f.id, f.id, 'steps.2', '', 'task', 'done', f.at, f.at, f.at, '{"task": "Call"}'
       FROM generate_series($1::int, $2::int) n JOIN firings f ON f.id = 'f' || n WHERE n % 100 = 0`,
    `INSERT INTO messages (id, effect_id, enrolment_id, playbook, channel, message_class, template, contact_id, status, at, sent_at)
     SELECT f.id, f.id, f.id, f.playbook, 'email', 'marketing', 'nudge', f.subject_id, CASE WHEN n % 1000 = 0 THEN 'failed' ELSE 'sent' END, f.at, f.at
       FROM generate_series($1::int, $2::int) n JOIN firings f ON f.id = 'f' || n`,
    `INSERT INTO outcomes (id, enrolment_id, playbook, version_hash, path, subject_type, subject_id, name, value, at)
     SELECT e.id, e.id, e.playbook, e.version_hash, 'finish', 'contact', e.subject_id, e.outcome, CASE e.outcome WHEN 'converted' THEN to_jsonb(n % 300) END, e.ended_at
       FROM generate_series($1::int, $2::int) n JOIN enrolments e ON e.id = 'f' || n WHERE e.outcome IS NOT NULL`,
    `INSERT INTO decisions (playbook, enrolment_id, subject_type, subject_id, kind, verdict, at, decided_at)
     SELECT f.playbook, f.id, f.subject_type, f.subject_id, 'entry', 'enrolled', f.at, f.at FROM generate_series($1::int, $2::int) n JOIN firings f ON f.id = 'f' || n`,
    `INSERT INTO tasks (id, enrolment_id, effect_id, playbook, subject_type, subject_id, title, assignee, due_at, status, created_at, changed_at)
     SELECT 't' || f.id, f.id, 't' || f.id, f.playbook, f.subject_type, f.subject_id, 'Call', 'kim', f.at + interval '1 day', CASE WHEN n % 1000 = 0 THEN 'open' ELSE 'done' END, f.at, f.at
       FROM generate_series($1::int, $2::int) n JOIN firings f ON f.id = 'f' || n WHERE n % 100 = 0`,
  ]);
}

/** Of each statement `$1` and `$2` are the first and the last number of a chunk; the statements of a chunk are one transaction. */
async function inChunks(database: Database, count: number, statements: readonly string[]): Promise<void> {
  for (let from = 1; from <= count; from += AT_ONCE) {
    await database.transaction(async (client) => {
      for (const sql of statements) await client.query(sql, [from, Math.min(count, from + AT_ONCE - 1)]);
    });
  }
}
