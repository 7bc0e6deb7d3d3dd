/** Visitors and contacts on one timeline: what tests of merges send, and what they read back. */
import type { Traits } from '../../language/model.ts';
import { isoInstant } from '../../language/time/instants.ts';
import type { Evaluation, SentEvent } from '../support/evaluation.ts';

export const cart = (more = '') => ({
  path: 'cart.yaml',
  text: `
playbook: cart
trigger: { event: cart.updated, unless: order.completed, within: 1h }
again: always
${more}
goal: { event: order.completed, within: 7d }
steps:
  - wait: 2d
  - record: reminded
`,
});
export const count = (more = '') => ({
  path: 'views.yaml',
  text: `
playbook: views
trigger: { event: viewed, at_least: 3, within: 1d }
again: always
${more}
steps:
  - wait: 2d
  - record: keen
`,
});

export const at = (time: string, day = 2) => `2026-03-0${day}T${time}:00.000Z`;

export const visitor = (name: string, time: string, id = 'x', day = 2): SentEvent => ({
  name,
  id: `${name}-${time}-${id}`,
  at: at(time, day),
  ids: { anonymousId: id },
});
export const known = (name: string, time: string, id = 'ada', day = 2): SentEvent => ({
  name,
  id: `${name}-${time}-${id}`,
  at: at(time, day),
  ids: { contactId: id },
});
export const identify = (time: string, traits = {}, contactId = 'ada', anonymousId = 'x'): SentEvent => ({
  name: 'identify',
  kind: 'identify',
  id: `identify-${time}-${contactId}-${anonymousId}`,
  at: at(time),
  ids: { contactId, anonymousId },
  patches: [{ type: 'contact', id: contactId, traits }],
});

export async function firings({ database }: Evaluation): Promise<string[]> {
  const { rows } = await database.pool.query<{
    at: number;
    playbook: string;
    who: string;
    status: string;
    reason: string | null;
    undone: string | null;
  }>(
    'SELECT at, playbook, subject_id AS who, status, reason, undone_by AS undone FROM firings ORDER BY at, playbook, subject_id',
  );
  return rows.map(({ at: when, playbook, who, status, reason, undone }) =>
    [isoInstant(when).slice(11, 16), playbook, who, reason ?? status, ...(undone ? ['undone'] : [])].join(' '),
  );
}

export async function enrolments({ database }: Evaluation): Promise<string[]> {
  const { rows } = await database.pool.query<{ at: number; playbook: string; who: string }>(
    'SELECT started_at AS at, playbook, subject_id AS who FROM enrolments ORDER BY started_at, playbook, subject_id',
  );
  return rows.map(({ at: when, playbook, who }) => `${isoInstant(when).slice(11, 16)} ${playbook} ${who}`);
}

/** Slots, without the place at which somebody looked last. */
export async function states({ database }: Evaluation): Promise<unknown> {
  const { rows } = await database.pool.query(
    'SELECT subject_id, owner, key, state, due_at FROM trigger_states ORDER BY subject_id, owner, key',
  );
  return rows;
}

/** Firings that stand: those that were taken back are left out, one that was moved stands where it was moved (E5). */
export async function standing({ database }: Evaluation): Promise<string[]> {
  const { rows } = await database.pool.query<{
    at: number;
    playbook: string;
    who: string;
    status: string;
  }>(
    // What was made out of order and taken back may still be open, and stand in the way of what is made now (E5).
    `SELECT coalesce(stands_at, at) AS at, playbook, subject_id AS who,
            CASE WHEN reason = 'open' OR (status = 'deferred' AND reason IS NULL) THEN 'enrolled' ELSE coalesce(reason, status) END AS status FROM firings
      WHERE undone_by IS NULL OR moved ORDER BY 1, 2, 3`,
  );
  return rows.map(
    ({ at: when, playbook, who, status }) => `${isoInstant(when).slice(11, 16)} ${playbook} ${who} ${status}`,
  );
}

/** An `identify` of a visitor or of a contact alone. */
export const says = (
  time: string,
  ids: { contactId?: string; anonymousId?: string },
  traits: Traits = {},
): SentEvent => ({
  name: 'identify',
  kind: 'identify',
  id: `says-${time}-${ids.contactId ?? ids.anonymousId}`,
  at: at(time),
  ids,
  patches: [{ type: 'contact', id: ids.contactId ?? `anon:${ids.anonymousId}`, traits }],
});

export const alias = (time: string, previousId: string, contactId: string): SentEvent => ({
  name: 'alias',
  kind: 'alias',
  id: `alias-${time}`,
  at: at(time),
  ids: { contactId },
  properties: { previousId },
});
