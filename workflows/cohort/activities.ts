/** The activities of a cohort: they take lists and answer item by item (architecture, decisions 4 and 5). */
import type { Instant } from '../../language/model.ts';
import type { Answer, Command } from '../journey/types.ts';

/** One member's command. */
export interface CohortItem {
  /** The enrolment. */
  id: string;
  command: Command;
}

export interface CohortRequest {
  cohortId: string;
  versionHash: string;
  /** 1 to 100, one a member. */
  items: CohortItem[];
}

/** The clock at the end of the work, not at its beginning: timers count from there. */
export interface ClockReading {
  now: Instant;
  /** Virtual seconds in a real one; 1 in production, 0 for a clock that is stepped by hand. */
  warp: number;
}

export interface CohortReply {
  /** In any order; the command of a member without an answer is sent again after a pause. */
  items: { id: string; answer: Answer }[];
  clock: ClockReading;
}

/**
 * Both throw only when they could do nothing at all (the database is away): the same request then comes again.
 * A failure of one item is its answer. A command before its time is answered `again`: timers may be early.
 */
export interface CohortActivities {
  /** Carries out what stays in the database: a local activity. */
  decide(request: CohortRequest): Promise<CohortReply>;
  /** Carries out external effects (`command.leaves`): a regular activity. */
  deliver(request: CohortRequest): Promise<CohortReply>;
}
