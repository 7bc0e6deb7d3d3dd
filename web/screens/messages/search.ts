/** What the addresses of the lists of messages and of work may say; what is not understood is left out. */
import type { MessageChoice, WorkChoice } from '../../api/work-queries.ts';

export const MESSAGE_STATES = ['sent', 'held', 'refused', 'failed', 'unknown', 'claimed'] as const;

type Search = { [name: string]: unknown };

export function readMessageSearch({ status, playbook }: Search): MessageChoice {
  const known = MESSAGE_STATES.find((it) => it === status);
  return {
    ...(known && { status: known }),
    ...(typeof playbook === 'string' && { playbook: playbook.slice(0, 200) }),
  };
}

export function readWorkSearch({ kind, person, due, snoozed }: Search): WorkChoice {
  return {
    ...((kind === 'task' || kind === 'approval') && { kind }),
    ...(person === 'me' && { person }),
    ...((due === 'overdue' || due === 'today') && { due }),
    ...(snoozed === 'yes' && { snoozed }),
  };
}
