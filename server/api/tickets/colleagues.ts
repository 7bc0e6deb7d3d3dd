/** Colleagues as of now: who they are, and whether they are away (W1). */
import type { Instant, People, Person } from '../../../language/model.ts';
import { isAway } from '../../../language/records/people/absences.ts';
import { countOpenTasks } from '../../../store/journeys/tasks.ts';
import { now as readNow } from '../../../store/postgres/clock.ts';
import type { Database } from '../../../store/postgres/database.ts';
import { type Colleague, type ColleagueRef, listColleagues } from '../contract/tickets.ts';
import { readSurroundings } from '../deployed.ts';
import { type Handled, on } from '../handled.ts';

export function colleagueRoutes({ database }: { database: Database }): Handled[] {
  return [
    on(listColleagues, async () => {
      const { people } = await readSurroundings(database);
      const now = await readNow(database.pool);
      const open = await countOpenTasks(database.pool);
      const items = people.persons.map((person) => shown(person, people, { now, openTasks: open.get(person.id) ?? 0 }));
      return { items, channels: Object.keys(people.channels).sort() };
    }),
  ];
}

function shown(person: Person, { teams }: People, { now, openTasks }: { now: Instant; openTasks: number }): Colleague {
  const { id, name = null, role = null, team = null, deputy = null, timeZone: zone = null, absences = [] } = person;
  return {
    ...{ id, name, role, team, deputy, zone, openTasks },
    leads: teams.filter(({ lead }) => lead === id).map((one) => one.id),
    isAway: isAway(person, now),
    absences: absences.map(({ from = null, to = null }) => ({ from, to })),
  };
}

export function colleagueRefOf(id: string | null, { persons }: People, now: Instant): ColleagueRef | null {
  if (id === null) return null;
  const person = persons.find((one) => one.id === id);
  return { id, name: person?.name ?? null, isAway: person !== undefined && isAway(person, now) };
}
