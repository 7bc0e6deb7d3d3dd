/** Sticky arms of experiments (S5), and when colleagues were chosen (S16). */
import type { Instant, SubjectRef, SubjectType } from '../../language/model.ts';
import type { Queryable } from '../postgres/database.ts';

export interface ArmRef {
  playbook: string;
  experiment: string;
  subject: SubjectRef;
}

export interface ArmRow extends ArmRef {
  arm: string;
}

export async function readArms(client: Queryable, wanted: readonly ArmRef[]): Promise<ArmRow[]> {
  const flat = wanted.map((row) => ({ ...row, type: row.subject.type, subject: row.subject.id }));
  const { rows } = await client.query<Omit<ArmRow, 'subject'> & { type: SubjectType; subject: string }>(
    `SELECT a.playbook, a.experiment, a.subject_type AS type, a.subject_id AS subject, a.arm FROM assignments a
       JOIN jsonb_to_recordset($1::jsonb) AS w (playbook text, experiment text, type text, subject text)
         ON a.playbook = w.playbook AND a.experiment = w.experiment AND a.subject_type = w.type AND a.subject_id = w.subject`,
    [JSON.stringify(flat)],
  );
  return rows.map(({ type, subject, ...row }) => ({ ...row, subject: { type, id: subject } }));
}

/** The older arm stays. */
export async function insertArms(client: Queryable, rows: readonly (ArmRow & { at: Instant })[]): Promise<void> {
  if (rows.length === 0) return;
  const flat = rows.map((row) => ({ ...row, type: row.subject.type, subject: row.subject.id }));
  await client.query(
    `INSERT INTO assignments (playbook, experiment, subject_type, subject_id, arm, at)
     SELECT playbook, experiment, type, subject, arm, cuebook_instant(at) FROM jsonb_to_recordset($1::jsonb)
         AS w (playbook text, experiment text, type text, subject text, arm text, at bigint)
     ON CONFLICT (playbook, experiment, subject_type, subject_id) DO NOTHING`,
    [JSON.stringify(flat)],
  );
}

/** Choices for one playbook go one after the other, so that no turn is taken twice. To be taken before other locks. */
export async function lockRotations(client: Queryable, playbook: string): Promise<void> {
  await client.query(`SELECT pg_advisory_xact_lock(hashtextextended('cuebook:assign:' || $1, 0))`, [playbook]);
}

/** The number of the latest turn that each playbook's `assign` gave each colleague. */
export async function readRotations(
  client: Queryable,
  playbooks: readonly string[],
): Promise<Map<string, Map<string, number>>> {
  const { rows } = await client.query<{ playbook: string; person: string; turn: number }>(
    'SELECT playbook, person, turn::float8 AS turn FROM turns WHERE playbook = ANY($1::text[])',
    [playbooks],
  );
  const found = new Map(playbooks.map((playbook) => [playbook, new Map<string, number>()]));
  for (const row of rows) found.get(row.playbook)?.set(row.person, row.turn);
  return found;
}

/** @param rows in the order in which the turns were given; `lockRotations` is held for each of their playbooks */
export async function addRotations(
  client: Queryable,
  rows: readonly { playbook: string; person: string }[],
): Promise<void> {
  if (rows.length === 0) return;
  await client.query(
    `INSERT INTO turns AS t (playbook, person, times, turn)
     SELECT w.playbook, w.person, count(*)::int,
            max(w.n) + coalesce((SELECT max(before.turn) FROM turns before WHERE before.playbook = w.playbook), 0)
       FROM jsonb_array_elements($1::jsonb) WITH ORDINALITY AS e (row, n),
            LATERAL (SELECT e.row->>'playbook' AS playbook, e.row->>'person' AS person, e.n) AS w
      GROUP BY 1, 2 ORDER BY 1, 2
     ON CONFLICT (playbook, person) DO UPDATE SET times = t.times + excluded.times, turn = excluded.turn`,
    [JSON.stringify(rows)],
  );
}
