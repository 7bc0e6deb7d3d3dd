/** An effect at a place: its id, its instant, and the row that says what the step's keys came to. */
import { effectIdOf } from '../../language/hash.ts';
import type { Instant } from '../../language/model.ts';
import type { EffectLine } from '../../steps/step.ts';
import type { Answer } from '../../workflows/journey/types.ts';
import { beganAt, type CommandContext } from './command-context.ts';

export { effectIdOf };

/** The journey's instant once it has this answer: an effect that came late has moved it to the real one (S0). */
export function instantAfter({ command }: CommandContext, answer: Answer): Instant {
  return 'at' in answer && answer.at !== undefined ? Math.max(command.at, answer.at) : command.at;
}

export function effectOf(member: CommandContext, line: EffectLine, answer: Answer) {
  const { command, id, version } = member;
  return {
    id: effectIdOf(id, command),
    enrolmentId: id,
    path: command.path,
    iteration: command.iteration,
    kind: version.playbook.steps[command.path]!.kind,
    attempts: command.attempt,
    beganAt: beganAt(member),
    at: instantAfter(member, answer),
    detail: line.detail,
  };
}
