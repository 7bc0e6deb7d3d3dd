import type { JourneyProgram } from '../../language/model.ts';
import { type Database, openDatabase } from '../../store/postgres/database.ts';
import { testDatabase } from '../support/postgres.ts';
import { START } from './support.ts';

export interface TestStore extends AsyncDisposable {
  database: Database;
  /** Stores a version that has nothing but a program. */
  addVersion(hash: string, program: JourneyProgram): Promise<void>;
  /** Stores pending enrolments, and notifies, in one transaction. */
  enrol(versionHash: string, ids: readonly string[]): Promise<void>;
  /** Stores what a journey is to be told, and notifies. */
  input(id: string, n: number, kind: string): Promise<void>;
  /** Enrolment → cohort. */
  cohorts(): Promise<Map<string, string | null>>;
  count(what: 'pending' | 'unstarted' | 'unsignalled'): Promise<number>;
}

const COUNTS = {
  pending: `SELECT count(*) AS n FROM enrolments WHERE cohort_id IS NULL`,
  unstarted: `SELECT count(*) AS n FROM cohorts WHERE started_at IS NULL`,
  unsignalled: `SELECT count(*) AS n FROM journey_inputs WHERE signalled_at IS NULL`,
};

export async function testStore(): Promise<TestStore> {
  const { url, drop } = await testDatabase();
  const database = openDatabase(url);
  const { pool } = database;
  return {
    database,
    async addVersion(hash, program) {
      const content = JSON.stringify({ hash, playbook: { program } });
      await pool.query(
        `INSERT INTO playbook_versions (hash, playbook, content, created_at) VALUES ($1, 'p', $2, cuebook_now())`,
        [hash, content],
      );
    },
    async enrol(versionHash, ids) {
      await database.transaction(async (client) => {
        await client.query(
          `INSERT INTO enrolments (id, firing_id, playbook, version_hash, subject_type, subject_id, key, trigger,
                                   started_at, next_at)
           SELECT id, id, 'p', $1, 'contact', id, '', '{}', cuebook_instant($3), cuebook_instant($3)
             FROM unnest($2::text[]) AS id`,
          [versionHash, ids, START],
        );
        await client.query(`NOTIFY cuebook_enrolments`);
      });
    },
    async input(id, n, kind) {
      await pool.query(
        `INSERT INTO journey_inputs (enrolment_id, n, kind, path, iteration, arm, at)
         VALUES ($1, $2, $3, '', '', 0, cuebook_instant($4))`,
        [id, n, kind, START + n],
      );
      await pool.query(`NOTIFY cuebook_inputs`);
    },
    async cohorts() {
      const { rows } = await pool.query<{ id: string; cohort_id: string | null }>(
        `SELECT id, cohort_id FROM enrolments`,
      );
      return new Map(rows.map((row) => [row.id, row.cohort_id]));
    },
    async count(what) {
      const { rows } = await pool.query<{ n: number }>(COUNTS[what]);
      return rows[0]!.n;
    },
    async [Symbol.asyncDispose]() {
      await database.close();
      await drop();
    },
  };
}
