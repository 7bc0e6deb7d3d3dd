/** What happened, in the order in which it was done: effects of steps, and endings of enrolments. For people to read. */
import type { Instant, Json, SubjectType } from '../../language/model.ts';
import { subjectKey } from '../../language/records/subject-key.ts';
import type { Database } from '../postgres/database.ts';

export interface Activity {
  id: string;
  /** When it was really done. */
  at: Instant;
  /** A step's kind, or `outcome` for an ending or a conversion. */
  kind: string;
  /** As effects have it; `done` for outcomes. */
  status: string;
  /** Why it was refused, held or failed. */
  reason: string | null;
  playbook: string;
  enrolment: string;
  /** The place of the step; of a conversion `goal`. */
  path: string;
  subjectType: SubjectType;
  subjectId: string;
  /** The subject's name where its record has one. */
  subjectName: string | null;
  ghost: boolean;
  /** What the journey sees as `trigger`. */
  trigger: { [name: string]: Json };
  /** What the step's keys came to. */
  detail: { [name: string]: Json };
  /** The name of the contact that `detail.to` names. */
  toName: string | null;
  /** Of what waits for its provider (P5); read for one person's effects alone. */
  wait?: { since: Instant; tries: number; nextAt: Instant };
}

/**
 * The latest, newest first.
 *
 * @param options.since only what was done at this instant or later.
 */
export async function readActivities({ prisma }: Database, options: FeedOptions): Promise<Activity[]> {
  const done = await latestEffects(prisma, options);
  const ended = await latestOutcomes(prisma, options);
  return withContext(prisma, [...done, ...ended].sort(newestFirst).slice(0, options.most));
}

/** As many effects as one question about a person is answered with. */
const MAX_EFFECTS = 5_000;

/**
 * The effects of enrolments, those under way too, in the order in which they happened.
 *
 * @param asOf only what was done, or decided, at this instant or before
 */
export async function readEffectsOf(
  { prisma }: Database,
  enrolments: readonly string[],
  asOf: Date | undefined,
): Promise<Activity[]> {
  const until = asOf && { OR: [{ doneAt: { lte: asOf } }, { doneAt: null, at: { lte: asOf } }] };
  const effects = await prisma.effect.findMany({
    select: { ...EFFECT, claim: true },
    where: { enrolmentId: { in: [...enrolments] }, ...until },
    orderBy: [{ at: 'desc' }, { id: 'asc' }],
    take: MAX_EFFECTS,
  });
  const steps = effects.map(({ claim, ...effect }): Step => {
    const { wait } = (claim ?? {}) as Pick<Activity, 'wait'>;
    return { ...stepOf(effect), ...(wait && { wait }) };
  });
  return withContext(prisma, steps.sort(inOrder));
}

/** Those of these ids, of effects and of outcomes, in no order: what a page of a list shows. */
export async function readActivitiesById(
  { prisma }: Database,
  { effects, outcomes }: { effects: readonly string[]; outcomes: readonly string[] },
): Promise<Activity[]> {
  const done = await prisma.effect.findMany({ select: EFFECT, where: { id: { in: [...effects] } } });
  const ended = await prisma.outcome.findMany({ select: OUTCOME, where: { id: { in: [...outcomes] } } });
  return withContext(prisma, [...done.map(stepOf), ...ended.map(outcomeOf)]);
}

async function withContext(prisma: Prisma, latest: readonly Step[]): Promise<Activity[]> {
  const enrolments = await enrolmentsOf(prisma, latest);
  const nameOf = await namesOf(prisma, [
    ...[...enrolments.values()].map(({ subjectType, subjectId }) => ({ type: subjectType, id: subjectId })),
    ...latest.flatMap(recipientOf),
  ]);
  return latest.flatMap(({ enrolment: id, ...step }) => {
    const enrolment = enrolments.get(id);
    if (enrolment === undefined) return [];
    const { reason, ...of } = enrolment;
    const [recipient] = recipientOf({ enrolment: id, ...step });
    return {
      ...of,
      ...step,
      enrolment: id,
      reason: step.kind === 'outcome' ? reason : step.reason,
      subjectName: nameOf(enrolment.subjectType, enrolment.subjectId),
      toName: recipient === undefined ? null : nameOf(recipient.type, recipient.id),
    };
  });
}

export interface FeedOptions {
  since: Instant;
  most: number;
}

type Prisma = Database['prisma'];
type Step = Pick<Activity, 'id' | 'at' | 'kind' | 'status' | 'reason' | 'path' | 'detail' | 'enrolment' | 'wait'>;

const STEP = { id: true, at: true, path: true, enrolmentId: true };
const OUTCOME = { ...STEP, name: true, value: true, afterEnd: true };
const EFFECT = { ...STEP, doneAt: true, kind: true, status: true, reason: true, detail: true };

