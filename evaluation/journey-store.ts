/**
 * Carries out what a step's decision changes: the same operations in the database, which writes them with the transaction
 * that decided, and in virtual time, which applies them at once.
 */
import { effectIdOf } from '../language/hash.ts';
import type { CompiledPlaybook, Instant, Json, PlaybookVersion } from '../language/model.ts';
import type { EnrolmentFacts, MailLine, Write } from '../steps/step.ts';
import type { Command, OutcomeName } from '../workflows/journey/types.ts';
import {
  enrolmentEnded,
  recordUpdated,
  runRecalled,
  runRequested,
  runReturned,
  type SystemEvent,
  taskEvent,
} from './system-events.ts';

/** Keeps one enrolment's changes. */
export interface JourneyStore {
  /** Puts an event on its timelines; the next step of the journey sees its patches. */
  append(event: SystemEvent): void;
  createTask(task: Omit<Write & { write: 'task' }, 'write'> & { id: string }): void;
  withdrawTask(id: string): void;
  /** Gathers what a mail to a colleague tells of an effect (S6, S11). */
  tellLater(line: MailLine & { id: string }): void;
  recordOutcome(outcome: { id: string; name: string; value: Json | null; ghost: boolean; at: Instant }): void;
  /** Keeps the subject's arm of an experiment (S5). */
  assign(experiment: string, arm: string, at: Instant): void;
  /** Counts a turn of a colleague, to whom the subject was assigned, and knows who had it before (S16). */
  rotate(person: string, from: string | undefined): void;
  subscribe(since: Instant, until: Instant | null): void;
  unsubscribe(): void;
  end(ending: JourneyEnding): void;
}

export interface JourneyEnding {
  outcome: OutcomeName;
  reason: string;
  /** The goal's or exit's event. */
  evidence: string | null;
  at: Instant;
  /** The goal may still be met, as a conversion: its subscription stays. */
  mayConvert: boolean;
  /** That it has ended, and whom that concerns. */
  events: SystemEvent[];
}

/** The step of an enrolment that decided. */
export interface DecidingStep {
  enrolment: EnrolmentFacts;
  version: PlaybookVersion;
  command: Command;
  /** The journey's instant after the decision. */
  at: Instant;
}

export function applyWrites(writes: readonly Write[] | undefined, step: DecidingStep, store: JourneyStore): void {
  for (const write of writes ?? []) applyWrite(write, step, store);
}

function applyWrite(write: Write, { enrolment, version, command, at }: DecidingStep, store: JourneyStore): void {
  const { playbook } = version;
  const id = effectIdOf(enrolment.id, command);
  switch (write.write) {
    case 'traits': {
      const { type, id: recordId, traits } = write;
      const by = playbook.steps[command.path]!.kind;
      store.append(recordUpdated(enrolment, command, { type, id: recordId, traits }, by));
      return;
    }
    case 'task': {
      const { write: _, ...task } = write;
      store.createTask({ id, ...task });
      store.append(taskEvent(enrolment, command, 'created'));
      return;
    }
    case 'mail-line':
      store.tellLater({ id, ...write.line });
      return;
    case 'withdraw-task':
      store.withdrawTask(effectIdOf(enrolment.id, write));
      store.append(taskEvent(enrolment, write, 'withdrawn'));
      return;
    case 'run':
      store.append(runRequested(enrolment, command, write));
      return;
    case 'recall':
      store.append(runRecalled(enrolment, command));
      return;
    case 'outcome':
      store.recordOutcome({ id, name: write.name, value: write.value, ghost: write.ghost, at });
      return;
    case 'assignment':
      store.assign(write.experiment, write.arm, at);
      return;
    case 'tried':
      store.rotate(write.person, write.from);
      return;
    case 'subscribe':
      store.subscribe(write.since, write.until);
      return;
    case 'unsubscribe':
      store.unsubscribe();
      return;
    case 'end': {
      const { outcome, reason, event: evidence } = write;
      const returned = runReturned(enrolment, outcome, reason);
      const events = [
        // What it has run and waits for ends with it; of its own accord it ends behind that.
        ...(outcome !== 'completed' && runsOthers(playbook) ? [runRecalled(enrolment)] : []),
        enrolmentEnded(enrolment, outcome, reason),
        ...(returned ? [returned] : []),
      ];
      store.end({ outcome, reason, evidence, at, mayConvert: mayConvert(playbook, outcome), events });
      return;
    }
  }
}

function runsOthers({ steps }: CompiledPlaybook): boolean {
  return Object.values(steps).some(({ kind }) => kind === 'run');
}

/** A goal with a window may still be met after the end (G2); one without is met only while the enrolment is open (G1). */
function mayConvert({ goal }: CompiledPlaybook, outcome: OutcomeName): boolean {
  return outcome !== 'converted' && goal?.withinMs !== undefined;
}
