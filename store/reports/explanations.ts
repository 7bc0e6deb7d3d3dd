/** What is known of why something happened to a subject, or did not (semantics V5). */
import type { CompiledTrigger, Instant, Json, PlaybookVersion, SubjectRef } from '../../language/model.ts';
import { readDeployedAt } from '../deployments/deployment-log.ts';
import { readStopped } from '../deployments/playbook-status.ts';
import type { FiringStatus } from '../evaluation/firings.ts';
import type { PlaybookVersionWhereInput as VersionWhere } from '../generated/models/PlaybookVersion.ts';
import type { Database } from '../postgres/database.ts';
import { type Activity, readEffectsOf } from './activity-feed.ts';

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
  versionHash: string;
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
  /** In the order of their instants; of a page the latest ones before `options.before`. */
  firings: ExplainedFiring[];
  /** Of those firings and their enrolments, and what concerns no firing. */
  decisions: ExplainedDecision[];
  /** What the steps of those enrolments did: mails, tasks, writes. */
  effects: Activity[];
  /** Where there are more firings, the instant before which they lie. */
  olderThan: Instant | null;
  /** Those that are deployed; of an earlier instant without `waits`. */
  playbooks: ExplainedPlaybook[];
}

/** Firings that one explanation shows: the latest ones. */
const MAX_EXPLAINED = 500;

export interface ExplainOptions {
  playbook?: string | undefined;
  /** Only what was known then: made and decided at or before. */
  at?: Instant | undefined;
  /** Only firings of before this instant. */
  before?: Instant | undefined;
  /** At most so many firings, and those of the same instant as the last. */
  limit?: number | undefined;
}

/** What was fired and decided about a subject, and what came of it, in the order of its instants. */
export async function explanationOf(
  database: Database,
  subject: SubjectRef,
  options: ExplainOptions = {},
): Promise<Explanation> {
  const { prisma } = database;
  const { playbook, at } = options;
  const about = { subjectType: subject.type, subjectId: subject.id, ...(playbook !== undefined && { playbook }) };
  const asOf = at === undefined ? undefined : new Date(at);
  const { firings, olderThan } = await firingsOf(prisma, about, asOf, options);
  const ids = firings.map(({ id }) => id);
  const isFirstPage = options.before === undefined;
  return {
    firings,
    olderThan,
    decisions: await decisionsOf(prisma, about, asOf, ids),
    // An enrolment has its firing's id.
    effects: await readEffectsOf(database, ids, asOf),
    playbooks: isFirstPage ? await playbooksFor(database, about, asOf) : [],
  };
}

type Prisma = Database['prisma'];

/** A subject, and the playbook where only one is asked for. */
interface About {
  subjectType: string;
  subjectId: string;
  playbook?: string;
}

async function firingsOf(
  prisma: Prisma,
  about: About,
  asOf: Date | undefined,
  { before, limit = MAX_EXPLAINED }: ExplainOptions,
): Promise<Pick<Explanation, 'firings' | 'olderThan'>> {
  const where = { ...about, ...(asOf && { madeAt: { lte: asOf } }) };
  const orderBy = [{ at: 'desc' as const }, { playbook: 'asc' as const }, { key: 'asc' as const }];
  const most = Math.min(limit, MAX_EXPLAINED);
  const earlier = before !== undefined && { at: { lt: new Date(before) } };
  let latest = await prisma.firing.findMany({ where: { ...where, ...earlier }, orderBy, take: most + 1 });
  let olderThan: Instant | null = null;
  if (latest.length > most) {
    // A page ends between two instants: what is older is asked for by its instant.
    const { at } = latest[most - 1]!;
    const sameInstant = await prisma.firing.findMany({ where: { ...where, at }, orderBy, take: MAX_EXPLAINED });
    latest = [...latest.filter((firing) => firing.at > at), ...sameInstant];
    const older = await prisma.firing.count({ where: { ...where, at: { lt: at } }, take: 1 });
    olderThan = older > 0 ? at.getTime() : null;
  }
  const triggers = await triggersOf(prisma, { hash: { in: latest.map(({ versionHash }) => versionHash) } });
  const enrolments = await prisma.enrolment.findMany({
    where: { ...about, firingId: { in: latest.map(({ id }) => id) }, ...(asOf && { endedAt: { lte: asOf } }) },
    select: { firingId: true, outcome: true, reason: true, endedAt: true },
  });
  const ends = new Map(enrolments.map((enrolment) => [enrolment.firingId, enrolment]));
  // Of one instant they are in order already.
  const firings = latest
    .sort((a, b) => a.at.getTime() - b.at.getTime())
    .map(({ id, playbook, key, at, arm, evidence, status, reason, undoneBy, moved, versionHash }) => ({
      ...{ id, playbook, key, at: at.getTime(), arm, evidence, reason, undoneBy, moved, versionHash },
      status: status as FiringStatus,
      trigger: triggers.get(versionHash) ?? null,
      outcome: ends.get(id)?.outcome ?? null,
      endReason: ends.get(id)?.reason ?? null,
      endedAt: ends.get(id)?.endedAt?.getTime() ?? null,
    }));
  return { firings, olderThan };
}

