/** What led to a message: its step, its playbook's version with its place in the files, and the events (V5). */
import type { Instant, Json, SubjectRef } from '../../language/model.ts';
import type { VersionOrigin } from '../deployments/versions.ts';
import type { Database } from '../postgres/database.ts';

export interface MessageOrigin {
  /** The effect. */
  id: string;
  kind: string;
  path: string;
  status: string;
  reason: string | null;
  at: Instant;
  /** What the step's keys came to. */
  detail: { [name: string]: Json };
  /** Of one that waits for its provider (P5). */
  wait: { since: Instant; tries: number; nextAt: Instant } | null;
  messages: {
    id: string;
    to: string | null;
    template: string | null;
    messageClass: string;
    status: string;
    sentAt: Instant | null;
  }[];
  enrolment: string;
  playbook: string;
  subject: SubjectRef;
  key: string;
  version: { hash: string; commit: string | null; origin: Pick<VersionOrigin, 'file' | 'lines'> | null };
  firedAt: Instant;
  /** In E4's order; without an instant what is not stored any more. */
  evidence: { messageId: string; name: string | null; at: Instant | null }[];
  decisions: { kind: string; verdict: string; looked: Json; at: Instant }[];
}

/** A digest, or tasks that are mailed together, has many; more are not told. */
const MAX_EFFECTS = 50;

/**
 * Of a message by its id, by the Message-ID that mail programs show, or by that of its effect; several of a mail that tells of
 * several steps. None where nothing is called so.
 */
export async function messageOrigins({ pool, prisma }: Database, asked: string): Promise<MessageOrigin[]> {
  const bare = asked.trim().replace(/^<|>$/g, '');
  const { rows } = await pool.query<{ id: string }>(
    `SELECT DISTINCT id FROM (
       SELECT effect_id AS id FROM messages WHERE id = $1 OR provider_id = ANY($2)
       UNION ALL SELECT id FROM effects WHERE id = $1
       UNION ALL SELECT l.effect_id FROM colleague_mails c JOIN colleague_mail_lines l ON l.mail_id = c.id
                  WHERE c.id = $1 OR c.provider_id = ANY($2)) q ORDER BY id LIMIT $3`,
    [bare, [bare, `<${bare}>`], MAX_EFFECTS],
  );
  const found: MessageOrigin[] = [];
  for (const { id } of rows) found.push(await originOf({ pool, prisma }, id));
  return found;
}

type Reader = Pick<Database, 'pool' | 'prisma'>;

async function originOf({ pool, prisma }: Reader, id: string): Promise<MessageOrigin> {
  const effect = await prisma.effect.findUniqueOrThrow({ where: { id } });
  const enrolment = await prisma.enrolment.findUniqueOrThrow({ where: { id: effect.enrolmentId } });
  const firing = await prisma.firing.findUniqueOrThrow({ where: { id: enrolment.firingId } });
  const version = await prisma.playbookVersion.findUnique({
    where: { hash: enrolment.versionHash },
    select: { gitCommit: true, origin: true },
  });
  const messages = await prisma.message.findMany({ where: { effectId: id }, orderBy: { id: 'asc' } });
  const decisions = await prisma.decision.findMany({
    where: { enrolmentId: enrolment.id, path: effect.path },
    orderBy: [{ at: 'asc' }, { id: 'asc' }],
  });
  const subject = { type: enrolment.subjectType, id: enrolment.subjectId } as SubjectRef;
  const wait = (effect.claim as { wait?: MessageOrigin['wait'] } | null)?.wait ?? null;
  return {
    ...{ id, kind: effect.kind, path: effect.path, status: effect.status, reason: effect.reason, wait },
    at: (effect.doneAt ?? effect.at).getTime(),
    detail: effect.detail as MessageOrigin['detail'],
    messages: messages.map(({ id: of, contactId, personId, template, messageClass, status, sentAt }) => ({
      ...{ id: of, to: contactId ?? personId, template, messageClass, status, sentAt: sentAt?.getTime() ?? null },
    })),
    ...{
      enrolment: enrolment.id,
      playbook: enrolment.playbook,
      subject,
      key: enrolment.key,
      firedAt: firing.at.getTime(),
    },
    version: {
      hash: enrolment.versionHash,
      commit: version?.gitCommit ?? null,
      origin: (version?.origin ?? null) as unknown as MessageOrigin['version']['origin'],
    },
    evidence: await eventsOf(pool, subject, firing.evidence),
    decisions: decisions.map(({ kind, verdict, looked, at }) => ({
      kind,
      verdict,
      looked: looked as Json,
      at: at.getTime(),
    })),
  };
}

/** Evidence is on the subject's timeline: it is found by that, and not by its id, which alone no index has. */
async function eventsOf(
  pool: Reader['pool'],
  { type, id }: SubjectRef,
  evidence: readonly string[],
): Promise<MessageOrigin['evidence']> {
  const { rows } = await pool.query<{ messageId: string; name: string; at: Instant }>(
    `SELECT e.message_id AS "messageId", e.name, e.at FROM timeline t JOIN events e ON e.arrival = t.arrival
      WHERE t.subject_type = $1 AND t.subject_id = $2 AND e.message_id = ANY($3)`,
    [type, id, evidence],
  );
  const known = new Map(rows.map((row) => [row.messageId, row]));
  return evidence.map((messageId) => ({
    messageId,
    name: known.get(messageId)?.name ?? null,
    at: known.get(messageId)?.at ?? null,
  }));
}
