/** What a run in virtual time takes and gives. */

import type {
  Instant,
  Json,
  People,
  PlaybookVersion,
  RecordType,
  Settings,
  SubjectRef,
  Traits,
} from '../../language/model.ts';
import type { IdentityLink } from '../../language/records/identity-links.ts';
import type { TimelineEvent } from '../../language/records/timeline.ts';
import type { World } from '../../language/records/world.ts';
import type { Report } from '../../measurement/report.ts';
import type { FactsInput } from '../../steps/facts.ts';
import type { Reply } from '../../steps/step.ts';
import type { ToldDecision } from '../../steps/told.ts';
import type { EvaluationResult, SubjectState } from '../../triggers/engine/state.ts';
import type { Answer, Command } from '../../workflows/journey/types.ts';
import type { Mishaps } from '../journeys/mortal-journeys.ts';

export type { Json, People, PlaybookVersion, RecordType, Settings, SubjectRef, Traits } from '../../language/model.ts';
export type { TraitPatch } from '../../language/records/timeline.ts';

export interface RunInput {
  versions: readonly PlaybookVersion[];
  settings: Settings;
  people: People;
  /** Records that are there before anything happens; their traits turn nothing (V3). */
  records: readonly { type: RecordType; id: string; traits: Traits }[];
  /** When those records are so, and when schedules begin (T18); without it a day before the first event (V3). */
  start?: Instant | undefined;
  /** In E4's order; read one by one, and kept only as long as a journey may still read them. */
  events: Iterable<TimelineEvent>;
  /** Every identity link among the events, from a first pass over them (E6); without it no contacts are merged. */
  claims?: readonly IdentityLink[] | undefined;
  /** Firings before this instant are neither reported nor enter: what came before only makes the state (T18). */
  from?: Instant | undefined;
  /** Time ends here; without it, when everything that was opened has run out. */
  until?: Instant | undefined;
  holdout?: 'in' | 'out' | undefined;
  /** Experiment → arm. */
  arms?: { [experiment: string]: string } | undefined;
  /** What `report` has beside its days (W3); without it, what it has of a week in which nothing happened. */
  report?: Partial<Report> | undefined;
  /** Playbook → path of a step → what comes back of what it asks outside (V3). */
  replies?: { [playbook: string]: { [path: string]: readonly Reply[] } } | undefined;
  /** How long a held message is spread after quiet hours; 0 in tests (P1). */
  jitterMs?: ((subjectId: string, localDate: string) => number) | undefined;
  /** A backtest: `assign` names the rule, not the person (V4). */
  backtest?: boolean | undefined;
  /** Nothing but firings is asked for: where no firing depends on enrolments, none begins (V4). */
  firingsOnly?: boolean | undefined;
  /** Messages that playbooks outside of this run have sent, by their instants: caps count them too (V4). */
  sentByOthers?: Iterable<SentMessage> | undefined;
  /** System events of effects that are in the history already, by `systemEventKey`: the run does not write them again. */
  written?: Pick<ReadonlySet<string>, 'has'> | undefined;
  /** What happens to the processes of journeys: in a simulation of crashes. */
  mishaps?: Mishaps | undefined;
  /** Called for each condition that was not met, with by how little. */
  onMissed?: ((missed: Missed) => void) | undefined;
  /** Called for each evaluation, entry or step in which something was skipped (T0). */
  onNoPart?: ((looked: Pick<EvaluationResult, 'noKey' | 'wrongTypes'>, at: Instant) => void) | undefined;
  /**
   * Called at the end of a run without `until`, for each playbook that something was still to come of: a date, a schedule,
   * a drop, or what time turns, which do not keep a run open (V3).
   */
  onStillDue?: ((playbook: string) => void) | undefined;
  /** Called for each event of each subject on whose timeline it is, once the engine has evaluated it. */
  onConsumed?: ((consumed: Consumed) => void) | undefined;
  /** Called for each command of each journey. */
  onDecided?: ((decided: Decided) => void) | undefined;
  /** Called for each message that a step hands over, while the world is as the step read it. */
  onMessage?: ((message: DecidedMessage) => void) | undefined;
}

/** A message that a step has decided to send, with what it was decided from. */
export interface DecidedMessage {
  command: Command;
  facts: FactsInput;
}

/** An event that was evaluated, and the subject's world as it then was. */
export interface Consumed {
  event: TimelineEvent;
  subject: SubjectRef;
  world: World & { stateOf(subject: SubjectRef): SubjectState };
}

/** What a journey's command came to. */
export interface Decided {
  playbook: string;
  enrolment: string;
  subject: SubjectRef;
  key: string;
  at: Instant;
  path: string;
  answer: Answer;
  /** What production's record of the decision says (V5); absent where there is none. */
  told?: ToldDecision | undefined;
}

/** A message that has taken its place under a cap (P2). */
export interface SentMessage {
  contactId: string;
  messageClass: string;
  at: Instant;
}

/** A condition that came close to firing, and did not. */
export interface Missed {
  playbook: string;
  subject: SubjectRef;
  key: string;
  at: Instant;
  /** What it was short of, in words: `2 of 3`, `the last tenth of the window`. */
  by: string;
  /** 1; -1 takes one back that fired after all. */
  amount: 1 | -1;
}

/** One result of a run. */
export type RunLine =
  | { type: 'firing'; playbook: string; subject: SubjectRef; key: string; at: Instant; evidence: string[] }
  | {
      type: 'enrolment';
      playbook: string;
      subject: SubjectRef;
      key: string;
      at: Instant;
      id: string;
      refused: string | null;
      looked: Json;
    }
  | {
      type: 'effect';
      playbook: string;
      enrolment: string;
      subject: SubjectRef;
      key: string;
      at: Instant;
      step: string;
      effect: string;
      detail: { [key: string]: Json };
      refused: string | null;
    }
  | {
      type: 'outcome';
      playbook: string;
      enrolment: string;
      subject: SubjectRef;
      key: string;
      at: Instant;
      outcome: string;
      reason: string;
      evidence: string | null;
      value: Json;
      afterEnd: boolean;
      /** Of a conversion that counts from a message: its template (G1). */
      template?: string;
      ghost: boolean;
    };
