/** What the address of the queue may say. */
import type { TicketChoice } from '../../api/ticket-queries.ts';

export const QUEUE_STATES = ['hour', 'risk', 'running', 'breached', 'paused'] as const;

export function readTicketSearch({ state, person, team, policy }: { [name: string]: unknown }): TicketChoice {
  const known = QUEUE_STATES.find((it) => it === state);
  return {
    ...(known && { state: known }),
    ...(person === 'me' && { person }),
    ...(typeof team === 'string' && { team: team.slice(0, 200) }),
    ...(typeof policy === 'string' && { policy: policy.slice(0, 200) }),
  };
}
