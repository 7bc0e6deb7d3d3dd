/** Mails to colleagues that no journey waits for: digests (S11) and tasks (S6). Gathered, then claimed and settled (P4). */
import type { Instant, Json } from '../../language/model.ts';
import { isoInstant } from '../../language/time/instants.ts';
import { holdHalted } from '../deployments/playbook-status.ts';
import { hasRow, type Queryable } from '../postgres/database.ts';

export interface NewMailLine {
  /** Of the step. */
  effectId: string;
  /** One of a digest, or of several tasks; a single task. */
  kind: 'digest' | 'tasks' | 'task';
  playbook: string;
  /** `person:kim`, `channel:support`, `owner:<playbook>` */
  recipient: string;
  text: string | null;
  at: Instant;
  dueAt: Instant;
  /** When the next one leaves, where that one has left already. */
  otherwiseAt: Instant;
}

interface NewMail {
  id: string;
  kind: 'digest' | 'tasks';
  playbook: string | null;
  recipient: string;
  dueAt: Instant;
}

/** Adds lines to the mails in which they stand: to each its first that has not left, whose row stays locked. */
export async function addMailLines(client: Queryable, lines: readonly NewMailLine[]): Promise<void> {
  let left = lines.map((line) => ({ line, mail: mailOf(line, line.dueAt) }));
  for (const otherwise of [(line: NewMailLine) => mailOf(line, line.otherwiseAt), mailOfItsOwn]) {
    left = await addTo(client, left);
    if (left.length === 0) return;
    left = left.map(({ line }) => ({ line, mail: otherwise(line) }));
  }
  await addTo(client, left);
}

function mailOf(line: NewMailLine, dueAt: Instant): NewMail {
  const { kind, playbook, recipient } = line;
  if (kind === 'task') return mailOfItsOwn(line);
  const id = `${kind === 'digest' ? `digest/${playbook}` : kind}/${recipient}/${isoInstant(dueAt)}`;
  return { id, kind, playbook: kind === 'digest' ? playbook : null, recipient, dueAt };
}

function mailOfItsOwn({ kind, effectId, playbook, recipient, dueAt }: NewMailLine): NewMail {
  const id = `${kind}/${recipient}/${effectId}`;
  return { id, kind: kind === 'digest' ? kind : 'tasks', playbook, recipient, dueAt };
}

/** @returns the lines whose mail has left already */
async function addTo<T extends { line: NewMailLine; mail: NewMail }>(
  client: Queryable,
  all: readonly T[],
): Promise<T[]> {
  if (all.length === 0) return [];
  const mails = [...new Map(all.map(({ mail }) => [mail.id, mail])).values()];
  const { rows } = await client.query<{ id: string }>(
    `INSERT INTO colleague_mails AS m (id, kind, playbook, recipient, due_at, next_at)
     SELECT id, kind, playbook, recipient, cuebook_instant("dueAt"), cuebook_instant("dueAt")
       FROM jsonb_to_recordset($1::jsonb) AS w (id text, kind text, playbook text, recipient text, "dueAt" bigint) ORDER BY id
     ON CONFLICT (id) DO UPDATE SET status = m.status WHERE m.status = 'open'
     RETURNING m.id`,
    [JSON.stringify(mails)],
  );
  const open = new Set(rows.map(({ id }) => id));
  const added = all.filter(({ mail }) => open.has(mail.id));
  await client.query(
    `INSERT INTO colleague_mail_lines (mail_id, effect_id, text, at)
     SELECT mail, effect, text, cuebook_instant(at)
       FROM jsonb_to_recordset($1::jsonb) AS w (mail text, effect text, text text, at bigint) ON CONFLICT DO NOTHING`,
    [
      JSON.stringify(
        added.map(({ mail, line: { effectId: effect, text, at } }) => ({ mail: mail.id, effect, text, at })),
      ),
    ],
  );
  return all.filter(({ mail }) => !open.has(mail.id));
}

/** A line as its mail tells it. */
export interface MailLineRow {
  effectId: string;
  enrolmentId: string;
  playbook: string;
  owner: string | null;
  timeZone: string | null;
  sensitive: string | null;
  text: string | null;
  at: Instant;
  /** As it is now; null where it is no task. */
  task: { title: string; status: string; dueAt: Instant | null; priority: string; checklist: Json | null } | null;
}

export interface ClaimedMail {
  id: string;
  kind: NewMail['kind'];
  playbook: string | null;
  recipient: string;
  /** The name under which the provider knows it. */
  providerId: string;
  /** Kept from the tries before this one. */
  wait: Json | null;
  /** A crash has left it claimed: the provider may have it. */
  orphaned: boolean;
  lease: Instant;
  lines: MailLineRow[];
}

const IS_DUE = `(m.status IN ('open', 'waiting') AND m.next_at <= cuebook_now()
             OR m.status = 'claimed' AND m.lease_until < clock_timestamp())
        AND NOT EXISTS (SELECT FROM playbook_statuses s WHERE s.playbook = m.playbook AND s.status = 'halted')`;

/** Whether `claimMails` may find one. */
export async function someMailIsDue(client: Queryable): Promise<boolean> {
  return hasRow(client, `SELECT FROM colleague_mails m WHERE ${IS_DUE}`);
}

/**
 * Claims mails that are due, the earliest first; those of halted playbooks wait (N6). From then on they take no lines.
 *
 * @param leaseMs real milliseconds
 * @param nameOf the name under which the provider is to know a mail
 */
