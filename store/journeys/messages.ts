/** Messages: what was written to whom, and the places that they hold under frequency caps (P2). */
import type { Instant } from '../../language/model.ts';
import type { Queryable } from '../postgres/database.ts';

export type MessageStatus = 'claimed' | 'sent' | 'failed' | 'unknown' | 'refused' | 'held';

export interface MessageRow {
  /** The effect's id, or `<effect>/<recipient>` where one effect writes to several. */
  id: string;
  effectId: string;
  enrolmentId: string;
  playbook: string;
  channel: string;
  messageClass: string;
  template: string | null;
  contactId: string | null;
  personId: string | null;
  status: MessageStatus;
  /** The name under which the provider knows it: the same at each try. */
  providerId: string | null;
  /** When it took its place; of a held one, when it is released. */
  at: Instant;
  sentAt: Instant | null;
  /** A code. */
  error: string | null;
}

export async function readMessages(client: Queryable, effectIds: readonly string[]): Promise<MessageRow[]> {
  if (effectIds.length === 0) return [];
  const { rows } = await client.query<MessageRow>(
    `SELECT id, effect_id AS "effectId", enrolment_id AS "enrolmentId", playbook, channel,
            message_class AS "messageClass", template, contact_id AS "contactId", person_id AS "personId", status,
            provider_id AS "providerId", at, sent_at AS "sentAt", error
       FROM messages WHERE effect_id = ANY($1::text[]) ORDER BY id`,
    [effectIds],
  );
  return rows;
}

export async function writeMessages(client: Queryable, rows: readonly MessageRow[]): Promise<void> {
  if (rows.length === 0) return;
  await client.query(
    `INSERT INTO messages (id, effect_id, enrolment_id, playbook, channel, message_class, template, contact_id, person_id,
                           status, provider_id, at, sent_at, error)
     SELECT id, "effectId", "enrolmentId", playbook, channel, "messageClass", template, "contactId", "personId", status,
            "providerId", cuebook_instant(at), cuebook_instant("sentAt"), error
       FROM jsonb_to_recordset($1::jsonb) AS w (id text, "effectId" text, "enrolmentId" text, playbook text, channel text,
         "messageClass" text, template text, "contactId" text, "personId" text, status text, "providerId" text, at bigint,
         "sentAt" bigint, error text)
     ON CONFLICT (id) DO UPDATE SET template = excluded.template, contact_id = excluded.contact_id,
       person_id = excluded.person_id, status = excluded.status, provider_id = excluded.provider_id, at = excluded.at,
       sent_at = excluded.sent_at, error = excluded.error`,
    [JSON.stringify(rows)],
  );
}

/** Writes the result of one message, as long as its effect's claim is this one. */
export async function completeMessage(
  client: Queryable,
  claim: { id: string; lease: Instant },
  result: { id: string; status: MessageStatus; error: string | null },
): Promise<void> {
  await client.query(
    `UPDATE messages m SET status = $4, sent_at = CASE $4 WHEN 'sent' THEN cuebook_now() END, error = $5
      WHERE m.id = $3 AND EXISTS (SELECT FROM effects e
              WHERE e.id = $1 AND e.status = 'claimed' AND e.lease_until = cuebook_instant($2))`,
    [claim.id, claim.lease, result.id, result.status, result.error],
  );
}

/** A message that holds a place under a frequency cap, or waits for one. */
export interface Reservation {
  contactId: string;
  messageClass: string;
  effectId: string;
  enrolmentId: string;
  /** `taken` holds a place; a ghost's counts only for itself; `held` is due, and may go first. */
  kind: 'taken' | 'ghost' | 'held';
  at: Instant;
  /** Of a held one: who goes first (P2). */
  precedence: number;
  startedAt: Instant;
  playbook: string;
}

/** The reason of a ghost's message that would have been sent. */
export const WITHHELD = 'holdout';

/**
 * Reservations of each (person, class) after an instant, and held messages that are due by `now`; the caller
 * holds the persons' locks.
 */
export async function readReservations(
  client: Queryable,
  wanted: readonly { contactId: string; messageClass: string; since: Instant }[],
  now: Instant,
): Promise<Reservation[]> {
  const { rows } = await client.query<Reservation>(
    `WITH wanted AS (SELECT * FROM jsonb_to_recordset($1::jsonb) AS w ("contactId" text, "messageClass" text, since bigint))
     SELECT m.contact_id AS "contactId", m.message_class AS "messageClass", m.effect_id AS "effectId",
            m.enrolment_id AS "enrolmentId", CASE m.status WHEN 'refused' THEN 'ghost' ELSE 'taken' END AS kind, m.at,
            0 AS precedence, m.at AS "startedAt", m.playbook
       FROM wanted w JOIN messages m ON m.contact_id = w."contactId" AND m.message_class = w."messageClass"
        AND m.at > cuebook_instant(w.since)
        AND (m.status IN ('claimed', 'sent', 'unknown') OR (m.status = 'refused' AND m.error = '${WITHHELD}'))
     UNION ALL
     SELECT m.contact_id, m.message_class, m.effect_id, m.enrolment_id, 'held', m.at,
            coalesce((v.content #>> '{playbook,precedence}')::int, 50), e.started_at, m.playbook
       FROM wanted w JOIN messages m ON m.contact_id = w."contactId" AND m.message_class = w."messageClass"
        AND m.status = 'held' AND m.at <= cuebook_instant($2)
       JOIN enrolments e ON e.id = m.enrolment_id AND e.outcome IS NULL
       JOIN playbook_versions v ON v.hash = e.version_hash`,
    [JSON.stringify(wanted), now],
  );
  return rows;
}
