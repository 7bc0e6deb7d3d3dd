/** What the world can see of each person, line by line, without ids and without who of several colleagues it was. */

import type { Instant } from '../../language/model.ts';
import type { Database } from '../../store/postgres/database.ts';
import type { Outside } from './outside.ts';

export type Traces = Map<string, string[]>;

/** Between what an event of Cuebook's own says and when it was written. */
const WRITTEN = ' written ';

/** A colleague, or the owner of a playbook where a colleague has no manager. */
const COLLEAGUES = /\b(kim|max|mia|sara|lena|hana)\b|\bops@shop\.example\b/gi;
const IDS = /\b[0-9a-f]{32,64}\b/g;
/** How many there are for one of them follows from whose turn it was, too. */
const SO_MANY = /\b\d+ (tasks for you)/g;
/** What is carried out later than this after its instant moves that (S0). */
const AT_ONCE_MS = 15 * 60_000;

/**
 * Whose turn it is follows from who came first: it is left out who got something, from whom, and whether that changed anything.
 * Each query answers a subject's id and what there is. Instants are told to the second: a clock comes late by milliseconds.
 */
const QUERIES = [
  `SELECT subject_id AS id, json_build_array('firing', playbook, key, date_trunc('second', at), status, reason) AS line
     FROM firings`,
  `SELECT subject_id AS id, json_build_array('enrolment', playbook, key, date_trunc('second', started_at), ghost, outcome,
          reason, date_trunc('second', ended_at), date_trunc('second', goal_at)) AS line FROM enrolments`,
  `SELECT n.subject_id AS id, json_build_array('effect', n.playbook, e.path, e.iteration, e.kind, e.status, e.reason,
          date_trunc('second', e.at), e.detail - 'from') AS line FROM effects e JOIN enrolments n ON n.id = e.enrolment_id
    WHERE e.kind <> 'assign'`,
  // Whether anybody is left who was not tried before follows from whose turn it was.
  `SELECT n.subject_id AS id, json_build_array('effect', n.playbook, e.path, e.iteration, e.kind,
          date_trunc('second', e.at)) AS line FROM effects e JOIN enrolments n ON n.id = e.enrolment_id
    WHERE e.kind = 'assign'`,
  `SELECT subject_id AS id, json_build_array('task', playbook, title, status, priority, date_trunc('second', due_at)) AS line
     FROM tasks`,
  `SELECT n.subject_id AS id, json_build_array('message', m.playbook, e.path, e.iteration, m.message_class, m.contact_id,
          m.status, m.error) AS line
     FROM messages m JOIN enrolments n ON n.id = m.enrolment_id JOIN effects e ON e.id = m.effect_id`,
  `SELECT subject_id AS id, json_build_array('outcome', playbook, path, name, value, ghost, after_end,
          date_trunc('second', at)) AS line FROM outcomes`,
  `SELECT coalesce(contact_id, ticket_id, account_id, deal_id) AS id,
          json_build_array('event', name, date_trunc('second', at), properties) AS line FROM events
    WHERE kind <> 'own'`,
  `SELECT n.subject_id AS id, json_build_array('answer', a.path, a.iteration, a.command, a.answer->'go', a.answer->'arm') AS line
     FROM step_answers a JOIN enrolments n ON n.id = a.enrolment_id`,
  `SELECT id, json_build_array('contact', traits - 'owner') AS line FROM contacts`,
  `SELECT id, json_build_array('ticket', traits - 'assignee') AS line FROM tickets`,
  `SELECT id, json_build_array('account', traits - 'owner') AS line FROM accounts`,
  `SELECT n.subject_id AS id, json_build_array('line of a mail', m.kind, m.status, date_trunc('second', m.due_at), l.at IS NULL)
          AS line FROM colleague_mail_lines l JOIN colleague_mails m ON m.id = l.mail_id
     JOIN effects e ON e.id = l.effect_id JOIN enrolments n ON n.id = e.enrolment_id`,
];

/** Cuebook's own events: their instant is the one at which they were written (E9), which a crash makes later. */
const OWN_EVENTS = `
  SELECT coalesce(contact_id, ticket_id, account_id, deal_id) AS id, at, json_build_array('own event', name, properties) AS line
    FROM events WHERE kind = 'own' AND properties->>'by' IS DISTINCT FROM 'assign'`;

/** @param namesIn whom a text is about */
export async function tracesOf(
  { pool }: Database,
  outside: Outside,
  namesIn: (text: string) => string[],
): Promise<Traces> {
  const traces: Traces = new Map();
  const add = (name: string, line: string) => {
    const shown = line.replace(IDS, '#').replace(COLLEAGUES, 'somebody').replace(SO_MANY, 'some $1');
    traces.set(name, [...(traces.get(name) ?? []), shown]);
  };
  for (const query of QUERIES) {
    const { rows } = await pool.query<{ id: string; line: unknown }>(query);
    for (const { id, line } of rows) for (const name of namesIn(id)) add(name, JSON.stringify(line));
  }
  const own = await pool.query<{ id: string; at: Instant; line: unknown }>(OWN_EVENTS);
  for (const { id, at, line } of own.rows)
    for (const name of namesIn(id)) add(name, `${JSON.stringify(line)}${WRITTEN}${at}`);
  for (const mail of outside.mails.values()) {
    const told = mail.text.split('\n').filter((text) => namesIn(text).length > 0);
    for (const text of told) for (const name of new Set(namesIn(text))) add(name, `mailed: ${mail.subject}: ${text}`);
    for (const name of namesIn(mail.to.address)) add(name, `mailed to: ${mail.to.address}`);
  }
  const requests = new Map(outside.receiver.received.map(({ headers, body }) => [headers['webhook-id'], body]));
  for (const body of requests.values()) for (const name of namesIn(body)) add(name, `asked: ${body}`);
  for (const called of outside.calls.values()) for (const name of namesIn(called)) add(name, `called: ${called}`);
  for (const lines of traces.values()) lines.sort();
  return traces;
}

/** What one has and the other has not, by person; of lines that come twice each is counted. */
export function differences(expected: Traces, found: Traces): Map<string, string[]> {
  const differing = new Map<string, string[]>();
  for (const name of new Set([...expected.keys(), ...found.keys()])) {
    const left = [...(found.get(name) ?? [])];
    const missing: string[] = [];
    for (const line of expected.get(name) ?? []) {
      const same = left.indexOf(line);
      const i = same >= 0 ? same : left.findIndex((one) => isWrittenSoon(line, one));
      if (i < 0) missing.push(line);
      else left.splice(i, 1);
    }
    const lines = [...missing.map((line) => `- ${line}`), ...left.map((line) => `+ ${line}`)];
    if (lines.length > 0) differing.set(name, lines);
  }
  return differing;
}

/** Whether two lines are one event of Cuebook's own, written at about the same instant. */
function isWrittenSoon(a: string, b: string): boolean {
  const [said, at] = a.split(WRITTEN);
  const [alsoSaid, alsoAt] = b.split(WRITTEN);
  return at !== undefined && said === alsoSaid && Math.abs(Number(at) - Number(alsoAt)) <= AT_ONCE_MS;
}
