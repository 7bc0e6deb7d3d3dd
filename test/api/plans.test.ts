/** What lists of the API ask is answered from an index, as PostgreSQL chooses by itself over a filled store. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Database, openDatabase, type Queryable } from '../../store/postgres/database.ts';
import { enrolmentsOfSubject, pageOfEnrolments } from '../../store/reports/app/enrolments.ts';
import { pageOfDeadLetters, pageOfEvents, readEvent } from '../../store/reports/app/events.ts';
import { pageOfMessages } from '../../store/reports/app/messages.ts';
import { readNeeds } from '../../store/reports/app/needs.ts';
import { readPulse } from '../../store/reports/app/pulse.ts';
import { clocksOfTicket, openTicketClocks } from '../../store/reports/app/ticket-clocks.ts';
import { happenedSince } from '../../store/reports/app/today.ts';
import { HAPPENING_KINDS, readHappenings } from '../../store/reports/people/happenings.ts';
import { readRecord, readRelated, readTraitTimes } from '../../store/reports/people/profile.ts';
import { searchRecords } from '../../store/reports/people/search.ts';
import { type TestDatabase, testDatabase } from '../support/postgres.ts';

/** 20,000 of each: half of the journeys of a year are of one playbook of twenty. */
const MUCH = `
  INSERT INTO contacts (id, traits, email, account_id, created_at, updated_at)
    SELECT 'c' || n, jsonb_build_object('name', 'Name ' || n, 'email', 'p' || n || '@example.com'), 'p' || n || '@example.com', 'a' || n % 500, now(), now()
      FROM generate_series(1, 20000) n;
  INSERT INTO tickets (id, traits, contact_id, created_at, updated_at)
    SELECT 't' || n, '{"name": "Broken"}', 'c' || n, now(), now() FROM generate_series(1, 20000) n;
  INSERT INTO trigger_states (subject_type, subject_id, owner, key, hash, state, due_at)
    SELECT 'ticket', 't' || n, 'sla:care.answer', '', 'h', '{"clock": {"instances": [{"number": 1}]}}', now() + n * interval '1 minute'
      FROM generate_series(1, 20000) n;
  INSERT INTO deadlines (subject_type, subject_id, due_at)
    SELECT 'ticket', 't' || n, now() + n * interval '1 minute' FROM generate_series(1, 2000) n;
  INSERT INTO deadlines (subject_type, subject_id, due_at)
    SELECT 'contact', 'c' || n, now() + n * interval '1 minute' FROM generate_series(1, 20000) n;
  INSERT INTO firings (id, playbook, version_hash, subject_type, subject_id, key, at, arm, trigger, status, by_time, made_at)
    SELECT 'f' || n, 'p' || CASE n % 2 WHEN 0 THEN 0 ELSE n % 19 END, 'v', 'contact', 'c' || n, '', now() - n * interval '25 minutes', 0, '{}', 'enrolled', false,
           now() - n * interval '25 minutes' FROM generate_series(1, 20000) n;
  INSERT INTO enrolments (id, firing_id, playbook, version_hash, subject_type, subject_id, key, trigger, started_at, outcome, ended_at)
    SELECT id, id, playbook, 'v', 'contact', subject_id, '', '{}', at, 'completed', at FROM firings;
  INSERT INTO step_answers (enrolment_id, path, iteration, command, answer, at)
    SELECT id, 'steps.0', '', 'do', '{"go": "next"}', started_at FROM enrolments;
  INSERT INTO effects (id, enrolment_id, path, iteration, kind, status, began_at, at, done_at)
    SELECT id, id, 'steps.0', '', CASE WHEN right(id, 2) = '00' THEN 'approve' ELSE 'send' END, CASE WHEN right(id, 3) = '000' THEN 'failed' ELSE 'done' END,
           started_at, started_at, started_at FROM enrolments;
  INSERT INTO messages (id, effect_id, enrolment_id, playbook, channel, message_class, contact_id, status, at)
    SELECT id, id, id, playbook, 'email', 'marketing', subject_id, CASE WHEN right(id, 3) = '000' THEN 'failed' ELSE 'sent' END, started_at FROM enrolments;
  INSERT INTO outcomes (id, enrolment_id, playbook, version_hash, path, subject_type, subject_id, name, at)
    SELECT id, id, playbook, 'v', 'finish', 'contact', subject_id, 'completed', started_at FROM enrolments;
  INSERT INTO decisions (playbook, enrolment_id, subject_type, subject_id, kind, verdict, at, decided_at)
    SELECT playbook, id, 'contact', subject_id, 'entry', 'enrolled', started_at, started_at FROM enrolments;
  INSERT INTO tasks (id, enrolment_id, playbook, subject_type, subject_id, title, status, created_at, changed_at)
    SELECT id, id, playbook, 'contact', subject_id, 'Call', CASE WHEN right(id, 3) = '000' THEN 'open' ELSE 'done' END, now(), now() FROM enrolments;
  INSERT INTO events (source, message_id, kind, name, at, received_at, contact_id)
    SELECT 's', 'm' || n, 'track', 'x', now(), now(), 'c' || n FROM generate_series(1, 20000) n;
  INSERT INTO timeline (subject_type, subject_id, at, received_at, arrival, name)
    SELECT 'contact', contact_id, at, received_at, arrival, name FROM events;
  INSERT INTO trait_writes (type, id, trait, at, received_at, arrival, value)
    SELECT 'contact', contact_id, 'name', at, received_at, arrival, '"x"' FROM events;
  ANALYZE`;

