/** Clocks of tickets as they stand now: read by the functions that waits and texts read them by (L2, T17). */
import { canonicalHash } from '../../../language/canonical.ts';
import type { Calendar, ClockPolicy, Instant, PlaybookVersion } from '../../../language/model.ts';
import { elapsedOf } from '../../../language/time/calendar.ts';
import { HOUR_MS } from '../../../language/time/duration.ts';
import { isMoment } from '../../../language/time/moment/business-moment.ts';
import { readDeployments } from '../../../store/deployments/deployments.ts';
import { readVersions } from '../../../store/deployments/versions.ts';
import type { Database } from '../../../store/postgres/database.ts';
import type { TicketClock as Stored } from '../../../store/reports/app/ticket-clocks.ts';
import type { ClockEntry } from '../../../triggers/engine/run-clocks.ts';
import { clockOwner } from '../../../triggers/index/owners.ts';
import { readClock } from '../../../triggers/sla/clock-reading.ts';
import type { TicketClock } from '../contract/tickets.ts';
import { iso, isoOrNull } from '../cursor.ts';

/** A clock of a deployed policy for tickets. */
export interface DeployedClock {
  policy: string;
  clock: ClockPolicy;
  calendar: Calendar;
  hash: string;
}

/** By the owner of their state. */
export type DeployedClocks = ReadonlyMap<string, DeployedClock>;

const RISK_SHARE = 0.8;

export async function deployedClocks({ pool }: Pick<Database, 'pool'>): Promise<DeployedClocks> {
  const hashes = (await readDeployments(pool)).map(({ versionHash }) => versionHash);
  return clocksOf([...(await readVersions(pool, hashes)).values()]);
}

function clocksOf(versions: readonly PlaybookVersion[]): DeployedClocks {
  const found = new Map<string, DeployedClock>();
  for (const { policies, calendars } of versions) {
    for (const policy of Object.values(policies)) {
      const calendar = calendars[policy.calendar];
      if (policy.subject !== 'ticket' || calendar === undefined) continue;
      for (const clock of policy.clocks) {
        const owner = clockOwner(policy.name, clock.name);
        found.set(owner, { policy: policy.name, clock, calendar, hash: canonicalHash({ clock }) });
      }
    }
  }
  return found;
}

/** The latest instance of a clock; undefined where there was never a promise, or its policy has changed and it is not rebuilt yet. */
export function clockShown(
  clocks: DeployedClocks,
  { owner, hash, state }: Stored,
  now: Instant,
): TicketClock | undefined {
  const deployed = clocks.get(owner);
  if (deployed === undefined || deployed.hash !== hash) return undefined;
  const entry = state as unknown as ClockEntry;
  const instance = entry.clock.instances.at(-1);
  const reading = instance && readClock(deployed.calendar, entry, instance.number, now);
  if (instance === undefined || reading === undefined) return undefined;
  const { target, startedAt, stoppedAt, pausedSince } = instance;
  const unit = target === undefined || isMoment(target) ? 'business-hours' : target.kind;
  const isOpen = !reading.over;
  const isBreached = reading.reached({ kind: 'breach' });
  const due = isOpen && pausedSince !== undefined && !isBreached ? null : reading.due;
  const leftMs = !isOpen || isBreached || due === null ? null : elapsedOf(unit, now, due, deployed.calendar);
  const isSoon = due !== null && due <= now + HOUR_MS;
  return {
    ...{ policy: deployed.policy, clock: deployed.clock.name, instance: instance.number },
    state: isBreached
      ? 'breached'
      : reading.is('met')
        ? 'met'
        : !isOpen
          ? 'ended'
          : due === null
            ? 'paused'
            : 'running',
    startedAt: iso(startedAt),
    due: isoOrNull(due),
    leftMs,
    overdueMs: reading.overdueMs,
    unit: unit === 'exact' ? 'exact' : 'business',
    isAtRisk: leftMs !== null && (isSoon || reading.elapsedMs >= RISK_SHARE * (reading.elapsedMs + leftMs)),
    stoppedAt: isoOrNull(stoppedAt),
  };
}
