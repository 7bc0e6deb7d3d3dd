/** Clocks of service levels that run for tickets: those with a deadline, and those whose promise broke lately. */
import type { Instant, Json } from '../../../language/model.ts';
import type { Queryable } from '../../postgres/database.ts';

export interface TicketClock {
  ticket: string;
  name: string | null;
  status: string | null;
  priority: string | null;
  assignee: string | null;
  team: string | null;
  /** `sla:<policy>.<clock>` */
  owner: string;
  hash: string;
  /** What the clock's row keeps. */
  state: Json;
}

/** Tickets that are looked at: those of which something falls due first, and those whose promise broke last. */
export const MAX_TICKETS = 2_000;

const TRAIT = (name: string) =>
  `CASE WHEN jsonb_typeof(t.traits -> '${name}') IN ('string', 'number') THEN t.traits ->> '${name}' END`;
const COLUMNS = `s.subject_id AS ticket, coalesce(${TRAIT('name')}, ${TRAIT('subject')}) AS name, ${TRAIT('status')} AS status,
  ${TRAIT('priority')} AS priority, ${TRAIT('assignee')} AS assignee, ${TRAIT('team')} AS team, s.owner, s.hash, s.state`;

export interface OpenClocksFilter {
  /** Of the deployed clocks. */
  owners: readonly string[];
  /** Promises that broke before are looked for no more. */
  brokenSince: Instant;
  most?: number;
}

/** Clocks that have not ended, of at most twice so many tickets. A ticket whose clocks are all paused has no deadline. */
export async function openTicketClocks(
  client: Queryable,
  { owners, brokenSince, most = MAX_TICKETS }: OpenClocksFilter,
): Promise<TicketClock[]> {
  const { rows } = await client.query<TicketClock>(
    `WITH due AS (
       SELECT subject_id AS id FROM deadlines WHERE subject_type = 'ticket' ORDER BY due_at, subject_id LIMIT $3),
     broken AS (
       SELECT ticket_id AS id FROM events
        WHERE kind = 'own' AND name IN ('sla.stopped', 'sla.breached') AND at >= cuebook_instant($2)
          AND name = 'sla.breached' AND undone_by IS NULL AND ticket_id IS NOT NULL
        ORDER BY at DESC LIMIT $3)
     SELECT ${COLUMNS}
       FROM (SELECT id FROM due UNION SELECT id FROM broken) found
      CROSS JOIN LATERAL (
        SELECT * FROM trigger_states k
         WHERE k.subject_type = 'ticket' AND k.subject_id = found.id AND k.owner = ANY($1::text[]) AND k.key = '' OFFSET 0) s
       LEFT JOIN LATERAL (SELECT traits FROM tickets r WHERE r.id = found.id OFFSET 0) t ON true
      WHERE s.state #>> '{clock,instances,-1,how}' IS NULL`,
    [owners, brokenSince, most],
  );
  return rows;
}

/** All clocks of one ticket, ended ones too. */
export async function clocksOfTicket(
  client: Queryable,
  ticket: string,
  owners: readonly string[],
): Promise<TicketClock[]> {
  const { rows } = await client.query<TicketClock>(
    `SELECT ${COLUMNS} FROM trigger_states s LEFT JOIN tickets t ON t.id = s.subject_id
      WHERE s.subject_type = 'ticket' AND s.subject_id = $1 AND s.owner = ANY($2::text[]) AND s.key = '' ORDER BY s.owner`,
    [ticket, owners],
  );
  return rows;
}
