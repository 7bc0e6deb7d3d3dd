/** The way that a journey has gone, by the answers that it was given: the reducer over again, without anything happening. Pure. */
import type { Instant, JourneyProgram } from '../../language/model.ts';
import { startJourney, takeAnswer, takeTime } from './reduce.ts';
import type { Answer, Command, JourneyState } from './types.ts';

/** A command on the way, and what it was answered. */
export interface Passed {
  command: Pick<Command, 'name' | 'path' | 'iteration'>;
  answer: Answer;
}

export interface Retraced {
  way: Passed[];
  /** Where it is now. */
  state: JourneyState;
}

/** More commands than a journey has in its life. */
const MAX_COMMANDS = 100_000;

/**
 * @param known the answer that is stored for a command, if there is one
 * @throws RangeError when the answers lead on without end
 */
export function retrace(
  program: JourneyProgram,
  { startedAt, now }: { startedAt: Instant; now: Instant },
  known: (command: Command) => Answer | undefined,
): Retraced {
  const way: Passed[] = [];
  let state = startJourney(program, startedAt);
  while (way.length < MAX_COMMANDS) {
    const { waiting } = state;
    if (waiting.for === 'time' && waiting.until !== null && waiting.until <= now) {
      state = takeTime(program, state, waiting.until);
      continue;
    }
    const command = waiting.for === 'answer' ? waiting.command : undefined;
    const answer = command && known(command);
    if (!command || !answer) return { way, state };
    const { name, path, iteration } = command;
    way.push({ command: { name, path, iteration }, answer });
    state = takeAnswer(program, state, answer);
  }
  throw new RangeError(`a journey has more than ${MAX_COMMANDS} answers`);
}
