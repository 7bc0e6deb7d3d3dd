/** `GET /api/tickets`: which promises break next. Looked up at most once in two seconds, however many look at it. */
import type { Instant, People } from '../../../language/model.ts';
import { DAY_MS, HOUR_MS } from '../../../language/time/duration.ts';
import { now as readNow } from '../../../store/postgres/clock.ts';
import type { Database } from '../../../store/postgres/database.ts';
import { MAX_TICKETS, openTicketClocks } from '../../../store/reports/app/ticket-clocks.ts';
import { cached } from '../../cached.ts';
import { listTickets, type QueuedTicket } from '../contract/tickets.ts';
import { iso, pageOf, placeOf } from '../cursor.ts';
import { readSurroundings } from '../deployed.ts';
import { type Handled, on } from '../handled.ts';
import { ownColleague } from '../who.ts';
import { clockShown, deployedClocks } from './clocks.ts';
import { colleagueRefOf } from './colleagues.ts';

const KEPT_MS = 2_000;
const BROKEN_WITHIN_MS = 30 * DAY_MS;

interface Queue {
  now: Instant;
  items: QueuedTicket[];
  policies: string[];
  people: People;
  isCut: boolean;
}

export function queueRoutes({ database }: { database: Database }): Handled[] {
  const read = cached(KEPT_MS, () => readQueue(database));
  return [
    on(listTickets, async ({ query: { state, person, team, policy, after, limit }, caller }) => {
      const { now, items, policies, people, isCut } = await read();
      const whose = person === 'me' ? (ownColleague(caller, people) ?? '') : person;
      const chosen = items.filter(
        (one) =>
          (whose === undefined || one.assignee?.id === whose) &&
          (team === undefined || one.team === team) &&
          (policy === undefined || one.policy === policy),
      );
      const counts = { hour: 0, risk: 0, running: 0, breached: 0, paused: 0 };
      for (const one of chosen) {
        for (const name of Object.keys(counts) as (keyof typeof counts)[]) if (isIn(name, one, now)) counts[name] += 1;
      }
      const from = placeOf(after);
      const listed = chosen.filter((one) => state === undefined || isIn(state, one, now));
      const rows = from === undefined ? listed : listed.filter((one) => compare(placeIn(one), from) > 0);
      const page = pageOf(rows.slice(0, limit + 1), limit, { place: placeIn, shown: (one) => one });
      const teams = [...new Set([...people.teams.map(({ id }) => id), ...items.flatMap(({ team: of }) => of ?? [])])];
      return { ...page, now: iso(now), counts, teams: teams.sort(), policies, isCut };
    }),
  ];
}

function isIn(name: 'hour' | 'risk' | 'running' | 'breached' | 'paused', one: QueuedTicket, now: Instant): boolean {
  if (name === 'risk') return one.isAtRisk;
  if (name === 'hour') return one.state === 'running' && one.due !== null && Date.parse(one.due) <= now + HOUR_MS;
  return one.state === name;
}

async function readQueue(database: Database): Promise<Queue> {
  const { people } = await readSurroundings(database);
  const now = await readNow(database.pool);
  const clocks = await deployedClocks(database);
  const rows = await openTicketClocks(database.pool, {
    owners: [...clocks.keys()],
    brokenSince: now - BROKEN_WITHIN_MS,
  });
  const items = rows.flatMap((row): QueuedTicket[] => {
    const clock = clockShown(clocks, row, now);
    if (clock === undefined || clock.stoppedAt !== null || clock.state === 'ended') return [];
    const { ticket: id, name, status, priority } = row;
    const team = row.team ?? people.persons.find((person) => person.id === row.assignee)?.team ?? null;
    const assignee = colleagueRefOf(row.assignee, people, now);
    return [{ ...clock, ticket: { type: 'ticket', id, name }, status, priority, assignee, team }];
  });
  const policies = [...new Set([...clocks.values()].map(({ policy }) => policy))].sort();
  const isCut = new Set(rows.map(({ ticket }) => ticket)).size >= MAX_TICKETS;
  return { now, items: items.sort((a, b) => compare(placeIn(a), placeIn(b))), policies, people, isCut };
}

/** What breaks next, then what broke last, then what is paused. */
function placeIn({ state, due, startedAt, ticket, policy, clock }: QueuedTicket): { at: number; id: string } {
  const rank = state === 'running' ? 0 : state === 'breached' ? 1 : 2;
  const at = Date.parse(due ?? startedAt);
  return { at: rank === 0 ? at : -at, id: `${rank}/${policy}.${clock}/${ticket.id}` };
}

function compare(a: { at: number; id: string }, b: { at: number; id: string }): number {
  const rank = a.id.charCodeAt(0) - b.id.charCodeAt(0);
  return rank || a.at - b.at || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);
}
