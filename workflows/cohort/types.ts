/** The input of a cohort, and its signals. Ids and instants only, nothing that names a person (decision 7). */
import type { Instant, JourneyProgram } from '../../language/model.ts';
import type { Input, JourneyState } from '../journey/types.ts';
import type { ClockReading } from './activities.ts';

/** The most members that one cohort carries. */
export const COHORT_LIMIT = 100;
/** The name under which the workflow is registered, and the prefix of its ids. */
export const COHORT_WORKFLOW = 'cohort';

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
