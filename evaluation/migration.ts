/** Whether an open enrolment may go on with another version of its playbook (N5): only where that is certain. Pure. */
import { canonical } from '../language/canonical.ts';
import type { CompiledStep, Instant, PlaybookVersion } from '../language/model.ts';
import { type Retraced, retrace } from '../workflows/journey/retrace.ts';
import type { Answer, Command } from '../workflows/journey/types.ts';

export const STAY_REASONS = {
  busy: 'it is not at rest in a wait: a step is under way, held, or to be tried again',
  ending: 'it has been told to end',
  goal_changed: 'subject, goal or exit_on are others',
  steps_changed: 'what it has done is not what the new version would have led through, step by step',
  wait_changed: 'the step in which it waits is another',
  no_deadline: 'it waits without a deadline',
} as const;

/** Why an enrolment stays with its version. */
export type StayReason = keyof typeof STAY_REASONS;

export interface EnrolmentAtRest {
  startedAt: Instant;
  now: Instant;
  /** The deadline for which it waits, or the instant at which it is working (N1). */
  nextAt: Instant | null;
  /** Nobody has begun to carry it out. */
  isPending: boolean;
  /** An effect of it is claimed or held, or its cohort is being started. */
  isBusy: boolean;
  /** A goal, an exit or the like has been told to it. */
  isEnding: boolean;
  /** The stored answer to a command. */
  known(command: Command): Answer | undefined;
}

/** @returns why it stays; undefined where it may go over */
export function whyItStays(
  before: PlaybookVersion,
  after: PlaybookVersion,
  enrolment: EnrolmentAtRest,
): StayReason | undefined {
  const { isPending, isBusy, isEnding, known, ...times } = enrolment;
  if (isEnding) return 'ending';
  if (isBusy) return 'busy';
  if (canonical(listenedOf(before)) !== canonical(listenedOf(after))) return 'goal_changed';
  if (isPending) return undefined;
  const done = retrace(before.playbook.program, times, known);
  const path = restsAt(done, times);
  if (path === undefined) return 'busy';
  if (done.state.waiting.for === 'time' && done.state.waiting.until === null) return 'no_deadline';
  const again = retrace(after.playbook.program, times, known);
  if (!isSameWay(done, again, before, after)) return 'steps_changed';
  return isSameStep(before, after, path) ? undefined : 'wait_changed';
}

/** The path of the step in which it waits; undefined where it does something. */
function restsAt(
  { state: { phase, waiting }, way }: Retraced,
  { nextAt, now }: { nextAt: Instant | null; now: Instant },
): string | undefined {
  if (phase !== 'steps') return undefined;
  if (waiting.for === 'time') return way.at(-1)?.command.path;
  // A repeat between two rounds: when the next one comes is not stored, it is asked anew, and answered the same.
  const isBetweenRounds =
    waiting.for === 'answer' && waiting.command.name === 'round' && nextAt !== null && nextAt > now;
  return isBetweenRounds ? waiting.command.path : undefined;
}

/** What its subscriptions look for as long as it is open, and whose they are. */
function listenedOf({ playbook }: PlaybookVersion) {
  return { subject: playbook.subject, goal: playbook.goal ?? null, exitOn: playbook.exitOn };
}

function isSameWay(a: Retraced, b: Retraced, before: PlaybookVersion, after: PlaybookVersion): boolean {
  if (canonical(a) !== canonical(b)) return false;
  return a.way.every(({ command: { path } }) => {
    const [was, is] = [before.playbook.steps[path], after.playbook.steps[path]];
    return was !== undefined && is !== undefined && was.kind === is.kind && was.id === is.id;
  });
}

/** In every word, those of the branches behind it aside: which of them are there follows from the new version. */
function isSameStep(before: PlaybookVersion, after: PlaybookVersion, path: string): boolean {
  const words = ({ playbook }: PlaybookVersion): CompiledStep | null => playbook.steps[path] ?? null;
  const calendars = ({ calendars, policies, playbook }: PlaybookVersion) => {
    return { calendars, policies, zone: playbook.timeZone ?? null, calendar: playbook.calendar ?? null };
  };
  return (
    canonical(words(before)) === canonical(words(after)) && canonical(calendars(before)) === canonical(calendars(after))
  );
}
