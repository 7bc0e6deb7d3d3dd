/** Which commands read what only the evaluator's progress settles, and whether it has come so far (S19). */
import type { Instant } from '../../language/model.ts';
import type { CommandContext } from './command-context.ts';

/** Decisions, waits and the ending read; an effect does where its condition, texts or values name something. */
export function mustWait({ command, version }: CommandContext): boolean {
  if (command.name !== 'do') return true;
  const step = version.playbook.steps[command.path];
  return step !== undefined && (step.if !== undefined || step.reads.length > 0 || step.counts.length > 0);
}

/**
 * True when the evaluator has passed the journey's instant for the subject: nothing from up to then is on its way, waits
 * to be consumed, or is due.
 *
 * @param settled every event received before it was committed before the transaction's first read
 */
export function hasPassed({ command, unconsumed }: CommandContext, settled: Instant): boolean {
  if (settled <= command.at) return false;
  if (unconsumed.dueAt !== null && unconsumed.dueAt <= command.at) return false;
  return unconsumed.events.every((event) => event.at > command.at);
}
