/** Open enrolments, by the version that they run and the step at which they are; and what open triggers watch. */
import type { Queryable } from '../postgres/database.ts';

export interface UnderWay {
  playbook: string;
  versionHash: string;
  /** The path of the step that last answered; null before the first. */
  path: string | null;
  /** It waits there; else it is on its way to the next one. */
  waits: boolean;
  enrolments: number;
}

/**
 * Counts, in the order of playbooks, versions and paths. Of several steps at one instant the last of the file is it; a
 * round of a repeat counts as the step in it.
 */
export async function readUnderWay(client: Queryable): Promise<UnderWay[]> {
  const { rows } = await client.query<UnderWay>(
    `SELECT e.playbook, e.version_hash AS "versionHash", a.path, coalesce(a.waits, false) AS waits,
            count(*)::int AS enrolments
       FROM enrolments e
       LEFT JOIN LATERAL (
         SELECT path, answer ->> 'go' = 'sleep' AS waits FROM step_answers s WHERE s.enrolment_id = e.id
          ORDER BY at DESC, iteration COLLATE "C" DESC,
                   (SELECT array_agg(lpad(part, 6, '0') ORDER BY n)
                      FROM unnest(string_to_array(s.path, '.')) WITH ORDINALITY AS parts (part, n)) DESC
          LIMIT 1) a ON true
      WHERE e.outcome IS NULL
      GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4`,
  );
  return rows;
}

/** How many keys are open for each owner of trigger state. */
export async function readOpenKeys(client: Queryable, owners: readonly string[]): Promise<Map<string, number>> {
  const { rows } = await client.query<{ owner: string; open: number }>(
    'SELECT owner, count(*)::int AS open FROM trigger_states WHERE owner = ANY($1::text[]) GROUP BY owner',
    [owners],
  );
  return new Map(rows.map(({ owner, open }) => [owner, open]));
}
