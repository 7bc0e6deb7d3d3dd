/**
 * Every command is answered once (architecture, decision 5): what of an answer is kept, and when it is given again. Live it
 * is a row, in virtual time a list.
 */

import { FAILED_TRY } from '../language/hash.ts';
import type { Instant } from '../language/model.ts';
import type { Answer, Command } from '../workflows/journey/types.ts';

/** An answer of an enrolment, as it is kept. */
export interface KeptAnswer {
  path: string;
  iteration: string;
  /** `storedName`, or `FAILED_TRY`. */
  command: string;
  /** An `Answer`, as JSON. */
  answer: unknown;
  context: { [name: string]: unknown } | null;
  /** The journey's instant at which it was asked. */
  at: Instant;
}

/** The name under which a command's answer is stored. An ending is decided again where a goal came before it (S19). */
export function storedName(command: Command): string {
  return command.name === 'finish' ? `finish:${command.ending!.outcome}` : command.name;
}

/** An answer that stays; others lead to the same command again. */
export function isFinal(command: Command, answer: Answer): boolean {
  if (answer.go === 'again' || answer.go === 'failed') return false;
  if (answer.go !== 'sleep') return true;
  return answer.then !== 'do' && answer.then !== 'round' && command.name !== 'look';
}

/** Commands that begin a wait: what a look has ended stays ended. */
const BEGIN_WAITS: ReadonlySet<Command['name']> = new Set(['do', 'pause', 'listen']);

/** What has come for a wait: an input of the journey (decision 6). */
export interface CameFor {
  /** `match`, `look`, `task`: what may end a wait; others end the journey. */
  kind: string;
  path?: string | undefined;
  iteration?: string | undefined;
  at: Instant;
}

/**
 * The earlier answer to this very command. A journey that begins anew, in another version (N5), is told at once how a wait
 * has ended, with the instant of then: nothing would tell it again. Nor would anything tell again what came for a wait
 * whose beginning a crash took from the workflow's history: its signal was there first, and meant nothing to it yet.
 */
export function storedAnswer({
  command,
  answers,
  inputs,
}: {
  command: Command;
  answers: readonly KeptAnswer[];
  inputs: readonly CameFor[];
}): Answer | undefined {
  const here = answers.filter((a) => a.path === command.path && a.iteration === command.iteration);
  const ended = BEGIN_WAITS.has(command.name) ? here.find((a) => a.command === 'look') : undefined;
  const final = ended ?? here.find((a) => a.command === storedName(command));
  if (final) return untilItCame(answeredThen(final, command), command, inputs);
  // A try that failed has been answered; the next one has another number, or begins later.
  const failed = here.find((a) => a.command === FAILED_TRY);
  const isThisTry = failed?.at === command.at && failed.context?.attempt === command.attempt;
  return command.name === 'do' && failed && isThisTry ? (failed.answer as Answer) : undefined;
}

const ENDS_WAITS: ReadonlySet<string> = new Set(['match', 'look', 'task']);

/** A wait that looks when it is over looks as soon as the first has come. */
function untilItCame(answer: Answer, { path, iteration }: Command, inputs: readonly CameFor[]): Answer {
  if (answer.go !== 'sleep' || answer.then !== 'look') return answer;
  const came = inputs.filter((i) => ENDS_WAITS.has(i.kind) && i.path === path && (i.iteration ?? '') === iteration);
  if (came.length === 0) return answer;
  return { ...answer, until: Math.min(answer.until ?? Number.POSITIVE_INFINITY, ...came.map(({ at }) => at)) };
}

/** The answer, which moves the journey to the instant at which it was asked for. */
function answeredThen({ answer, at }: KeptAnswer, command: Command): Answer {
  const given = answer as Answer;
  const moves = given.go === 'next' || given.go === 'arm' || given.go === 'otherwise' || given.go === 'sleep';
  if (!moves || at <= command.at) return given;
  return { ...given, at: Math.max(at, given.at ?? at) };
}
