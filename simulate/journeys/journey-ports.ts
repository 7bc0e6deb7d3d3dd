/** What journeys in virtual time need of the run around them. */
import type { SystemEvent } from '../../evaluation/system-events.ts';
import type { WrongValue } from '../../language/cel/wrong-types.ts';
import type { Instant, SubjectRef } from '../../language/model.ts';
import type { TimelineEvent } from '../../language/records/timeline.ts';
import type { RunInput, RunLine } from '../run/types.ts';
import type { VirtualWorld } from '../world/virtual-world.ts';
import type { MortalJourneys } from './mortal-journeys.ts';
import type { VirtualEnrolment } from './virtual-enrolment.ts';

export interface JourneyPorts {
  world: VirtualWorld;
  input: RunInput;
  /** In a simulation of crashes. */
  mortal?: MortalJourneys | undefined;
  emit(line: RunLine): void;
  write(event: SystemEvent, at: Instant): void;
  wake(member: VirtualEnrolment, at: Instant): void;
  /** What journeys have written in this round and is not consumed yet. */
  pending(): readonly TimelineEvent[];
  /** A step met values of the wrong type (T0). */
  skipped(member: VirtualEnrolment, met: readonly WrongValue[], at: Instant): void;
  /** Whether anything reads the subject's timeline, or will once both are one (E6). */
  isRead(subject: SubjectRef): boolean;
  /** The last merge that concerns a subject (E6); undefined for one that stays by itself. */
  lastMergeAt(subject: SubjectRef): Instant | undefined;
  /** An enrolment has ended: only what entry counts need be kept of it. */
  ended(member: VirtualEnrolment, at: Instant): void;
}
