/** How many journeys of one version came to each step, and where they are or left. Those held out are left aside. */
import type { Instant } from '../../../language/model.ts';
import type { Queryable } from '../../postgres/database.ts';

export interface FlowOf {
  playbook: string;
  versionHash: string;
  /** Journeys that began at this instant or later. */
  since: Instant;
}

/** What journeys answered at a step; of a step in a repeat each journey once. */
export interface AnswerCount {
  path: string;
  /** `next`, `arm`, `otherwise`, `sleep`, … */
  go: string;
  arm: number | null;
  count: number;
}

export interface EffectCount {
  path: string;
  status: string;
  reason: string | null;
  count: number;
}

export interface PlaceCount {
  /** The step that it came to last; null before the first. */
  path: string | null;
  /** Null while it is under way. */
  outcome: string | null;
  reason: string | null;
  /** Of those under way: it waits there, else it is on its way to the next one. */
  waits: boolean;
  count: number;
}

export interface FlowCounts {
  answers: AnswerCount[];
  /** Journeys that came to each step, by answers and effects. */
  entered: { path: string; count: number }[];
  effects: EffectCount[];
  places: PlaceCount[];
}

const OF = `e.playbook = $1 AND e.version_hash = $2 AND e.started_at >= cuebook_instant($3) AND NOT e.ghost`;

export async function readFlow(client: Queryable, { playbook, versionHash, since }: FlowOf): Promise<FlowCounts> {
  const values = [playbook, versionHash, since];
  const { rows: answers } = await client.query<AnswerCount>(
    `SELECT a.path, a.answer ->> 'go' AS go, (a.answer ->> 'arm')::int AS arm, count(DISTINCT e.id)::int AS count
       FROM enrolments e JOIN step_answers a ON a.enrolment_id = e.id WHERE ${OF} GROUP BY 1, 2, 3`,
    values,
  );
  const { rows: entered } = await client.query<FlowCounts['entered'][number]>(
    `SELECT path, count(*)::int AS count FROM (
       SELECT a.path, e.id FROM enrolments e JOIN step_answers a ON a.enrolment_id = e.id WHERE ${OF}
       UNION SELECT x.path, e.id FROM enrolments e JOIN effects x ON x.enrolment_id = e.id WHERE ${OF}) q
      GROUP BY path`,
    values,
  );
  const { rows: effects } = await client.query<EffectCount>(
    `SELECT x.path, CASE WHEN x.claim ? 'wait' THEN 'waiting' ELSE x.status END AS status, x.reason,
            count(DISTINCT e.id)::int AS count
       FROM enrolments e JOIN effects x ON x.enrolment_id = e.id WHERE ${OF} GROUP BY 1, 2, 3`,
    values,
  );
  const places = await readPlaces(client, { playbook, versionHash, since }, 'all');
  return { answers, entered, effects, places };
}

/** To which steps the journeys came last. @param whose `open`: of those under way alone */
export async function readPlaces(
  client: Queryable,
  { playbook, versionHash, since }: FlowOf,
  whose: 'all' | 'open',
): Promise<PlaceCount[]> {
  const { rows } = await client.query<PlaceCount>(
    `SELECT a.path, e.outcome, CASE WHEN e.outcome IS NOT NULL THEN e.reason END AS reason,
            e.outcome IS NULL AND coalesce(a.waits, false) AS waits, count(*)::int AS count
       FROM enrolments e LEFT JOIN LATERAL (
         SELECT path, waits FROM (
           SELECT path, iteration, at, answer ->> 'go' = 'sleep' AS waits, 1 AS n FROM step_answers
            WHERE enrolment_id = e.id AND command <> 'finish'
           UNION ALL SELECT path, iteration, at, false, 0 FROM effects x WHERE enrolment_id = e.id AND NOT EXISTS (
             SELECT FROM step_answers a WHERE a.enrolment_id = x.enrolment_id AND a.path = x.path AND a.iteration = x.iteration)) s
          ORDER BY at DESC, iteration COLLATE "C" DESC,
                   (SELECT array_agg(lpad(part, 6, '0') ORDER BY n)
                      FROM unnest(string_to_array(s.path, '.')) WITH ORDINALITY AS parts (part, n)) DESC, n DESC
          LIMIT 1) a ON true
      WHERE ${OF}${whose === 'open' ? ' AND e.outcome IS NULL' : ''} GROUP BY 1, 2, 3, 4`,
    [playbook, versionHash, since],
  );
  return rows;
}
