/**
 * Writes what came of handovers, at once (P4): one transaction for all that have come while the one before was written.
 * Nobody waits for others to come; under load they go together.
 */
import type { Instant } from '../../language/model.ts';
import { beginWriting } from '../../store/events/events.ts';
import { completeEffects } from '../../store/journeys/effects.ts';
import { now as readNow } from '../../store/postgres/clock.ts';
import type { Database } from '../../store/postgres/database.ts';
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

interface Waiting {
  completion: Completion;
  resolve(answer: Answer | undefined): void;
  reject(error: unknown): void;
}

/** As long as this the database may be away; after that the lease runs out, and whoever comes next asks the provider. */
const RETRY_MS = 5_000;
const MAX_TOGETHER = 100;

export class EffectCompleter {
  readonly #database: Database;
  #waiting: Waiting[] = [];
  #isWriting = false;

  constructor(database: Database) {
    this.#database = database;
  }

  /**
   * @returns undefined where the claim was no longer ours: its lease was over, and somebody else goes on with it.
   * @throws what PostgreSQL threw when it could not be written
   */
  complete(settlement: Completion): Promise<Answer | undefined> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ completion: settlement, resolve, reject });
      if (!this.#isWriting) void this.#writeAll();
    });
  }

  async #writeAll(): Promise<void> {
    this.#isWriting = true;
    while (this.#waiting.length > 0) await this.#write(this.#waiting.splice(0, MAX_TOGETHER));
    this.#isWriting = false;
  }

  async #write(together: readonly Waiting[]): Promise<void> {
    try {
      const settlements = together.map((one) => one.completion);
      const answers = await withRetries(() => write(this.#database, settlements), { untilMs: RETRY_MS });
      for (const { completion: settlement, resolve } of together) resolve(answers.get(settlement.lease.id));
    } catch (error) {
      if (together.length > 1 && isMembersOwn(error)) for (const one of together) await this.#write([one]);
      else for (const one of together) one.reject(error);
    }
  }
}

/** Answers by the effect's id; those whose claim was no longer ours are left out. */
async function write(database: Database, settlements: readonly Completion[]): Promise<Map<string, Answer>> {
  return database.transaction(async (client) => {
    const writesAt = await beginWriting(client);
    const results = settlements.map(({ lease, form, results }) => ({ ...lease, ...resultOf(form, results, writesAt) }));
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
    for (const [i, { member, lease, results: came }] of settlements.entries()) {
      if (!ours.has(lease.id)) continue;
      recordResult(changes, member, came, results[i]!, now);
      answers.set(lease.id, results[i]!.answer);
    }
    await changes.write(client, 0);
    return answers;
  });
}
