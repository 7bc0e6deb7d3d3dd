/** Clocks of service levels, as their state stands at the head of the subject's timeline. */
import { readNamedClock } from '../../evaluation/subscriptions.ts';
import type { Awaited, Instant, Json } from '../../language/model.ts';
import { type ClockReading, clockNamed } from '../../triggers/sla/clock-reading.ts';
import type { CommandContext } from '../batch/command-context.ts';
import type { FactLoaders } from './fact-loaders.ts';

/** The clock that an awaited thing means, read at an instant. */
export function clockAwaited(
  member: CommandContext,
  shelves: FactLoaders,
  awaited: Awaited,
  trigger: { [name: string]: Json },
  at: Instant,
): ClockReading | undefined {
  const named = clockNamed(awaited, trigger);
  return named && clockOf(member, shelves, named, at);
}

/** A named clock, of the latest instance where none is said; without a name that of the trigger. */
export function clockByName(
  member: CommandContext,
  shelves: FactLoaders,
  policy: string | undefined,
  clock: string | undefined,
  at: Instant,
): ClockReading | undefined {
  const named =
    policy === undefined || clock === undefined
      ? clockNamed({ kind: 'sla-of-trigger' }, member.row.trigger)
      : { policy, clock, instance: undefined };
  return named && clockOf(member, shelves, named, at);
}

function clockOf(
  { version, row }: CommandContext,
  shelves: FactLoaders,
  named: NonNullable<ReturnType<typeof clockNamed>>,
  at: Instant,
): ClockReading | undefined {
  return readNamedClock(version, shelves.state(row.subject)?.state, named, at);
}
