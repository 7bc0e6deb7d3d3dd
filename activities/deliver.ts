/** Carries out commands that leave the house: claimed, handed over, written; some at a time, so that none is claimed long. */
import type { Instant } from '../language/model.ts';
import { steps } from '../steps/steps.ts';
import { readVersions } from '../store/deployments/versions.ts';
import { readOrphans } from '../store/journeys/effects.ts';
import { readSubjectsOf } from '../store/journeys/enrolments.ts';
import type { CohortItem } from '../workflows/cohort/types.ts';
import type { BatchItem } from './batch/load.ts';
import { type Answered, runBatch } from './batch/run.ts';
import { broken } from './carry-out.ts';
import { claim, type LeasedEffects } from './deliver/claim.ts';
import { type HandoverOptions, handOver } from './deliver/hand-over.ts';
import type { HandoverLane, HandoverSlots } from './deliver/handover-slots.ts';
import type { Question, Reply } from './deliver/orphaned-claim.ts';
import type { DeliveryStatus } from './mail/delivery-status.ts';

const NO_REPLIES: ReadonlyMap<string, Reply> = new Map();

/** Kinds of effects are delivered beside each other: none of them waits for another's slots. */
export async function deliver(
  options: HandoverOptions & { stopping?: AbortSignal | undefined },
  items: readonly BatchItem[],
  settled: Instant,
): Promise<Answered[]> {
  const lanes = await lanesOf(options.database, items);
  const results = await Promise.allSettled(
    [...lanes].map(([lane, some]) => deliverLane({ ...options, lane: options.slots[lane] }, some, settled)),
  );
  return allOf(results);
}

const kinds = new Map(steps.map(({ kind, effect }) => [kind, effect]));

/** The items by what their steps hand over. */
async function lanesOf(
  { pool }: HandoverOptions['database'],
  items: readonly BatchItem[],
): Promise<Map<HandoverLane, BatchItem[]>> {
  const rows = await readSubjectsOf(
    pool,
    items.map(({ id }) => id),
    items[0]?.cohortId ?? null,
  );
  const versions = await readVersions(
    pool,
    [...rows.values()].map(({ versionHash }) => versionHash),
  );
  const lanes = new Map<HandoverLane, BatchItem[]>();
  for (const item of items) {
    const row = rows.get(item.id);
    const step = row && versions.get(row.versionHash)?.playbook.steps[item.command.path];
    const lane = kinds.get(step?.kind ?? '')?.handsOver ?? 'message';
    lanes.set(lane, [...(lanes.get(lane) ?? []), item]);
  }
  return lanes;
}

/** One that could not be written does not keep the others from being so; tried again they stay the same. */
function allOf(results: readonly PromiseSettledResult<Answered[]>[]): Answered[] {
  const failed = results.find((result) => result.status === 'rejected');
  if (failed) throw failed.reason;
  return results.flatMap((result) => (result.status === 'fulfilled' ? result.value : []));
}

type LaneOptions = HandoverOptions & { lane: HandoverSlots };

async function deliverLane(
  options: LaneOptions & { stopping?: AbortSignal | undefined },
  items: readonly CohortItem[],
  settled: Instant,
): Promise<Answered[]> {
  const { lane: slots, stopping } = options;
  const answered: Answered[] = [];
  const underWay: Promise<Answered[]>[] = [];
  // Claimed right before its own handover (P4): never more than there are slots.
  for (let i = 0; i < items.length; ) {
    const taken = await slots.take(items.length - i);
    if (stopping?.aborted) {
      for (let given = 0; given < taken; given += 1) slots.give();
      answered.push(...items.slice(i).map(again));
      break;
    }
    const some = items.slice(i, i + taken);
    i += taken;
    underWay.push(deliverSome(options, some, settled));
  }
  return [...answered, ...allOf(await Promise.allSettled(underWay))];
}

/** To be asked for anew, at once. */
function again({ id, command }: CohortItem): Answered {
  return { id, answer: { go: 'again', until: command.at }, lags: false };
}

