/** How promises were kept (L2), from what clocks have told (E9). */
import type { ServiceLevelFigures } from '../../../measurement/report.ts';
import type { Queryable } from '../../postgres/database.ts';
import type { Period } from './groups.ts';

/**
 * By policy and clock. A promise counts where it was decided: kept at its stop, broken at its breach. How late a broken one
 * was stopped goes by the clock on the wall, up to the period's end where it was not. The instant of a change stands at the
 * end of its event's id: the event itself is stamped when it is written, which is never before.
 */
export async function serviceLevelFigures(client: Queryable, { from, until }: Period): Promise<ServiceLevelFigures[]> {
  const { rows } = await client.query<ServiceLevelFigures>(
    `WITH told AS (
       SELECT arrival, name, properties, split_part(message_id, ':', -1)::bigint AS changed_at,
              CASE WHEN ticket_id IS NOT NULL THEN 'ticket' WHEN deal_id IS NOT NULL THEN 'deal'
                   WHEN contact_id IS NOT NULL THEN 'contact' ELSE 'account' END AS subject_type,
              coalesce(ticket_id, deal_id, contact_id, account_id) AS subject_id
         FROM events
        WHERE kind = 'own' AND name IN ('sla.stopped', 'sla.breached') AND at >= cuebook_instant($1) AND undone_by IS NULL),
     decided AS (
       SELECT * FROM told WHERE changed_at >= $1 AND changed_at < $2 AND (name = 'sla.breached' OR properties ->> 'is' = 'met'))
     SELECT d.properties ->> 'policy' AS policy, d.properties ->> 'clock' AS clock,
            (count(*) FILTER (WHERE d.name = 'sla.stopped'))::int AS met,
            (count(*) FILTER (WHERE d.name = 'sla.breached'))::int AS breached,
            percentile_disc(0.5) WITHIN GROUP (ORDER BY least(coalesce(s.stopped_at, $2), $2) - d.changed_at)
              FILTER (WHERE d.name = 'sla.breached')::float8 AS "lateMs"
       FROM decided d
       LEFT JOIN LATERAL (
         SELECT min(t.changed_at) AS stopped_at FROM told t
          WHERE d.name = 'sla.breached' AND t.name = 'sla.stopped' AND t.subject_type = d.subject_type
            AND t.subject_id = d.subject_id AND t.properties ->> 'key' = d.properties ->> 'key') s ON true
      GROUP BY 1, 2 ORDER BY 1, 2`,
    [from, until],
  );
  return rows;
}
