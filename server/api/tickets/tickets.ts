/** Tickets: which promises break next, what was escalated and why, and who is there. */
import type { Registry } from '../../../language/syntax.ts';
import { now as readNow } from '../../../store/postgres/clock.ts';
import type { Database } from '../../../store/postgres/database.ts';
import { clocksOfTicket } from '../../../store/reports/app/ticket-clocks.ts';
import { explanationOf } from '../../../store/reports/explanations.ts';
import { subjectsOfId } from '../../../store/reports/find-subjects.ts';
import { readRecord } from '../../../store/reports/people/profile.ts';
import { describe } from '../../people/story.ts';
import { Problem } from '../../problems.ts';
import { sentenceOf } from '../../sentences.ts';
import { type Escalation, getTicket, type TicketShown } from '../contract/tickets.ts';
import { iso } from '../cursor.ts';
import { readSurroundings, tellerOf } from '../deployed.ts';
import { type Handled, on } from '../handled.ts';
import { clockShown, deployedClocks } from './clocks.ts';
import { colleagueRefOf, colleagueRoutes } from './colleagues.ts';
import { queueRoutes } from './queue.ts';

export interface TicketOptions {
  database: Database;
  registry: Pick<Registry, 'steps'>;
}

/** The latest that a screen shows. */
const MAX_FIRINGS = 50;
const ESCALATING = ['escalate', 'notify', 'assign'] as const;

export function ticketRoutes(options: TicketOptions): Handled[] {
  const { database } = options;
  return [
    ...queueRoutes({ database }),
    ...colleagueRoutes({ database }),
    on(getTicket, async ({ body: { id } }): Promise<TicketShown> => {
      const ticket = { type: 'ticket', id } as const;
      const record = await readRecord(database.pool, ticket);
      if (record === undefined && !(await subjectsOfId(database, id)).some(({ type }) => type === 'ticket'))
        throw new Problem('not_found', 'No ticket that is stored has this id.');
      const { people } = await readSurroundings(database);
      const now = await readNow(database.pool);
      const clocks = await deployedClocks(database);
      const rows = await clocksOfTicket(database.pool, id, [...clocks.keys()]);
      const trait = (name: string) => textOf(record?.traits[name]);
      return {
        ticket: { ...ticket, name: trait('name') ?? trait('subject') },
        exists: record !== undefined,
        status: trait('status'),
        priority: trait('priority'),
        assignee: colleagueRefOf(trait('assignee'), people, now),
        team: trait('team'),
        now: iso(now),
        clocks: rows.flatMap((row) => clockShown(clocks, row, now) ?? []),
        escalations: await escalationsOf(options, id),
      };
    }),
  ];
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : null;
}

/** What its playbooks did with people, each with what the playbook had fired for. */
async function escalationsOf({ database, registry }: TicketOptions, id: string): Promise<Escalation[]> {
  const teller = await tellerOf(database, registry);
  const { firings, effects } = await explanationOf(database, { type: 'ticket', id }, { limit: MAX_FIRINGS });
  const found = effects.flatMap((effect): Escalation[] => {
    const kind = ESCALATING.find((one) => one === effect.kind);
    const firing = firings.find((one) => one.id === effect.enrolment);
    if (kind === undefined || firing === undefined) return [];
    const because = firing.trigger === null ? firing.playbook : describe(firing.trigger, firing.arm);
    const { text } = sentenceOf(effect, teller);
    const { at, playbook, status } = effect;
    return [{ id: effect.id, at: iso(at), kind, playbook, status, text, because, firedAt: iso(firing.at) }];
  });
  return found.reverse();
}