export async function claimMails(
  client: Queryable,
  { most, leaseMs, nameOf }: { most: number; leaseMs: number; nameOf: (id: string) => string },
): Promise<ClaimedMail[]> {
  const { rows: due } = await client.query<{ id: string; playbook: string | null; orphaned: boolean }>(
    `SELECT m.id, m.playbook, m.status = 'claimed' AS orphaned FROM colleague_mails m
      WHERE ${IS_DUE}
      ORDER BY m.next_at, m.id LIMIT $1 FOR UPDATE OF m SKIP LOCKED`,
    [most],
  );
  const playbooks = due.flatMap(({ playbook }) => playbook ?? []);
  const halted = await holdHalted(client, [...new Set(playbooks)]);
  const taken = due.filter(({ playbook }) => playbook === null || !halted.has(playbook));
  if (taken.length === 0) return [];
  const ids = taken.map(({ id }) => id);
  const { rows } = await client.query<Omit<ClaimedMail, 'orphaned' | 'lines'>>(
    `UPDATE colleague_mails m SET status = 'claimed', provider_id = coalesce(m.provider_id, w.name),
            lease_until = clock_timestamp() + make_interval(secs => $2::float8 / 1000)
       FROM jsonb_to_recordset($1::jsonb) AS w (id text, name text) WHERE m.id = w.id
      RETURNING m.id, m.kind, m.playbook, m.recipient, m.provider_id AS "providerId", m.wait, m.lease_until AS lease`,
    [JSON.stringify(ids.map((id) => ({ id, name: nameOf(id) }))), leaseMs],
  );
  const lines = await readLines(client, ids);
  const orphaned = new Map(taken.map((one) => [one.id, one.orphaned]));
  return rows.map((row) => ({ ...row, orphaned: orphaned.get(row.id)!, lines: lines.get(row.id) ?? [] }));
}

async function readLines(client: Queryable, ids: readonly string[]): Promise<Map<string, MailLineRow[]>> {
  const { rows } = await client.query<MailLineRow & { mailId: string }>(
    `SELECT l.mail_id AS "mailId", l.effect_id AS "effectId", n.id AS "enrolmentId", n.playbook,
            v.content #>> '{playbook,owner}' AS owner, v.content #>> '{playbook,timeZone}' AS "timeZone",
            v.content #>> '{playbook,sensitive}' AS sensitive, l.text, l.at,
            CASE WHEN t.id IS NOT NULL THEN jsonb_build_object('title', t.title, 'status', t.status, 'priority', t.priority,
              'checklist', t.checklist, 'dueAt', floor(extract(epoch FROM t.due_at) * 1000)) END AS task
       FROM colleague_mail_lines l JOIN effects x ON x.id = l.effect_id JOIN enrolments n ON n.id = x.enrolment_id
       JOIN playbook_versions v ON v.hash = n.version_hash LEFT JOIN tasks t ON t.id = l.effect_id
      WHERE l.mail_id = ANY($1::text[]) ORDER BY l.at, l.effect_id`,
    [ids],
  );
  const found = new Map<string, MailLineRow[]>();
  for (const { mailId, ...line } of rows) found.set(mailId, [...(found.get(mailId) ?? []), line]);
  return found;
}

export interface MailSettlement {
  id: string;
  lease: Instant;
  status: 'waiting' | 'done' | 'refused' | 'failed';
  /** A code. */
  reason: string | null;
  /** Of one that waits: how far it has come, and when it is tried next. */
  wait: Json | null;
  nextAt: Instant | null;
}

/**
 * Writes what became of a claim; the texts of a mail that is over are kept with their steps alone.
 *
 * @returns false where the claim was no longer ours
 */
export async function settleMail(client: Queryable, settlement: MailSettlement): Promise<boolean> {
  const { id, lease, status, reason, wait, nextAt } = settlement;
  const { rows } = await client.query(
    `UPDATE colleague_mails SET status = $3, reason = $4, wait = $5::jsonb, lease_until = NULL,
            next_at = coalesce(cuebook_instant($6), next_at), done_at = CASE $3 WHEN 'waiting' THEN NULL ELSE cuebook_now() END
      WHERE id = $1 AND status = 'claimed' AND lease_until = cuebook_instant($2) RETURNING id`,
    [id, lease, status, reason, wait === null ? null : JSON.stringify(wait), nextAt],
  );
  if (rows.length === 0) return false;
  if (status !== 'waiting') await client.query('UPDATE colleague_mail_lines SET text = NULL WHERE mail_id = $1', [id]);
  return true;
}

/** Has those that wait for their provider tried at once. @returns their ids */
export async function retryMails(client: Queryable, ids: readonly string[]): Promise<string[]> {
  const { rows } = await client.query<{ id: string }>(
    `UPDATE colleague_mails SET next_at = cuebook_now(),
            wait = jsonb_set(wait, '{nextAt}', to_jsonb(floor(extract(epoch FROM cuebook_now()) * 1000)))
      WHERE id = ANY($1::text[]) AND status = 'waiting' RETURNING id`,
    [ids],
  );
  return rows.map(({ id }) => id);
}

/** Refuses those that wait for their provider as `dropped`. @returns their ids */
export async function dropMails(client: Queryable, ids: readonly string[]): Promise<string[]> {
  const { rows } = await client.query<{ id: string }>(
    `UPDATE colleague_mails SET status = 'refused', reason = 'dropped', wait = NULL, done_at = cuebook_now()
      WHERE id = ANY($1::text[]) AND status = 'waiting' RETURNING id`,
    [ids],
  );
  const dropped = rows.map(({ id }) => id);
  await client.query('UPDATE colleague_mail_lines SET text = NULL WHERE mail_id = ANY($1::text[])', [dropped]);
  return dropped;
}
