/** Clocks of service levels, as their state stands at the head of the subject's timeline. */
import type { Awaited, Instant, Json } from '../../language/model.ts';
import { clockSlotOf } from '../../triggers/engine/run-clocks.ts';
import { type ClockReading, clockNamed, latestInstance, readClock } from '../../triggers/sla/clock-reading.ts';
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
  named: { policy: string; clock: string; instance: number | undefined },
  at: Instant,
): ClockReading | undefined {
  const known = shelves.state(row.subject);
  const slot = known && clockSlotOf(known.state, named.policy, named.clock);
  const policy = version.policies[named.policy];
  const calendar = policy && version.calendars[policy.calendar];
  const instance = slot && (named.instance ?? latestInstance(slot));
  return slot && calendar && instance !== undefined ? readClock(calendar, slot, instance, at) : undefined;
}
