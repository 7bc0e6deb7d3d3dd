/** What did not go out as it should, newest first: what waits, failed, or may or may not have come. */
import type { Instant } from '../../language/model.ts';
import type { Database } from '../postgres/database.ts';

export const TROUBLES = ['waiting', 'failed', 'unknown'] as const;
export type Trouble = (typeof TROUBLES)[number];

export interface TroubledMessage {
  /** The effect: one message, or one to each of several colleagues; or a mail that no journey waits for (S6, S11). */
  id: string;
  status: Trouble;
  playbook: string;
  enrolment: string;
  /** The step; of a digest, and of tasks that are mailed together, the first that it tells of. */
  path: string;
  /** The step's key: `send`, `notify`, `webhook`, … */
  kind: string;
  template: string | null;
  /** Null where it is no message. */
  messageClass: string | null;
  /** Contacts and persons whom it has not reached, by id; of what is no message none. */
  recipients: string[];
  /** A code. */
  reason: string | null;
  /** When its step came to it. */
  at: Instant;
  /** Of one that waits (P5): since its first try, how often it was tried, and when it is tried next. */
  wait: { since: Instant; tries: number; nextAt: Instant } | null;
}

export interface TroubledFilter {
  status?: Trouble | undefined;
  playbook?: string | undefined;
  reason?: string | undefined;
  ids?: readonly string[] | undefined;
  /** Only those after this one, which an earlier page ended with. */
  after?: string | undefined;
  most: number;
}

/** Newest first; of one instant by id. Effects and their messages are of two tables that Prisma's schema does not relate. */
export async function readTroubledMessages(
  { pool }: Pick<Database, 'pool'>,
  { status, playbook, reason, ids, after, most }: TroubledFilter,
): Promise<TroubledMessage[]> {
  const { rows } = await pool.query<TroubledMessage>(
    `SELECT * FROM (
     SELECT x.id, t.status, e.playbook, e.id AS enrolment, x.path, x.kind, m.template, m."messageClass",
            coalesce(m.recipients, '{}') AS recipients, x.reason, x.at,
            CASE t.status WHEN 'waiting' THEN x.claim->'wait' END AS wait
       FROM effects x JOIN enrolments e ON e.id = x.enrolment_id
      CROSS JOIN LATERAL (SELECT CASE WHEN x.status = 'unknown' THEN 'unknown' WHEN x.claim IS NULL THEN 'failed'
                                      ELSE 'waiting' END AS status) t
      CROSS JOIN LATERAL (SELECT min(template) AS template, min(message_class) AS "messageClass",
                                 array_agg(coalesce(contact_id, person_id, 'channel') ORDER BY id) AS recipients
                            FROM messages WHERE effect_id = x.id AND status IN ('failed', 'unknown', 'claimed')) m
      WHERE x.status IN ('failed', 'unknown') AND (m.recipients IS NOT NULL OR NOT EXISTS (SELECT FROM messages WHERE effect_id = x.id))
     UNION ALL
     SELECT c.id, c.status, coalesce(c.playbook, l.playbook), l.enrolment, l.path, c.kind, NULL, 'internal',
            ARRAY[regexp_replace(c.recipient, '^person:', '')], c.reason, c.due_at, CASE c.status WHEN 'waiting' THEN c.wait END
       FROM colleague_mails c
      CROSS JOIN LATERAL (SELECT n.playbook, n.id AS enrolment, x.path FROM colleague_mail_lines l
                            JOIN effects x ON x.id = l.effect_id JOIN enrolments n ON n.id = x.enrolment_id
                           WHERE l.mail_id = c.id ORDER BY l.at, l.effect_id LIMIT 1) l
      WHERE c.status IN ('waiting', 'failed')) q
      WHERE ($1::text IS NULL OR status = $1)
        AND ($2::text IS NULL OR playbook = $2) AND ($3::text IS NULL OR reason = $3)
        AND ($4::text[] IS NULL OR id = ANY($4))
        AND ($5::text IS NULL OR (at, $5) < (SELECT a.at, q.id FROM (SELECT at FROM effects WHERE id = $5
              UNION ALL SELECT due_at FROM colleague_mails WHERE id = $5) a))
      ORDER BY at DESC, id LIMIT $6`,
    [status ?? null, playbook ?? null, reason ?? null, ids ?? null, after ?? null, most],
  );
  return rows;
}
