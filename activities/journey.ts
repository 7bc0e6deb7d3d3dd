/**
 * What cohorts ask of the world (architecture, decisions 4 and 5): lists of commands, answered item by item. `decide`
 * stays in the database; `deliver` leaves the house. Both may be called again at any time, and answer the same.
 */
import pLimit from 'p-limit';
import type { Logger } from 'pino';
import { readClock } from '../store/postgres/clock.ts';
import type { Database } from '../store/postgres/database.ts';
import type { Watermark } from '../store/postgres/watermark.ts';
import type { ClockReading, CohortActivities } from '../workflows/cohort/activities.ts';
import { carryOut } from './carry-out.ts';
import { EffectCompleter } from './deliver/complete-effects.ts';
import type { HandoverOptions } from './deliver/hand-over.ts';
import { deliverItems } from './deliver.ts';
import { type Answered, lookRepeatedly } from './looks.ts';
import type { DeliveryStatus } from './mail/delivery-status.ts';
import type { Mailer } from './mail/transport.ts';

export interface JourneyOptions {
  database: Database;
  mailer: Mailer;
  watermark: Watermark;
  /** Seals unsubscribe links. */
  secret: string;
  /** Where links in mails lead: `https://cuebook.example`. */
  publicUrl: string;
  log: Logger;
  /** Whether the provider has taken a mail, by its Message-ID; left out where it cannot be asked (P4). */
  ask?: (mailId: string) => Promise<DeliveryStatus>;
  /** Real milliseconds that a claim lasts; more than twice the mailer's timeout. Default 60,000. */
  leaseMs?: number;
}

const LEASE_MS = 60_000;
/** Handovers under way at once, of all cohorts together. */
const HANDOVERS = 10;

export function createActivities(options: JourneyOptions): CohortActivities {
  const { database, watermark } = options;
  const handover: HandoverOptions = {
    ...options,
    leaseMs: options.leaseMs ?? LEASE_MS,
    completer: new EffectCompleter(database),
    inTurn: pLimit(HANDOVERS),
  };
  const reply = async (answered: readonly Answered[]) => ({
    items: answered.map(({ id, answer }) => ({ id, answer })),
    clock: await readingOf(database),
  });
  return {
    decide: async ({ items }) =>
      reply(await lookRepeatedly(watermark, items, (some, settled) => carryOut(options, some, settled))),
    deliver: async ({ items }) =>
      reply(await lookRepeatedly(watermark, items, (some, settled) => deliverItems(handover, some, settled))),
  };
}

async function readingOf(database: Database): Promise<ClockReading> {
  const { mode, warp, now } = await readClock(database.pool);
  return { now, warp: mode === 'stepped' ? 0 : warp };
}
