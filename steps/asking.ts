/** Steps that ask somebody and wait for the answer (S6, S12): the wait that begins with their effect. */
import { z } from 'zod';
import type { Instant } from '../language/model.ts';
import { idIn } from '../language/records/id-in.ts';
import type { CompileContext, Path } from '../language/syntax.ts';
import { isoInstant } from '../language/time/instants.ts';
import type { WaitForConfig } from './kinds/wait-for.ts';
import type { Facts, StepDecision, Write } from './step.ts';

export const withinShape = z.union([z.string(), z.record(z.string(), z.string())]);
export const stepsShape = z.array(z.unknown()).max(200);

/** What waits for events of these names, an arm each, where they answer the step at `at`. */
export function waitForAnswers(
  names: readonly string[],
  { within, at, path }: { within: unknown; at: string; path: Path },
  context: CompileContext,
): WaitForConfig {
  const span = within === undefined ? undefined : context.span(within, [...path, 'within']);
  if (span?.kind === 'table' && span.default === undefined) {
    const message = 'the table has no `default`: for any other value the wait does not end by itself';
    context.warn('CB243', [...path, 'within'], message, 'write a `default` after the rows');
  }
  return {
    arms: names.map((name) => context.awaited(name, path).map((awaited) => ({ ...awaited, answers: at }))),
    ...(span && { within: span }),
    sinceEnrolment: false,
  };
}

/** The answer of a step's effect, and what it writes, with which its wait begins. @param facts as of the effect's instant */
export function beginAsking(wait: WaitForConfig, facts: Facts): Pick<StepDecision, 'answer'> & { writes: Write[] } {
  const until = (wait.within && facts.endOf(wait.within, facts.at)) ?? null;
  return {
    answer: { go: 'sleep', until, then: 'look' },
    writes: [{ write: 'subscribe', since: facts.at, until }],
  };
}

export type Asking =
  | { is: 'answered'; name: string; arm: number; at: Instant; by: string | undefined }
  | { is: 'over'; at: Instant }
  | { is: 'waiting'; until: Instant | null };

/** How far the wait has come. */
export function askingNow({ arms, within }: WaitForConfig, facts: Facts): Asking {
  const { match, at } = facts;
  if (match) {
    const awaited = arms[match.arm]?.[0];
    const name = awaited?.kind === 'event' ? awaited.event : '';
    return { is: 'answered', name, arm: match.arm, at: Math.max(match.at, at), by: idIn(match.properties.by) };
  }
  const until = within && facts.endOf(within, facts.beganAt);
  if (until !== undefined && until <= at) return { is: 'over', at };
  return { is: 'waiting', until: until ?? null };
}

/** What a record of the answer shows (V5). */
export function shownAnswer(asking: Asking & { is: 'answered' | 'over' }) {
  if (asking.is === 'over') return { answered: false, at: isoInstant(asking.at) };
  const { name, at, by } = asking;
  return { answered: name, ...(by !== undefined && { by }), at: isoInstant(at) };
}
