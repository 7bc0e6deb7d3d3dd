/** What happened since an instant, over all playbooks; each by the index of its playbook and time. */
import type { Instant } from '../../../language/model.ts';
import type { Queryable } from '../../postgres/database.ts';
import { type ConversionCount, countConversions } from './journeys.ts';

export interface Happened {
  fired: number;
  entered: number;
  heldOut: number;
  ended: { outcome: string; reason: string | null; count: number }[];
  conversions: number;
  value: number;
  /** Handed over, to customers and colleagues. */
  messages: number;
  tasks: number;
}

export async function happenedSince(
  client: Queryable,
  playbooks: readonly string[],
  since: Instant,
): Promise<Happened> {
  const { rows } = await client.query<Omit<Happened, 'ended' | keyof ConversionCount>>(
    `SELECT (SELECT count(*)::int FROM firings WHERE playbook = ANY($1::text[]) AND made_at >= cuebook_instant($2)
                AND undone_by IS NULL) AS fired,
            (SELECT count(*)::int FROM messages WHERE playbook = ANY($1::text[]) AND at >= cuebook_instant($2)
                AND status = 'sent') AS messages,
            (SELECT count(*)::int FROM effects WHERE done_at >= cuebook_instant($2) AND kind = 'task' AND status = 'done') AS tasks,
            entered.*
       FROM (SELECT count(*) FILTER (WHERE NOT ghost)::int AS entered, count(*) FILTER (WHERE ghost)::int AS "heldOut"
               FROM enrolments WHERE playbook = ANY($1::text[]) AND started_at >= cuebook_instant($2)) entered`,
    [playbooks, since],
  );
  // An ending writes an outcome at its instant: by that it is found.
  const { rows: ended } = await client.query<Happened['ended'][number]>(
    `SELECT e.outcome, e.reason, count(*)::int AS count
       FROM (SELECT DISTINCT enrolment_id AS id FROM outcomes
              WHERE playbook = ANY($1::text[]) AND at >= cuebook_instant($2)) o
       JOIN enrolments e ON e.id = o.id
      WHERE e.outcome IS NOT NULL AND e.ended_at >= cuebook_instant($2) AND NOT e.ghost
      GROUP BY 1, 2 ORDER BY count(*) DESC, 1, 2`,
    [playbooks, since],
  );
  const converted = await countConversions(client, playbooks, since);
  const sum = (of: (one: ConversionCount) => number) => converted.reduce((total, one) => total + of(one), 0);
  return { ...rows[0]!, ended, conversions: sum((one) => one.conversions), value: sum((one) => one.value) };
}