let test: TestDatabase;
let database: Database;
beforeAll(async () => {
  test = await testDatabase();
  database = openDatabase(test.url);
  await database.pool.query(MUCH);
}, 120_000);
afterAll(async () => {
  await database.close();
  await test.drop();
});

/** The plans of the statements of a call, each also carried out. */
async function plansOf(call: (client: Queryable) => Promise<unknown>): Promise<string> {
  const plans: string[] = [];
  const client = {
    async query(sql: string, values: unknown[] = []) {
      const { rows } = await database.pool.query(`EXPLAIN ${sql}`, values);
      plans.push(rows.map((row) => row['QUERY PLAN']).join('\n'));
      return database.pool.query(sql, values);
    },
  };
  await call(client as unknown as Queryable);
  return plans.join('\n');
}

const READ_WHOLE =
  /(Parallel )?Seq Scan on (contacts|tickets|firings|enrolments|step_answers|effects|messages|outcomes|decisions|tasks|events|timeline|trait_writes|trigger_states|deadlines)\b/;
const DAY_MS = 86_400_000;
const place = { at: Date.now() - 100 * DAY_MS, id: 'f500' };
const contact = { type: 'contact', id: 'c777' } as const;

const asked: { [what: string]: (client: Queryable) => Promise<unknown> } = {
  'people by how they begin': (client) =>
    searchRecords(client, { type: 'contact', q: 'p1234', after: undefined, most: 51 }),
  'people, a page further': (client) => searchRecords(client, { type: 'contact', q: '', after: 'c500', most: 51 }),
  'tickets by how they begin': (client) =>
    searchRecords(client, { type: 'ticket', q: 't123', after: undefined, most: 51 }),
  'a record': (client) => readRecord(client, contact),
  'when its traits were written': (client) => readTraitTimes(client, contact),
  'what is related to it': (client) => readRelated(client, contact, 20),
  'its timeline': (client) =>
    readHappenings(client, contact, { kinds: HAPPENING_KINDS, playbook: undefined, after: undefined, most: 51 }),
  'its timeline, a page further': (client) =>
    readHappenings(client, contact, { kinds: HAPPENING_KINDS, playbook: 'p0', after: place, most: 51 }),
  'its enrolments': (client) => enrolmentsOfSubject(client, contact, 50),
  'enrolments of a playbook': (client) => pageOfEnrolments(client, { playbook: 'p3', state: 'all', most: 51 }),
  'enrolments of a playbook, a page further': (client) =>
    pageOfEnrolments(client, { playbook: 'p0', state: 'all', after: place, most: 51 }),
  messages: (client) => pageOfMessages(client, { status: undefined, playbook: undefined, after: undefined, most: 51 }),
  'messages, a page further': (client) =>
    pageOfMessages(client, { status: undefined, playbook: undefined, after: place, most: 51 }),
  'failed messages': (client) =>
    pageOfMessages(client, { status: 'failed', playbook: undefined, after: undefined, most: 51 }),
  'messages of a playbook': (client) =>
    pageOfMessages(client, { status: undefined, playbook: 'p3', after: undefined, most: 51 }),
  events: (client) => pageOfEvents(client, { before: undefined, most: 50 }),
  'events, a page further': (client) => pageOfEvents(client, { before: 12_345, most: 50 }),
  'one event': (client) => readEvent(client, 777),
  'dead letters': (client) => pageOfDeadLetters(client, { after: undefined, most: 51 }),
  'what needs somebody': (client) => readNeeds(client, { now: Date.now(), failedSince: Date.now() - 7 * DAY_MS }),
  'what happened today': (client) => happenedSince(client, ['p0', 'p1', 'p2'], Date.now() - DAY_MS),
  'what tickets are promised': (client) =>
    openTicketClocks(client, { owners: ['sla:care.answer'], brokenSince: Date.now() - 30 * DAY_MS, most: 500 }),
  'the clocks of a ticket': (client) => clocksOfTicket(client, 't777', ['sla:care.answer']),
  'how far all has come': readPulse,
};

describe('no list reads a table whole', () => {
  for (const [what, call] of Object.entries(asked)) {
    it(what, async () => {
      const plans = await plansOf(call);
      expect(plans).toMatch(/Index|Bitmap/);
      expect(plans).not.toMatch(READ_WHOLE);
    });
  }

  it('and one that did would be seen', async () => {
    expect(await plansOf((client) => client.query("SELECT FROM messages WHERE channel = 'email'"))).toMatch(READ_WHOLE);
  });
});
