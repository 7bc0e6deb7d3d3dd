/** What playbooks did in a period, counted by the database: what fired, entered, was converted, and for which messages. */
import type { CadenceFigures, MessageFigures, PlaybookFigures } from '../../../measurement/report.ts';
import type { Queryable } from '../../postgres/database.ts';
import { IS_CONVERSION, type Period } from './groups.ts';

/** What is deployed, and what has left something, by name. */
export async function knownPlaybooks(client: Queryable): Promise<string[]> {
  const { rows } = await client.query<{ playbook: string }>(
    `SELECT playbook FROM deployments UNION SELECT playbook FROM counters WHERE kind = 'firings'
     UNION SELECT playbook FROM counter_increments WHERE kind = 'firings' ORDER BY 1`,
  );
  return rows.map(({ playbook }) => playbook);
}

const WORTH = `coalesce(sum(CASE WHEN jsonb_typeof(value) = 'number' THEN value::float8 END), 0)`;

/** Of these playbooks, in their order. */
export async function playbookFigures(
  client: Queryable,
  playbooks: readonly string[],
  { from, until }: Period,
): Promise<PlaybookFigures[]> {
  const { rows } = await client.query<PlaybookFigures>(
    `WITH fired AS (
       SELECT playbook, count(*)::int AS n FROM firings
        WHERE playbook = ANY($1::text[]) AND made_at >= cuebook_instant($2) AND made_at < cuebook_instant($3)
          AND undone_by IS NULL GROUP BY playbook),
     entered AS (
       SELECT playbook, count(*)::int AS n FROM enrolments
        WHERE playbook = ANY($1::text[]) AND started_at >= cuebook_instant($2) AND started_at < cuebook_instant($3)
        GROUP BY playbook),
     converted AS (
       SELECT playbook, count(*)::int AS n, ${WORTH} AS value FROM outcomes
        WHERE playbook = ANY($1::text[]) AND at >= cuebook_instant($2) AND at < cuebook_instant($3)
          AND ${IS_CONVERSION} AND NOT ghost GROUP BY playbook)
     SELECT p.playbook, coalesce(f.n, 0) AS fired, coalesce(e.n, 0) AS entered, coalesce(c.n, 0) AS converted,
            coalesce(c.value, 0) AS value
       FROM unnest($1::text[]) WITH ORDINALITY AS p (playbook, place)
       LEFT JOIN fired f USING (playbook) LEFT JOIN entered e USING (playbook) LEFT JOIN converted c USING (playbook)
      ORDER BY p.place`,
    [playbooks, from, until],
  );
  return rows;
}

/** Conversions that were given to a message (G1), by its template; the most first. */
export async function messageFigures(
  client: Queryable,
  playbooks: readonly string[],
  { from, until }: Period,
): Promise<MessageFigures[]> {
  const { rows } = await client.query<MessageFigures>(
    `SELECT playbook, template, count(*)::int AS converted, ${WORTH} AS value FROM outcomes
      WHERE playbook = ANY($1::text[]) AND at >= cuebook_instant($2) AND at < cuebook_instant($3)
        AND ${IS_CONVERSION} AND NOT ghost AND template IS NOT NULL
      GROUP BY playbook, template
      ORDER BY count(*) DESC, playbook COLLATE "C", template COLLATE "C"`,
    [playbooks, from, until],
  );
  return rows;
}

/** Tasks by the playbook that made them, of those that were due in the period and are not taken back. */
export async function cadenceFigures(client: Queryable, { from, until }: Period): Promise<CadenceFigures[]> {
  const { rows } = await client.query<CadenceFigures>(
    `SELECT playbook, count(*)::int AS due, (count(*) FILTER (WHERE done_at <= due_at))::int AS "inTime" FROM tasks
      WHERE due_at >= cuebook_instant($1) AND due_at < cuebook_instant($2) AND status <> 'withdrawn' AND playbook IS NOT NULL
      GROUP BY playbook ORDER BY playbook COLLATE "C"`,
    [from, until],
  );
  return rows;
}

export interface ColleagueFigures {
  person: string;
  /** Tasks that were theirs and due, those taken back left out; at least one. */
  due: number;
  /** Of these, done by then, and after it. */
  inTime: number;
  late: number;
}

/** The same tasks by whom they are assigned to, who kept the least first. */
export async function colleagueFigures(client: Queryable, { from, until }: Period): Promise<ColleagueFigures[]> {
  const { rows } = await client.query<ColleagueFigures>(
    `SELECT assignee AS person, count(*)::int AS due, (count(*) FILTER (WHERE done_at <= due_at))::int AS "inTime",
            (count(*) FILTER (WHERE done_at > due_at))::int AS late FROM tasks
      WHERE due_at >= cuebook_instant($1) AND due_at < cuebook_instant($2) AND status <> 'withdrawn' AND playbook IS NOT NULL
        AND assignee IS NOT NULL
      GROUP BY assignee
      ORDER BY (count(*) FILTER (WHERE done_at <= due_at))::float8 / count(*), count(*) DESC, assignee COLLATE "C"`,
    [from, until],
  );
  return rows;
}
