/** What goes into a cohort and out of it: input, signals, activities. Ids and instants only, no personal data (decision 7). */
import type { Instant, JourneyProgram } from '../../language/model.ts';
import type { Answer, Command, Input, JourneyState } from '../journey/types.ts';

/** The most members that one cohort carries. */
export const COHORT_LIMIT = 100;
/** The name under which the workflow is registered, and the prefix of its ids. */
export const COHORT_WORKFLOW = 'cohort';

/** The id of a cohort's workflow. */
export function workflowIdOf(cohortId: string): string {
  return `${COHORT_WORKFLOW}-${cohortId}`;
}

export interface CohortInput {
  schema: 1;
  cohortId: string;
  versionHash: string;
  program: JourneyProgram;
  /** 1 to 100; those that have ended are left out when the workflow continues as new. */
  members: CohortMember[];
  /** The clock as it was last read. Absent at the first start. */
  clock?: ClockAnchor;
  /** The workflow continues as new when its history is longer than this; default 2,000. */
  maxHistoryEvents?: number;
}

export interface CohortMember {
  /** The enrolment. */
  id: string;
  /** The journey's instant at its start (S0). */
  startedAt: Instant;
  /** Of its journey. Absent at the first start. */
  state?: JourneyState;
  again?: Retry;
}

/** When a command that was answered `again` is sent again. */
export interface Retry {
  /** How often in a row it was answered so. */
  tries: number;
  /** Real milliseconds since the epoch, by the workflow's time. */
  notBeforeMs: number;
}

/** A reading of the clock, and the workflow's time at which it came. */
export interface ClockAnchor extends ClockReading {
  /** Real milliseconds since the epoch, by the workflow's time. */
  readAtMs: number;
}

/** Signal `inputs`: inputs of members, of one member in the order of its numbers. */
export type InputsSignal = { id: string; input: Input }[];
/** Signal `clock`: it has been moved, or goes at another speed. */
export type ClockSignal = ClockReading;

export const INPUTS_SIGNAL = 'inputs';
export const CLOCK_SIGNAL = 'clock';
/** Which name the query has is a promise to whoever asks running workflows. */
export const JOURNEY_STATES_QUERY = 'standing';

/** One member's command, as activities are given it: in lists, answered item by item (architecture, decisions 4 and 5). */
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
