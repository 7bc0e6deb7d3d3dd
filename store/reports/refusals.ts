/** Firings that were let into no journey, by reason: what a count of firings and one of enrolments differ by. */
import type { Instant } from '../../language/model.ts';
import type { Queryable } from '../postgres/database.ts';

export interface RefusalCount {
  playbook: string;
  /** As rules and decisions name it: `audience`, `again`. */
  reason: string;
  count: number;
}

/** Of these playbooks, made in `[from, until)` and not undone since; by playbook, the most frequent first. */
export async function refusalCounts(
  client: Queryable,
  playbooks: readonly string[],
  { from, until }: { from: Instant; until: Instant },
): Promise<RefusalCount[]> {
  const { rows } = await client.query<RefusalCount>(
    `SELECT playbook, COALESCE(reason, '') AS reason, count(*)::int AS count FROM firings
      WHERE playbook = ANY ($1) AND made_at >= cuebook_instant($2) AND made_at < cuebook_instant($3)
        AND status = 'refused' AND undone_by IS NULL
      GROUP BY playbook, reason ORDER BY playbook COLLATE "C", count(*) DESC, reason COLLATE "C"`,
    [playbooks, from, until],
  );
  return rows;
}
