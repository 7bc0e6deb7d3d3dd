/** What both ways of running enrolments are measured by. */
export interface EnrolSizes {
  rounds: number;
  /** Enrolments before anything counts. */
  warmUp: number;
  /** Of one round, each begun when the one before has ended. */
  oneByOne: number;
  /** Of one round, all at once. */
  backlog: number;
  /** The same for the hand-written workflow, whose rate does not depend on how many there are. */
  plainBacklog: number;
}

export interface EnrolMeasures {
  /** Enrolments a second, a round each. */
  oneByOne: number[];
  backlog: number[];
  /** At one in flight: from the call that begins it to its first activity. */
  firstActivityMs: number[];
}