/** By when they were done; those that have no such instant (held, refused) by when they were decided. */
async function latestEffects(prisma: Prisma, { since, most }: FeedOptions): Promise<Step[]> {
  const from = { gte: new Date(since) };
  const isOver = { status: { not: 'claimed' } };
  const done = await prisma.effect.findMany({
    select: EFFECT,
    where: { ...isOver, doneAt: from },
    orderBy: [{ doneAt: 'desc' }, { id: 'asc' }],
    take: most,
  });
  const decided = await prisma.effect.findMany({
    select: EFFECT,
    where: { ...isOver, doneAt: null, at: from },
    // Without the first, which is the same for all, the index is not read in this order.
    orderBy: [{ doneAt: 'desc' }, { at: 'desc' }, { id: 'asc' }],
    take: most,
  });
  return [...done, ...decided].map(stepOf);
}

interface EffectRow {
  id: string;
  at: Date;
  doneAt: Date | null;
  kind: string;
  status: string;
  reason: string | null;
  path: string;
  enrolmentId: string;
  detail: unknown;
}

function stepOf({ id, doneAt, at, kind, status, reason, path, detail, enrolmentId }: EffectRow): Step {
  return {
    ...{ id, at: (doneAt ?? at).getTime(), kind, status, reason, path, enrolment: enrolmentId },
    detail: detail as Activity['detail'],
  };
}

const ENDINGS = ['converted', 'exited', 'completed', 'failed', 'cancelled'];

async function latestOutcomes(prisma: Prisma, { since, most }: FeedOptions): Promise<Step[]> {
  const outcomes = await prisma.outcome.findMany({
    select: OUTCOME,
    where: { at: { gte: new Date(since) }, OR: [{ afterEnd: true }, { name: { in: ENDINGS } }] },
    orderBy: [{ at: 'desc' }, { id: 'asc' }],
    take: most,
  });
  return outcomes.map(outcomeOf);
}

interface OutcomeRow {
  id: string;
  at: Date;
  path: string;
  enrolmentId: string;
  name: string;
  value: unknown;
  afterEnd: boolean;
}

function outcomeOf({ id, at, path, enrolmentId, name, value, afterEnd }: OutcomeRow): Step {
  return {
    ...{ id, at: at.getTime(), kind: 'outcome', status: 'done', reason: null, path, enrolment: enrolmentId },
    detail: { outcome: name, value: value as Json, after_end: afterEnd },
  };
}

/** Of one instant in the order of the file, as steps are carried out. */
function inOrder(a: Step, b: Step): number {
  return a.at - b.at || a.path.localeCompare(b.path, 'en', { numeric: true });
}

function newestFirst(a: Step, b: Step): number {
  return b.at - a.at || (a.id < b.id ? -1 : 1);
}

type EnrolmentPart = Pick<Activity, 'playbook' | 'subjectType' | 'subjectId' | 'ghost' | 'trigger' | 'reason'>;

async function enrolmentsOf(prisma: Prisma, steps: readonly Step[]): Promise<Map<string, EnrolmentPart>> {
  const enrolments = await prisma.enrolment.findMany({
    where: { id: { in: [...new Set(steps.map(({ enrolment }) => enrolment))] } },
    select: { id: true, playbook: true, subjectType: true, subjectId: true, ghost: true, trigger: true, reason: true },
  });
  return new Map(enrolments.map(({ id, ...enrolment }) => [id, enrolment as EnrolmentPart]));
}

/** The contact to whom a message goes; of other effects a colleague, who is no record. */
function recipientOf({ detail }: Step): { type: SubjectType; id: string }[] {
  return typeof detail.to === 'string' ? [{ type: 'contact', id: detail.to }] : [];
}

/** The `name` of each record, where it has one. */
async function namesOf(
  prisma: Prisma,
  records: readonly { type: SubjectType; id: string }[],
): Promise<(type: SubjectType, id: string) => string | null> {
  const query = (type: SubjectType) => {
    const ids = [...new Set(records.filter((record) => record.type === type).map(({ id }) => id))];
    return { where: { id: { in: ids } }, select: { id: true, traits: true } };
  };
  const rows = {
    contact: await prisma.contact.findMany(query('contact')),
    account: await prisma.account.findMany(query('account')),
    ticket: await prisma.ticket.findMany(query('ticket')),
    deal: await prisma.deal.findMany(query('deal')),
  };
  const names = new Map(
    Object.entries(rows).flatMap(([type, found]) =>
      found.map(({ id, traits }): [string, Json | undefined] => [
        subjectKey({ type, id }),
        (traits as { name?: Json }).name,
      ]),
    ),
  );
  return (type, id) => {
    const name = names.get(subjectKey({ type, id })) ?? null;
    return name === null || typeof name === 'string' ? name : JSON.stringify(name);
  };
}
