/** `GET /api/calendars`: by which hours promises and waits count, and whether it is open now. */
import type { Calendar, Instant, PlaybookVersion } from '../../../language/model.ts';
import { isOpenAt, nextOpenAt } from '../../../language/time/calendar/open-days.ts';
import { localDate } from '../../../language/time/zones.ts';
import { readDeployments } from '../../../store/deployments/deployments.ts';
import { readVersions } from '../../../store/deployments/versions.ts';
import { now as readNow } from '../../../store/postgres/clock.ts';
import type { Database } from '../../../store/postgres/database.ts';
import { type CalendarShown, listCalendars } from '../contract/settings.ts';
import { isoOrNull } from '../cursor.ts';
import { type Handled, on } from '../handled.ts';

export function calendarRoutes({ database }: { database: Database }): Handled[] {
  return [
    on(listCalendars, async () => {
      const hashes = (await readDeployments(database.pool)).map(({ versionHash }) => versionHash);
      const versions = [...(await readVersions(database.pool, hashes)).values()];
      const now = await readNow(database.pool);
      return { items: calendarsOf(versions).map((one) => shown(one, now)) };
    }),
  ];
}

interface Used {
  calendar: Calendar;
  playbooks: string[];
}

function calendarsOf(versions: readonly PlaybookVersion[]): Used[] {
  const found = new Map<string, Used>();
  for (const { playbook, calendars } of versions) {
    for (const [name, calendar] of Object.entries(calendars)) {
      const used = found.get(name) ?? { calendar, playbooks: [] };
      found.set(name, used);
      used.playbooks.push(playbook.playbook);
    }
  }
  return [...found.values()].sort((a, b) => (a.calendar.name < b.calendar.name ? -1 : 1));
}

function shown({ calendar, playbooks }: Used, now: Instant): CalendarShown {
  const { name, timeZone: zone, week, except, yearly = {} } = calendar;
  const isOpen = isOpenAt(calendar, now);
  const today = localDate(now, zone);
  const dated = Object.entries(except).filter(([day]) => day >= today);
  return {
    ...{ name, zone, isOpen, playbooks: playbooks.sort() },
    opensAt: isOpen ? null : isoOrNull(nextOpenAt(calendar, now)),
    week: week.map((intervals) => intervals.map(hoursOf)),
    exceptions: [...dated, ...Object.entries(yearly)]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([day, intervals]) => ({ day, hours: intervals.map(hoursOf) })),
  };
}

function hoursOf([from, to]: [number, number]): string {
  return `${timeOf(from)}-${timeOf(to)}`;
}

function timeOf(minute: number): string {
  return `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;
}
