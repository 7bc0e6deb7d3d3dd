/**
 * The journey of one enrolment, as data. The reducer decides its state; activities and the virtual-time runner
 * carry out its commands and bring answers. Nothing here names a person (architecture, decision 7).
 */
import type { Instant } from '../../language/model.ts';

/** The position of a journey in its program: one frame a nested list, the deepest last. */
export interface Frame {
  index: number;
  /** Set on every frame but the deepest: which list of the node at `index` the next frame is in. */
  into?: Branch;
  /** On the deepest frame at a repeat that waits: the round that comes next. */
  round?: { number: number; previousAt: Instant | null };
}

export type Branch =
  | { kind: 'arm'; arm: number }
  | { kind: 'otherwise' }
  | { kind: 'error' }
  /** `startedAt`: the real start of the round, from which `every` counts (S14). */
  | { kind: 'round'; round: number; startedAt: Instant };

export type Phase = 'steps' | 'onGoal' | 'onExit' | 'finish' | 'ended';
export type OutcomeName = 'converted' | 'exited' | 'completed' | 'failed' | 'cancelled';

/** How a journey ends, once it is known that it does. */
export interface Ending {
  outcome: OutcomeName;
  reason: string;
  /** The evidence: a goal's or an exit's event. */
  event?: string;
}

/** What an activity is asked to do. `(enrolment, path, iteration, name)` is answered once (decision 5). */
export interface Command {
  /**
   * `do` carries out an effect, `pause` and `listen` begin a wait, `look` asks whether a wait is over, `choose` takes an
   * arm, `round` asks for the next round, `exit` ends here, `finish` writes the ending.
   */
  name: 'do' | 'pause' | 'listen' | 'look' | 'choose' | 'round' | 'exit' | 'finish';
  path: string;
  /** The rounds of the repeats around the step, as `2` or `2.1`; empty outside of any. */
  iteration: string;
  /** The journey's instant (S0). */
  at: Instant;
  /** From 1: how often this command was tried. */
  attempt: number;
  /** True for an external effect: a regular activity. */
  leaves: boolean;
  /** For `round`: which one, and when the one before began. */
  round?: { number: number; previousAt: Instant | null };
  ending?: Ending;
}

/** The answer to a command. */
export type Answer =
  /** Go on after the step; the journey's instant moves to `at`, never back. */
  | { go: 'next'; at?: Instant }
  | { go: 'arm'; arm: number; at?: Instant }
  | { go: 'otherwise'; at?: Instant }
  /**
   * Wait until `until` (null: until something comes), then `then`; `next` where the moment cannot move. `at`: of an effect
   * that came late, and waits for its answer from then on.
   */
  | { go: 'sleep'; until: Instant | null; then: 'next' | 'look' | 'do' | 'round'; at?: Instant }
  /** The evaluator has not come so far, or the store was away: the same again a little later. */
  | { go: 'again'; until: Instant }
  /** A try failed at `now`; the reducer knows how many there may be. */
  | { go: 'failed'; code: string; permanent: boolean; now: Instant }
  /** The journey is to end: its steps of `on_goal` or `on_exit` come first, then `finish`. */
  | { go: 'end'; ending: Ending; at: Instant }
  /** It is over: the ending is in the store, as this. Answers `finish`, and any command that comes too late. */
  | { go: 'ended'; outcome: OutcomeName };

/** An input of a journey, from the evaluator, a colleague or an operator; numbered per enrolment. */
export interface Input {
  n: number;
  kind: 'goal' | 'exit' | 'undone' | 'merged' | 'parent' | 'match' | 'look';
  at: Instant;
  /** For `match`: the wait that it ends. */
  path?: string;
  iteration?: string;
  arm?: number;
  event?: string;
  reason?: string;
}

export type Waiting =
  | { for: 'answer'; command: Command }
  | { for: 'time'; until: Instant | null; then: 'next' | 'look' | 'do' | 'round' }
  /** The same command once more: after a failed try, or when the evaluator may have come so far. */
  | { for: 'retry'; until: Instant; command: Command }
  | { for: 'nothing' };

export interface JourneyState {
  schema: 1;
  at: Instant;
  phase: Phase;
  position: Frame[];
  waiting: Waiting;
  /** Number of the latest input that was read; others are dropped. */
  seen: number;
  /** A goal or an exit that came while a command was in flight. */
  interrupted?: Input;
  /** A match that came while the command that begins its wait was in flight. */
  missed?: Input;
  ending?: Ending;
  /** It carries out the steps of a goal whose conversion is written (G1): behind them nothing is left to write. */
  isConversion?: true;
}