/** Delivers items of which each has a slot, and gives the slots back. */
async function deliverSome(options: LaneOptions, items: readonly CohortItem[], settled: Instant): Promise<Answered[]> {
  let slots = items.length;
  const give = (count: number) => {
    for (; count > 0; count -= 1, slots -= 1) options.lane.give();
  };
  const handOverAll = async (claimed: readonly LeasedEffects[], kept: number): Promise<Answered[]> => {
    const claims = claimed.flatMap((one) => one.claims);
    give(slots - kept - claims.length);
    const results = await Promise.allSettled(claims.map((one) => handOver(one, options).finally(() => give(1))));
    const failed = results.find((result) => result.status === 'rejected');
    if (failed) throw failed.reason;
    const handed = results.flatMap((result) => (result.status === 'fulfilled' ? result.value : []));
    return [...claimed.flatMap((one) => one.answered), ...handed];
  };
  try {
    const first = await claimAll(options, items, settled, NO_REPLIES);
    const questions = first.flatMap((claimed) => claimed.questions);
    const answered = await handOverAll(first, questions.length);
    if (questions.length === 0) return answered;
    // A crash left these claimed: by what the provider says of them they are claimed again, answered, or held.
    const orphaned = questions.map((question) => question.item);
    const second = await claimAll(options, orphaned, settled, await askAll(options, questions));
    // What has another question by now was overtaken by another worker: it is tried again.
    const overtaken = second.flatMap((claimed) => claimed.questions);
    for (const { item } of overtaken) {
      answered.push(again(item));
    }
    return [...answered, ...(await handOverAll(second, 0))];
  } finally {
    give(slots);
  }
}

/** At most so many at a time; the next call takes the rest. */
const MAX_ORPHANS = 100;

/**
 * Claims that a crash has left, of journeys that a goal or an exit has ended: no command comes for them any more, so they
 * are looked for. Nothing is sent: the provider is asked where it can be, else the message stays unknown (P4).
 *
 * @returns how many were settled.
 */
export async function recoverOrphanedClaims(
  options: Pick<HandoverOptions, 'database' | 'log' | 'ask'>,
): Promise<number> {
  const { database, log } = options;
  const orphans = await readOrphans(database.pool, MAX_ORPHANS);
  // A journey that has ended claims nothing: there is no lease to give.
  const claiming = { database, log, leaseMs: 0 };
  let settled = 0;
  // One at a time: two steps of one enrolment are two items.
  for (const { enrolmentId: id, path, iteration, at, attempts: attempt } of orphans) {
    const item: CohortItem = { id, command: { name: 'do', path, iteration, at, attempt, leaves: true } };
    const questions = (await claimAll(claiming, [item], at, NO_REPLIES)).flatMap((one) => one.questions);
    const replies = await askAll(options, questions);
    settled += (await claimAll(claiming, [item], at, replies)).flatMap((one) => one.answered).length;
  }
  if (settled > 0) log.info({ settled }, 'Claims that a crash had left of ended journeys are settled');
  return settled;
}

async function claimAll(
  { database, leaseMs, log }: Pick<HandoverOptions, 'database' | 'leaseMs' | 'log'>,
  items: readonly CohortItem[],
  settled: Instant,
  replies: ReadonlyMap<string, Reply>,
): Promise<LeasedEffects[]> {
  return runBatch<LeasedEffects>(
    database,
    items,
    async (client, batch) => [await claim(client, batch, { settled, leaseMs, replies, log })],
    (item, error) => [{ answered: broken(item, error, log), claims: [], questions: [] }],
  );
}

async function askAll(
  { ask }: Pick<HandoverOptions, 'ask'>,
  questions: readonly Question[],
): Promise<Map<string, Reply>> {
  const replies = questions.map(async ({ item, lease, mailIds }): Promise<[string, Reply]> => {
    const asked = mailIds.map(
      async (id): Promise<[string, DeliveryStatus]> => [id, ask ? await ask(id) : 'cannot-ask'],
    );
    return [item.id, { lease, asked: new Map(await Promise.all(asked)) }];
  });
  return new Map(await Promise.all(replies));
}
