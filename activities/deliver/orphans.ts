/**
 * Claims that a crash has left, of journeys that were ended meanwhile by a goal or an exit: nobody asks for them again,
 * so they are looked for. Nothing is sent: the provider is asked where it can be, else the case stands as unknown (P4).
 */
import type { Logger } from 'pino';
import { readOrphans } from '../../store/journeys/effects.ts';
import type { Database } from '../../store/postgres/database.ts';
import type { CohortItem } from '../../workflows/cohort/activities.ts';
import { askAll, claimAll } from '../deliver.ts';
import type { DeliveryStatus } from '../mail/delivery-status.ts';

export interface OrphanOptions {
  database: Database;
  log: Logger;
  /** Whether the provider has taken a mail, by its Message-ID; absent where it cannot be asked. */
  ask?: ((mailId: string) => Promise<DeliveryStatus>) | undefined;
}

/** Few crashes leave more; the next look takes the rest. */
const MOST = 100;

/** @returns how many were settled. */
export async function recoverOrphanedClaims(options: OrphanOptions): Promise<number> {
  const { database, log } = options;
  const orphans = await readOrphans(database.pool, MOST);
  if (orphans.length === 0) return 0;
  const items = orphans.map(({ enrolmentId, path, iteration, at, attempts }): CohortItem => {
    return { id: enrolmentId, command: { name: 'do', path, iteration, at, attempt: attempts, leaves: true } };
  });
  // A journey that has ended claims nothing: there is no lease to give.
  const claiming = { database, log, leaseMs: 0 };
  let settled = 0;
  // One at a time: two steps of one enrolment are two items.
  for (const item of items) {
    const questions = (await claimAll(claiming, [item], item.command.at, new Map())).flatMap((one) => one.questions);
    const replies = await askAll(options, questions);
    const answered = (await claimAll(claiming, [item], item.command.at, replies)).flatMap((one) => one.answered);
    settled += answered.length;
  }
  if (settled > 0) log.info({ settled }, 'Claims that a crash had left of ended journeys are settled');
  return settled;
}
