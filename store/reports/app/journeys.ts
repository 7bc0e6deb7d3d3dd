/** How many entered, are under way and ended, by playbook; and what they were converted for. */
import type { Instant } from '../../../language/model.ts';
import type { Queryable } from '../../postgres/database.ts';
import { IS_CONVERSION } from '../measured/groups.ts';

export interface JourneyCount {
  playbook: string;
  ghost: boolean;
  /** Null while they are under way. */
  outcome: string | null;
  reason: string | null;
  count: number;
}

/** Of all that ever entered: the counts of a playbook add up to those that entered it. */
export async function countJourneys(client: Queryable): Promise<JourneyCount[]> {
  const { rows } = await client.query<JourneyCount>(
    `SELECT playbook, ghost, outcome, CASE WHEN outcome IS NOT NULL THEN reason END AS reason, count(*)::int AS count
       FROM enrolments GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, count(*) DESC, 3, 4`,
  );
  return rows;
}

export interface ConversionCount {
  playbook: string;
  conversions: number;
  /** The sum of their values; what is no number counts as none. */
  value: number;
}

/** Of those who were not held out. @param since left out: ever */
export async function countConversions(
  client: Queryable,
  playbooks: readonly string[],
  since: Instant = 0,
): Promise<ConversionCount[]> {
  const { rows } = await client.query<ConversionCount>(
    `SELECT playbook, count(*)::int AS conversions,
            coalesce(sum(CASE WHEN jsonb_typeof(value) = 'number' THEN value::float8 ELSE 0 END), 0)::float8 AS value
       FROM outcomes WHERE playbook = ANY($1::text[]) AND at >= cuebook_instant($2) AND ${IS_CONVERSION} AND NOT ghost
      GROUP BY playbook`,
    [playbooks, since],
  );
  return rows;
}

export interface DayCount {
  playbook: string;
  /** `YYYY-MM-DD` in the zone. */
  day: string;
  entered: number;
  converted: number;
}

/** Days on which somebody entered or was converted; those held out count as neither. */
export async function countDays(
  client: Queryable,
  playbooks: readonly string[],
  { since, zone }: { since: Instant; zone: string },
): Promise<DayCount[]> {
  const { rows } = await client.query<DayCount>(
    `SELECT playbook, to_char(at AT TIME ZONE $3, 'YYYY-MM-DD') AS day,
            count(*) FILTER (WHERE kind = 'entered')::int AS entered,
            count(*) FILTER (WHERE kind = 'converted')::int AS converted
       FROM (SELECT playbook, started_at AS at, 'entered' AS kind FROM enrolments
              WHERE playbook = ANY($1::text[]) AND started_at >= cuebook_instant($2) AND NOT ghost
             UNION ALL
             SELECT playbook, at, 'converted' FROM outcomes
              WHERE playbook = ANY($1::text[]) AND at >= cuebook_instant($2) AND ${IS_CONVERSION} AND NOT ghost) q
      GROUP BY 1, 2`,
    [playbooks, since, zone],
  );
  return rows;
}

/** Of playbooks with people under way: the version that most of them run. */
export async function openVersionsOf(
  client: Queryable,
  playbooks: readonly string[],
): Promise<{ playbook: string; hash: string }[]> {
  const { rows } = await client.query<{ playbook: string; hash: string }>(
    `SELECT DISTINCT ON (playbook) playbook, version_hash AS hash FROM enrolments
      WHERE outcome IS NULL AND playbook = ANY($1::text[])
      GROUP BY playbook, version_hash ORDER BY playbook, count(*) DESC, version_hash`,
    [playbooks],
  );
  return rows;
}
