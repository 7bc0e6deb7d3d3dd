/** Carries out commands that leave the house: claimed, handed over, written; some at a time, so that none is claimed long. */
import type { Instant } from '../language/model.ts';
import type { CohortItem } from '../workflows/cohort/activities.ts';
import { togetherOrAlone, withLocks } from './batch/run.ts';
import { broken } from './carry-out.ts';
import { claim, type LeasedSends } from './deliver/claim.ts';
import { type HandoverOptions, handOver } from './deliver/hand-over.ts';
import type { Question, Reply } from './deliver/orphaned-claim.ts';
import type { Answered } from './looks.ts';
import type { DeliveryStatus } from './mail/delivery-status.ts';

const AT_ONCE = 20;

export async function deliverItems(
  options: HandoverOptions,
  items: readonly CohortItem[],
  settled: Instant,
): Promise<Answered[]> {
  const answered: Answered[] = [];
  for (let i = 0; i < items.length; i += AT_ONCE) {
    answered.push(...(await deliverGroup(options, items.slice(i, i + AT_ONCE), settled)));
  }
  return answered;
}

async function deliverGroup(
  options: HandoverOptions,
  items: readonly CohortItem[],
  settled: Instant,
): Promise<Answered[]> {
  const first = await claimAll(options, items, settled, new Map());
  const answered = await handOverAll(options, first);
  const questions = first.flatMap((claimed) => claimed.questions);
  if (questions.length === 0) return answered;
  // A crash left these claimed: with what the provider says of them they are claimed anew, answered, or held.
  const replies = await askAll(options, questions);
  const second = await claimAll(
    options,
    questions.map((question) => question.item),
    settled,
    replies,
  );
  // Whoever has another question by now was overtaken by another worker, and looks again.
  const overtaken = second.flatMap((claimed) => claimed.questions).map(({ item }) => laterOf(item));
  return [...answered, ...overtaken, ...(await handOverAll(options, second))];
}

export async function claimAll(
  { database, leaseMs, log }: Pick<HandoverOptions, 'database' | 'leaseMs' | 'log'>,
  items: readonly CohortItem[],
  settled: Instant,
  replies: ReadonlyMap<string, Reply>,
): Promise<LeasedSends[]> {
  return togetherOrAlone<LeasedSends>(
    items,
    async (some) => [
      await withLocks(database, (client, also) => claim(client, { items: some, also, settled, leaseMs, replies, log })),
    ],
    (item, error) => [{ answered: broken(item, error, log), claims: [], questions: [] }],
  );
}

/** Answers of all; where some could not be written the others are, before it is thrown: asked again they stay the same. */
async function handOverAll(options: HandoverOptions, claimed: readonly LeasedSends[]): Promise<Answered[]> {
  const claims = claimed.flatMap((one) => one.claims);
  const results = await Promise.allSettled(claims.map((one) => handOver(one, options)));
  const failed = results.find((result) => result.status === 'rejected');
  if (failed) throw failed.reason;
  const handed = results.flatMap((result) => (result.status === 'fulfilled' ? result.value : []));
  return [...claimed.flatMap((one) => one.answered), ...handed];
}

export async function askAll(
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

function laterOf({ id, command }: CohortItem): Answered {
  return { id, answer: { go: 'again', until: command.at }, lags: false };
}
