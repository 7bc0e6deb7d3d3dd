/** What both ways of running enrolments are measured by. */
export interface EnrolSizes {
  /** Enrolments before anything of a round counts. */
  warmUp: number;
  /** Each begun when the one before has ended. */
  oneByOne: number;
  /** All at once. */
  backlog: number;
  /** The same for the hand-written workflow, whose rate does not depend on how many there are. */
  plainBacklog: number;
}

/** One round. */
export interface EnrolMeasures {
  /** Enrolments a second. */
  oneByOne: number;
  backlog: number;
  /** At one in flight, of each enrolment: from the call that begins it to its first activity. */
  firstActivityMs: number[];
}
