/**
 * The activities of cohorts (architecture, decisions 4 and 5): lists of commands, answered item by item. `decide` stays in
 * the database; `deliver` has effects outside. Both may be called again at any time, and answer the same.
 */
import { readClock } from '../store/postgres/clock.ts';
import type { Watermark } from '../store/postgres/watermark.ts';
import type { CohortActivities, CohortRequest } from '../workflows/cohort/types.ts';
import { repeatWhileLagging } from './batch/run.ts';
import { carryOut } from './carry-out.ts';
import type { HandoverOptions } from './deliver/hand-over.ts';
import { handoverSlots } from './deliver/handover-slots.ts';
import { EffectCompleter } from './deliver/send-result.ts';
import { deliver } from './deliver.ts';

export interface JourneyOptions extends Omit<HandoverOptions, 'leaseMs' | 'completer' | 'slots'> {
  watermark: Watermark;
  /** Real milliseconds that a claim lasts; more than twice the mailer's timeout. Default 60,000. */
  leaseMs?: number;
  /** How many messages are claimed and unanswered at once, of all cohorts together; default 10. */
  inHandover?: number;
}

const LEASE_MS = 60_000;
const IN_HANDOVER = 10;

export function createActivities(options: JourneyOptions): CohortActivities {
  const { database, watermark } = options;
  const handover: HandoverOptions = {
    ...options,
    leaseMs: options.leaseMs ?? LEASE_MS,
    completer: new EffectCompleter(database),
    slots: handoverSlots(options.inHandover ?? IN_HANDOVER),
  };
  const activity = (run: Parameters<typeof repeatWhileLagging>[2]) => async (request: CohortRequest) => {
    const answered = await repeatWhileLagging(watermark, request.items, run);
    const { mode, warp, now } = await readClock(database.pool);
    const items = answered.map(({ id, answer }) => ({ id, answer }));
    return { items, clock: { now, warp: mode === 'stepped' ? 0 : warp } };
  };
  return {
    decide: activity((items, settled) => carryOut(options, items, settled)),
    deliver: activity((items, settled) => deliver(handover, items, settled)),
  };
}
