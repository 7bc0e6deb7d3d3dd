/** Writes the results of hand-overs at once (P4), by group commit. */
import type { Instant } from '../../language/model.ts';
import { beginWriting } from '../../store/events/events.ts';
import { completeEffects } from '../../store/journeys/effects.ts';
import { now as readNow } from '../../store/postgres/clock.ts';
import type { Database } from '../../store/postgres/database.ts';
import { type GroupCommit, groupCommit } from '../../store/postgres/group-commit.ts';
import { withRetries } from '../../store/postgres/retry.ts';
import type { Answer } from '../../workflows/journey/types.ts';
import type { CommandContext } from '../batch/command-context.ts';
import { isMembersOwn } from '../batch/run.ts';
import { UnitOfWork } from '../batch/unit-of-work.ts';
import { type MessageResult, resultOf } from './outcome.ts';
import type { PendingSend } from './pending-send.ts';
import { recordResult } from './record-result.ts';

/** The effect's id, and what tells this claim from others. */
export interface Lease {
  id: string;
  lease: Instant;
}

export interface Completion {
  member: CommandContext;
  lease: Lease;
  form: PendingSend;
  results: readonly MessageResult[];
}

/** So long the database may be away; after that the lease runs out, and the next worker asks the provider. */
const RETRY_MS = 5_000;
const MAX_GROUP = 100;

export class EffectCompleter {
  readonly #commits: GroupCommit<Completion, Answer | undefined>;

  constructor(database: Database) {
    this.#commits = groupCommit({
      take: (waiting) => waiting.splice(0, MAX_GROUP),
      commit: async (group) => {
        const answers = await withRetries(() => write(database, group), { untilMs: RETRY_MS });
        return group.map(({ lease }) => answers.get(lease.id));
      },
      isOneItems: isMembersOwn,
    });
  }

  /**
   * @returns undefined where the claim was no longer ours: its lease was over, and another worker goes on with it.
   * @throws what PostgreSQL threw when it could not be written
   */
  complete(completion: Completion): Promise<Answer | undefined> {
    return this.#commits.add(completion);
  }
}

/** Answers by the effect's id; claims that were no longer ours are left out. */
async function write(database: Database, completions: readonly Completion[]): Promise<Map<string, Answer>> {
  return database.transaction(async (client) => {
    const writesAt = await beginWriting(client);
    const results = completions.map(({ lease, form, results }) => ({ ...lease, ...resultOf(form, results, writesAt) }));
    const ours = await completeEffects(
      client,
      results.map(({ id, lease, status, reason, triesAgain }) => ({
        id,
        lease,
        status,
        reason,
        keepClaim: triesAgain,
      })),
      writesAt,
    );
    const changes = new UnitOfWork();
    const now = await readNow(client);
    const answers = new Map<string, Answer>();
    for (const [i, { member, lease, results: came }] of completions.entries()) {
      if (!ours.has(lease.id)) continue;
      recordResult(changes, member, { results: came, result: results[i]!, now });
      answers.set(lease.id, results[i]!.answer);
    }
    await changes.write(client, 0);
    return answers;
  });
}