async function decisionsOf(
  prisma: Prisma,
  about: About,
  asOf: Date | undefined,
  firings: readonly string[],
): Promise<ExplainedDecision[]> {
  const ids = { in: [...firings] };
  const concerns = [{ firingId: ids }, { enrolmentId: ids }, { firingId: null, enrolmentId: null }];
  const latest = await prisma.decision.findMany({
    where: { ...about, ...(asOf && { decidedAt: { lte: asOf } }), OR: concerns },
    orderBy: [{ at: 'desc' }, { id: 'desc' }],
    take: MAX_EXPLAINED * 10,
  });
  return latest.reverse().map(({ playbook, firingId, enrolmentId, path, kind, verdict, looked, at }) => ({
    ...{ playbook, firingId, enrolmentId, path, kind, verdict, looked: looked as Json, at: at.getTime() },
  }));
}

async function playbooksFor(
  { prisma, pool }: Database,
  { playbook, ...subject }: About,
  asOf: Date | undefined,
): Promise<ExplainedPlaybook[]> {
  const deployments = await deployedAsOf({ prisma, pool }, playbook, asOf);
  const triggers = await triggersOf(prisma, {
    hash: { in: deployments.map(({ versionHash }) => versionHash) },
    content: { path: ['playbook', 'subject'], equals: subject.subjectType },
  });
  // What was waited for earlier is not kept.
  const none = asOf !== undefined && { owner: { in: [] } };
  const waits = await prisma.triggerState.findMany({
    where: { ...subject, dueAt: { not: null }, owner: { startsWith: 'playbook:' }, ...none },
    select: { owner: true, key: true, dueAt: true },
    orderBy: [{ dueAt: 'asc' }, { key: 'asc' }],
  });
  const stopped = await readStopped(pool);
  return deployments.flatMap(({ playbook, versionHash }) => {
    const status = stopped.find((one) => one.playbook === playbook)?.status ?? 'active';
    const trigger = triggers.get(versionHash);
    if (trigger === undefined) return [];
    const mine = waits.filter(({ owner }) => owner.startsWith(`playbook:${playbook}#`));
    const asWait = ({ owner, key, dueAt }: (typeof waits)[number]) => {
      return { arm: Number(owner.slice(owner.indexOf('#') + 1)), key, dueAt: dueAt!.getTime() };
    };
    return [{ playbook, status, trigger, waits: mine.map(asWait) }];
  });
}

/** What is deployed, or was at an instant of before. */
async function deployedAsOf(
  { prisma, pool }: Pick<Database, 'prisma' | 'pool'>,
  playbook: string | undefined,
  asOf: Date | undefined,
): Promise<{ playbook: string; versionHash: string }[]> {
  if (asOf === undefined) {
    return prisma.deployment.findMany({
      ...(playbook !== undefined && { where: { playbook } }),
      select: { playbook: true, versionHash: true },
      orderBy: { playbook: 'asc' },
    });
  }
  const then = [...(await readDeployedAt(pool, asOf.getTime()))].map(([name, versionHash]) => ({
    playbook: name,
    versionHash,
  }));
  return then.filter((one) => playbook === undefined || one.playbook === playbook);
}

/** The triggers of versions, by hash. */
async function triggersOf(prisma: Prisma, where: VersionWhere): Promise<Map<string, CompiledTrigger>> {
  const versions = await prisma.playbookVersion.findMany({ where, select: { hash: true, content: true } });
  return new Map(versions.map(({ hash, content }) => [hash, (content as unknown as PlaybookVersion).playbook.trigger]));
}
