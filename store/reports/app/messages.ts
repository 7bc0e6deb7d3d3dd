/** Messages for people to read, the latest first; of a state, and of a playbook, by an index of each. */
import type { Instant, SubjectType } from '../../../language/model.ts';
import type { Queryable } from '../../postgres/database.ts';

export interface ShownMessage {
  id: string;
  effect: string;
  at: Instant;
  sentAt: Instant | null;
  status: string;
  reason: string | null;
  playbook: string;
  enrolment: string;
  channel: string;
  messageClass: string;
  template: string | null;
  toType: Extract<SubjectType, 'contact' | 'colleague'> | null;
  toId: string | null;
  toName: string | null;
  wait: { since: Instant; tries: number; nextAt: Instant } | null;
}

export interface MessageFilter {
  status: string | undefined;
  playbook: string | undefined;
  after: { at: Instant; id: string } | undefined;
  most: number;
}

export async function pageOfMessages(
  client: Queryable,
  { status, playbook, after, most }: MessageFilter,
): Promise<ShownMessage[]> {
  // What is not asked for is not in the statement: so each has the plan of its own index.
  const values: unknown[] = [most];
  const value = (one: unknown) => `$${values.push(one)}`;
  const where = [
    ...(status === undefined ? [] : [`status = ${value(status)}`]),
    ...(playbook === undefined ? [] : [`playbook = ${value(playbook)}`]),
    ...(after === undefined ? [] : [`(at, id) < (cuebook_instant(${value(after.at)}), ${value(after.id)}::text)`]),
  ];
  const { rows } = await client.query<ShownMessage>(
    `WITH page AS (SELECT * FROM messages ${where.length === 0 ? '' : `WHERE ${where.join(' AND ')}`}
                    ORDER BY at DESC, id DESC LIMIT $1)
     SELECT m.id, m.effect_id AS effect, m.at, m.sent_at AS "sentAt", m.status, coalesce(m.error, x.reason) AS reason, m.playbook,
            m.enrolment_id AS enrolment, m.channel, m.message_class AS "messageClass", m.template,
            CASE WHEN m.contact_id IS NOT NULL THEN 'contact' WHEN m.person_id IS NOT NULL THEN 'colleague' END AS "toType",
            coalesce(m.contact_id, m.person_id) AS "toId", c.traits ->> 'name' AS "toName",
            CASE WHEN m.status <> 'sent' THEN x.claim -> 'wait' END AS wait
       FROM page m LEFT JOIN effects x ON x.id = m.effect_id LEFT JOIN contacts c ON c.id = m.contact_id
      ORDER BY m.at DESC, m.id DESC`,
    values,
  );
  return rows;
}
