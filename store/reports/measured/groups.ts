/** The groups of people that lift compares (G4), counted by the database: those held out and the others, and the arms of experiments. */

import type { Instant } from '../../../language/model.ts';
import type { Group } from '../../../measurement/lift.ts';
import type { Queryable } from '../../postgres/database.ts';

/** `[from, until)`. */
export interface Period {
  from: Instant;
  until: Instant;
}

/** `left_out`: who stood on both sides of the holdout, by a merge (E6) or by another share of it. */
export type Side = 'treated' | 'held_out' | 'left_out';

export interface SideGroup extends Group {
  playbook: string;
  side: Side;
}

export interface ArmGroup extends Group {
  playbook: string;
  experiment: string;
  arm: string;
}

/** What a goal wrote, whether it ended the enrolment or not (G2), and no `record` step of the same name. */
export const IS_CONVERSION = `name = 'converted' AND path IN ('goal', 'finish')`;

/**
 * Enrolments that began in the period, of everybody with what it was converted for, whenever that came: a goal may be met
 * long after the period. A value that is no number counts as none.
 */
const ENROLLED = `
  WITH begun AS (
    SELECT id, playbook, subject_type, subject_id, ghost FROM enrolments
     WHERE playbook = ANY($1::text[]) AND started_at >= cuebook_instant($2) AND started_at < cuebook_instant($3)),
  conversions AS (
    SELECT enrolment_id, at, CASE WHEN jsonb_typeof(value) = 'number' THEN value::float8 ELSE 0 END AS value FROM outcomes
     WHERE playbook = ANY($1::text[]) AND at >= cuebook_instant($2) AND ${IS_CONVERSION}),
  enrolled AS (
    SELECT b.playbook, b.subject_type, b.subject_id, b.ghost, c.at AS converted_at, c.value
      FROM begun b LEFT JOIN conversions c ON c.enrolment_id = b.id)`;

const FIGURES = `count(*)::float8 AS people, (count(*) FILTER (WHERE converted))::float8 AS converters,
  sum(value)::float8 AS value, sum(value * value)::float8 AS "valueSquares"`;

/** Each playbook's sides, by name: of a subject, all its enrolments of the period are one. */
export async function sideGroups(
  client: Queryable,
  playbooks: readonly string[],
  { from, until }: Period,
): Promise<SideGroup[]> {
  const { rows } = await client.query<SideGroup>(
    `${ENROLLED},
     people AS (
       SELECT playbook, subject_type, subject_id, bool_or(ghost) AS some, bool_and(ghost) AS always,
              count(converted_at) > 0 AS converted, coalesce(sum(value), 0) AS value
         FROM enrolled GROUP BY playbook, subject_type, subject_id)
     SELECT p.playbook,
            CASE WHEN p.some <> p.always OR coalesce(s.mixed, false) THEN 'left_out'
                 WHEN p.always THEN 'held_out' ELSE 'treated' END AS side, ${FIGURES}
       FROM people p LEFT JOIN holdout_sides s USING (playbook, subject_type, subject_id)
      GROUP BY 1, 2 ORDER BY p.playbook COLLATE "C"`,
    [playbooks, from, until],
  );
  return rows;
}

/**
 * The arms of each playbook's experiments (S5), by name. Ghosts and who is left out of lift take no part: what an arm does
 * was withheld from them. Of the others counts who was assigned, and what was converted from then on.
 */
export async function armGroups(
  client: Queryable,
  playbooks: readonly string[],
  { from, until }: Period,
): Promise<ArmGroup[]> {
  const { rows } = await client.query<ArmGroup>(
    `${ENROLLED},
     people AS (
       SELECT a.playbook, a.experiment, a.arm, e.subject_type, e.subject_id, bool_or(e.ghost) AS withheld,
              bool_or(e.converted_at >= a.at) IS TRUE AS converted,
              coalesce(sum(e.value) FILTER (WHERE e.converted_at >= a.at), 0) AS value
         FROM enrolled e JOIN assignments a USING (playbook, subject_type, subject_id)
        GROUP BY a.playbook, a.experiment, a.arm, e.subject_type, e.subject_id)
     SELECT p.playbook, p.experiment, p.arm, ${FIGURES}
       FROM people p LEFT JOIN holdout_sides s USING (playbook, subject_type, subject_id)
      WHERE NOT p.withheld AND NOT coalesce(s.mixed, false)
      GROUP BY 1, 2, 3 ORDER BY p.playbook COLLATE "C", p.experiment COLLATE "C", p.arm COLLATE "C"`,
    [playbooks, from, until],
  );
  return rows;
}
