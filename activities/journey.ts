/**
 * The activities of cohorts (architecture, decisions 4 and 5): lists of commands, answered item by item. `decide` stays in
 * the database; `deliver` has effects outside. Both may be called again at any time, and answer the same.
 */
import { readClock } from '../store/postgres/clock.ts';
import type { Watermark } from '../store/postgres/watermark.ts';
import type { CohortReply, CohortRequest } from '../workflows/cohort/types.ts';
import { repeatWhileLagging } from './batch/run.ts';
import { carryOut } from './carry-out.ts';
import { deliverColleagueMails } from './deliver/colleague-mails.ts';
import { EffectCompleter } from './deliver/effect-result.ts';
import type { HandoverOptions } from './deliver/hand-over.ts';
import { handoverSlots } from './deliver/handover-slots.ts';
import { deliver } from './deliver.ts';
import { notTakenLog } from './http/not-taken-log.ts';

export interface JourneyOptions extends Omit<HandoverOptions, 'leaseMs' | 'completer' | 'slots'> {
  watermark: Watermark;
  /** Real milliseconds that a claim lasts; more than twice the mailer's timeout. Default 60,000. */
  leaseMs?: number;
  /** How many messages are claimed and unanswered at once, of all cohorts together; default 10. */
  inHandover?: number;
}

/** `CohortActivities` of a process that may be told to end. */
export interface StoppableActivities {
  decide(request: CohortRequest): Promise<CohortReply>;
  /** @param stopping once it is given nothing more is claimed: the rest is answered `again` */
  deliver(request: CohortRequest, stopping?: AbortSignal): Promise<CohortReply>;
}

export interface ProcessActivities extends StoppableActivities {
  /** Sends the mails to colleagues that are due and that no journey waits for. @returns how many were settled */
  mailColleagues(stopping?: AbortSignal): Promise<number>;
}

const LEASE_MS = 60_000;
const IN_HANDOVER = 10;
const REQUESTS_IN_HANDOVER = 20;
const CALLS_IN_HANDOVER = 20;

export function createActivities(options: JourneyOptions): ProcessActivities {
  const { database, watermark } = options;
  const handover: HandoverOptions = {
    onNotTaken: notTakenLog(options.log),
    ...options,
    leaseMs: options.leaseMs ?? LEASE_MS,
    completer: new EffectCompleter(database),
    slots: {
      message: handoverSlots(options.inHandover ?? IN_HANDOVER),
      request: handoverSlots(REQUESTS_IN_HANDOVER),
      call: handoverSlots(CALLS_IN_HANDOVER),
    },
  };
  const carriedOut = async (request: CohortRequest, run: Parameters<typeof repeatWhileLagging>[2]) => {
    const asked = request.items.map((item) => ({ ...item, cohortId: request.cohortId }));
    const answered = await repeatWhileLagging(watermark, asked, run);
    const { mode, warp, now } = await readClock(database.pool);
    const items = answered.map(({ id, answer }) => ({ id, answer }));
    return { items, clock: { now, warp: mode === 'stepped' ? 0 : warp } };
  };
  return {
    decide: (request) => carriedOut(request, (items, settled) => carryOut(options, items, settled)),
    deliver: (request, stopping) =>
      carriedOut(request, (items, settled) => deliver({ ...handover, stopping }, items, settled)),
    mailColleagues: (stopping) => deliverColleagueMails({ ...handover, slots: handover.slots.message }, stopping),
  };
}
