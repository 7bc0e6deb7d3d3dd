/** What came of a history, a text for each line: of a run in virtual time, and of a live system's store. */
import type { Instant } from '../../language/model.ts';
import { subjectKey } from '../../language/records/subject-key.ts';
import { isoInstant } from '../../language/time/instants.ts';
import type { RunLine } from '../../simulate/run/types.ts';
import type { Database } from '../../store/postgres/database.ts';

export function shown(line: RunLine): string {
  const base = [line.type, subjectKey(line.subject), line.key, isoInstant(line.at)];
  switch (line.type) {
    case 'firing':
      return JSON.stringify([...base, line.evidence]);
    case 'enrolment':
      return JSON.stringify([...base, line.id, line.refused]);
    case 'effect':
      return JSON.stringify([...base, line.enrolment, line.step, line.effect, sorted(line.detail), line.refused]);
    case 'outcome':
      return JSON.stringify([...base, line.enrolment, line.outcome, line.value, line.afterEnd, line.ghost]);
  }
}

function sorted(detail: object): object {
  return Object.fromEntries(Object.entries(detail).sort(([a], [b]) => (a < b ? -1 : 1)));
}

export async function livedLines({ database }: { database: Database }): Promise<string[]> {
  const { rows: firings } = await database.pool.query('SELECT * FROM firings');
  // Whoever was let in later than the firing (N1) is an enrolment of that instant.
  const { rows: entries } = await database.pool.query(
    'SELECT f.*, coalesce(e.started_at, f.at) AS at FROM firings f LEFT JOIN enrolments e ON e.id = f.id',
  );
  const { rows: effects } = await database.pool.query(
    'SELECT f.*, e.subject_type, e.subject_id, e.key FROM effects f JOIN enrolments e ON e.id = f.enrolment_id',
  );
  const { rows: outcomes } = await database.pool.query(
    `SELECT o.*, e.key FROM outcomes o JOIN enrolments e ON e.id = o.enrolment_id
      WHERE o.name IN ('converted', 'exited', 'completed', 'failed', 'cancelled')`,
  );
  const base = (type: string, row: { subject_type: string; subject_id: string; key: string; at: Instant }) => [
    type,
    subjectKey({ type: row.subject_type, id: row.subject_id }),
    row.key,
    isoInstant(row.at),
  ];
  return [
    ...firings.map((row) => JSON.stringify([...base('firing', row), row.evidence])),
    ...entries.map((row) => JSON.stringify([...base('enrolment', row), row.id, row.reason])),
    ...effects.map((row) =>
      JSON.stringify([
        ...base('effect', row),
        row.enrolment_id,
        row.path,
        row.kind,
        sorted(row.detail),
        row.status === 'refused' ? row.reason : null,
      ]),
    ),
    ...outcomes.map((row) =>
      JSON.stringify([...base('outcome', row), row.enrolment_id, row.name, row.value, row.after_end, row.ghost]),
    ),
  ].sort();
}
