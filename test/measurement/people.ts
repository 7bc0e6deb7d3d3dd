/** Enrolments and their conversions as the evaluator and the activities write them, many at once. */
import type { Queryable } from '../../store/postgres/database.ts';

export interface People {
  playbook: string;
  /** Ids are this and a number. */
  prefix: string;
  count: number;
  /** The first so many are converted. */
  converted?: number;
  /** What each conversion is worth. */
  value?: number;
  ghost?: boolean;
  arm?: { experiment: string; arm: string };
  /** When they entered; conversions come a day later. */
  at?: string;
}

export const ENTERED = '2026-03-02T09:00:00Z';

export async function enrol(client: Queryable, people: People): Promise<void> {
  const { playbook, prefix, count, converted = 0, value = null, ghost = false, arm, at = ENTERED } = people;
  await client.query(
    `INSERT INTO enrolments (id, firing_id, playbook, version_hash, subject_type, subject_id, key, trigger, started_at, ghost,
                             outcome, ended_at)
     SELECT $2 || n || $5, $2 || n, $1, 'v', 'contact', $2 || n, '', '{}', $5::timestamptz, $4, 'completed', $5::timestamptz
       FROM generate_series(1, $3::int) n`,
    [playbook, prefix, count, ghost, at],
  );
  await client.query(
    `INSERT INTO outcomes (id, enrolment_id, playbook, version_hash, path, subject_type, subject_id, name, value, ghost,
                           after_end, at)
     SELECT $2 || n || $6, $2 || n || $6, $1, 'v', 'goal', 'contact', $2 || n, 'converted', to_jsonb($4::float8), $5, true,
            $6::timestamptz + interval '1 day'
       FROM generate_series(1, $3::int) n`,
    [playbook, prefix, converted, value, ghost, at],
  );
  if (arm === undefined) return;
  await client.query(
    `INSERT INTO assignments (playbook, experiment, subject_type, subject_id, arm, at)
     SELECT $1, $4, 'contact', $2 || n, $5, $6::timestamptz FROM generate_series(1, $3::int) n ON CONFLICT DO NOTHING`,
    [playbook, prefix, count, arm.experiment, arm.arm, at],
  );
}
