/** What is known of why something happened to a subject, or did not (semantics V5). */
import {
  type CompiledTrigger,
  type Instant,
  type Json,
  type PlaybookVersion,
  SUBJECT_TYPES,
  type SubjectRef,
} from '../../language/model.ts';
import type { FiringStatus } from '../evaluation/firings.ts';
import type { PlaybookVersionWhereInput as VersionWhere } from '../generated/models/PlaybookVersion.ts';
import type { Database } from '../postgres/database.ts';

export interface ExplainedFiring {
  id: string;
  playbook: string;
  key: string;
  at: Instant;
  /** The arm of the trigger. */
  arm: number;
  evidence: string[];
  status: FiringStatus;
  reason: string | null;
  /** The messageId of the late event that undid it. */
  undoneBy: string | null;
  moved: boolean;
  /** Of the version that fired. */
  trigger: CompiledTrigger | null;
  /** How its enrolment ended; null while it is open, and where there is none. */
  outcome: string | null;
  endReason: string | null;
  endedAt: Instant | null;
}

export interface ExplainedDecision {
  playbook: string | null;
  firingId: string | null;
  enrolmentId: string | null;
  path: string | null;
  kind: string;
  verdict: string;
  looked: Json;
  at: Instant;
}

/** A deployed playbook for subjects of this type, and what it waits for with this one. */
export interface ExplainedPlaybook {
  playbook: string;
  status: string;
  trigger: CompiledTrigger;
  /** Deadlines at which it would fire if nothing else came, by key and arm. */
  waits: { arm: number; key: string; dueAt: Instant }[];
}

export interface Explanation {
  firings: ExplainedFiring[];
  decisions: ExplainedDecision[];
  /** Only without `at`: what was waited for earlier is not kept. */
  playbooks: ExplainedPlaybook[];
}

/** Rows of each kind that one explanation shows: the latest ones. */
const MAX_EXPLAINED = 500;

/**
 * Every subject of that id that an event or a record names. By SQL: one statement, which stops at the first row of each;
 * Prisma's client would ask for each type and table alone, or read all rows of a subject.
 */
export async function subjectsOfId({ pool }: Database, id: string): Promise<SubjectRef[]> {
  const { rows } = await pool.query<SubjectRef>(
    `SELECT type, $1 AS id FROM unnest($2::text[]) WITH ORDINALITY AS types (type, n)
      WHERE EXISTS (SELECT FROM timeline WHERE subject_type = types.type AND subject_id = $1)
         OR EXISTS (SELECT FROM firings WHERE subject_type = types.type AND subject_id = $1)
         OR EXISTS (SELECT FROM trait_writes w WHERE w.type = types.type AND w.id = $1)
      ORDER BY n`,
    [id, SUBJECT_TYPES],
  );
  return rows;
}

/**
 * What was fired and decided about a subject, in the order of its instants.
 *
 * @param options.at only what was known then: made and decided at or before.
 */
export async function explanationOf(
  { prisma }: Database,
  subject: SubjectRef,
  options: { playbook?: string | undefined; at?: Instant | undefined } = {},
): Promise<Explanation> {
  const { playbook, at } = options;
  const about = { subjectType: subject.type, subjectId: subject.id, ...(playbook !== undefined && { playbook }) };
  const asOf = at === undefined ? undefined : new Date(at);
  return {
    firings: await firingsOf(prisma, about, asOf),
    decisions: await decisionsOf(prisma, about, asOf),
    playbooks: asOf === undefined ? await playbooksFor(prisma, about) : [],
  };
}

type Prisma = Database['prisma'];

/** A subject, and the playbook where only one is asked for. */
interface About {
  subjectType: string;
  subjectId: string;
  playbook?: string;
}

async function firingsOf(prisma: Prisma, about: About, asOf: Date | undefined): Promise<ExplainedFiring[]> {
  const latest = await prisma.firing.findMany({
    where: { ...about, ...(asOf && { madeAt: { lte: asOf } }) },
    orderBy: [{ at: 'desc' }, { playbook: 'asc' }, { key: 'asc' }],
    take: MAX_EXPLAINED,
  });
  const triggers = await triggersOf(prisma, { hash: { in: latest.map(({ versionHash }) => versionHash) } });
  const enrolments = await prisma.enrolment.findMany({
    where: { ...about, firingId: { in: latest.map(({ id }) => id) }, ...(asOf && { endedAt: { lte: asOf } }) },
    select: { firingId: true, outcome: true, reason: true, endedAt: true },
  });
  const ends = new Map(enrolments.map((enrolment) => [enrolment.firingId, enrolment]));
  // Of one instant they are in order already.
  return latest
    .sort((a, b) => a.at.getTime() - b.at.getTime())
    .map(({ id, playbook, key, at, arm, evidence, status, reason, undoneBy, moved, versionHash }) => ({
      ...{ id, playbook, key, at: at.getTime(), arm, evidence, reason, undoneBy, moved },
      status: status as FiringStatus,
      trigger: triggers.get(versionHash) ?? null,
      outcome: ends.get(id)?.outcome ?? null,
      endReason: ends.get(id)?.reason ?? null,
      endedAt: ends.get(id)?.endedAt?.getTime() ?? null,
    }));
}

async function decisionsOf(prisma: Prisma, about: About, asOf: Date | undefined): Promise<ExplainedDecision[]> {
  const latest = await prisma.decision.findMany({
    where: { ...about, ...(asOf && { decidedAt: { lte: asOf } }) },
    orderBy: [{ at: 'desc' }, { id: 'desc' }],
    take: MAX_EXPLAINED * 10,
  });
  return latest.reverse().map(({ playbook, firingId, enrolmentId, path, kind, verdict, looked, at }) => ({
    ...{ playbook, firingId, enrolmentId, path, kind, verdict, looked: looked as Json, at: at.getTime() },
  }));
}

async function playbooksFor(prisma: Prisma, { playbook, ...subject }: About): Promise<ExplainedPlaybook[]> {
  const deployments = await prisma.deployment.findMany({
    ...(playbook !== undefined && { where: { playbook } }),
    select: { playbook: true, status: true, versionHash: true },
    orderBy: { playbook: 'asc' },
  });
  const triggers = await triggersOf(prisma, {
    hash: { in: deployments.map(({ versionHash }) => versionHash) },
    content: { path: ['playbook', 'subject'], equals: subject.subjectType },
  });
  const waits = await prisma.triggerState.findMany({
    where: { ...subject, dueAt: { not: null }, owner: { startsWith: 'playbook:' } },
    select: { owner: true, key: true, dueAt: true },
    orderBy: [{ dueAt: 'asc' }, { key: 'asc' }],
  });
  return deployments.flatMap(({ playbook, status, versionHash }) => {
    const trigger = triggers.get(versionHash);
    if (trigger === undefined) return [];
    const mine = waits.filter(({ owner }) => owner.startsWith(`playbook:${playbook}#`));
    const asWait = ({ owner, key, dueAt }: (typeof waits)[number]) => {
      return { arm: Number(owner.slice(owner.indexOf('#') + 1)), key, dueAt: dueAt!.getTime() };
    };
    return [{ playbook, status, trigger, waits: mine.map(asWait) }];
  });
}

/** The triggers of versions, by hash. */
async function triggersOf(prisma: Prisma, where: VersionWhere): Promise<Map<string, CompiledTrigger>> {
  const versions = await prisma.playbookVersion.findMany({ where, select: { hash: true, content: true } });
  return new Map(versions.map(({ hash, content }) => [hash, (content as unknown as PlaybookVersion).playbook.trigger]));
}
