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
} from '../language/model.ts';
import type { TimelineEvent } from '../language/timeline.ts';

export type { Json, People, PlaybookVersion, RecordType, Settings, SubjectRef, Traits } from '../language/model.ts';
export type { TraitPatch } from '../language/timeline.ts';

export interface RunInput {
  versions: readonly PlaybookVersion[];
  settings: Settings;
  people: People;
  /** Records that are there before anything happens; their traits turn nothing (V3). */
  records: readonly { type: RecordType; id: string; traits: Traits }[];
  /** In E4's order. */
  events: readonly TimelineEvent[];
  /** Time ends here; without it, when everything that was opened has run out. */
  until?: Instant | undefined;
  holdout?: 'in' | 'out' | undefined;
  /** Experiment → arm. */
  arms?: { [experiment: string]: string } | undefined;
  /** How long a held message is spread behind quiet hours; 0 in tests (P1). */
  jitterMs?: ((subjectId: string, localDate: string) => number) | undefined;
}

/** One thing that came of a run, in the order in which it came. */
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
      ghost: boolean;
    };
