/** Trigger state and deadlines: rows in PostgreSQL, changed in the transaction that consumes the event (decision 1). */
import type { Instant, Json, SubjectRef, SubjectType } from '../../language/model.ts';
import { subjectKey } from '../../language/records/subject-key.ts';
import { emptyState, entryKey, nextDueAt, type SubjectState } from '../../triggers/engine/state.ts';
import { hasRow, type Queryable } from '../postgres/database.ts';

interface Row {
  subject_type: SubjectType;
  subject_id: string;
  owner: string;
  key: string;
  hash: string;
  state: Json;
  due_at: Instant | null;
  opened_at: Instant | null;
}

/** Working copies of the state of each subject; `head` is the lock's to tell. */
export async function loadStates(client: Queryable, refs: readonly SubjectRef[]): Promise<Map<string, SubjectState>> {
  const states = new Map(refs.map((ref) => [subjectKey(ref), emptyState(ref)]));
  if (refs.length === 0) return states;
  const { rows } = await client.query<Row>(
    `SELECT t.subject_type, t.subject_id, t.owner, t.key, t.hash, t.state, t.due_at, t.opened_at
       FROM trigger_states t
       JOIN unnest($1::text[], $2::text[]) AS w (type, id) ON t.subject_type = w.type AND t.subject_id = w.id`,
    [refs.map((ref) => ref.type), refs.map((ref) => ref.id)],
  );
  for (const row of rows) {
    const state = states.get(subjectKey({ type: row.subject_type, id: row.subject_id }))!;
    const { owner, key, hash } = row;
    const dueAt = row.due_at ?? undefined;
    const openedAt = row.opened_at ?? undefined;
    state.slots.set(entryKey(owner, key), { owner, key, hash, state: row.state, dueAt, openedAt });
  }
  return states;
}

/** Writes what the engine touched, and each subject's earliest deadline. */
export async function writeStates(client: Queryable, states: readonly SubjectState[]): Promise<void> {
  const put: object[] = [];
  const gone: object[] = [];
  for (const state of states) {
    for (const id of state.touched) {
      const slot = state.slots.get(id);
      const [owner, key] = id.split('\u0000');
      const row = { type: state.subject.type, id: state.subject.id, owner, key };
      if (slot) {
        const { hash, dueAt: due = null, openedAt: opened = null } = slot;
        put.push({ ...row, hash, state: slot.state, due, opened });
      } else gone.push(row);
    }
  }
  await Promise.all([
    deleteSlots(client, gone),
    putSlots(client, put),
    writeDeadlines(
      client,
      states.filter((state) => state.touched.size > 0),
    ),
  ]);
}

async function deleteSlots(client: Queryable, slots: readonly object[]): Promise<void> {
  if (slots.length === 0) return;
  await client.query(
    `DELETE FROM trigger_states t USING jsonb_to_recordset($1::jsonb) AS w (type text, id text, owner text, key text)
      WHERE t.subject_type = w.type AND t.subject_id = w.id AND t.owner = w.owner AND t.key = w.key`,
    [JSON.stringify(slots)],
  );
}

async function putSlots(client: Queryable, slots: readonly object[]): Promise<void> {
  if (slots.length === 0) return;
  await client.query(
    `INSERT INTO trigger_states (subject_type, subject_id, owner, key, hash, state, due_at, opened_at)
     SELECT type, id, owner, key, hash, state, cuebook_instant(due), cuebook_instant(opened)
       FROM jsonb_to_recordset($1::jsonb)
         AS w (type text, id text, owner text, key text, hash text, state jsonb, due bigint, opened bigint)
     ON CONFLICT (subject_type, subject_id, owner, key)
     DO UPDATE SET hash = excluded.hash, state = excluded.state, due_at = excluded.due_at,
       opened_at = excluded.opened_at`,
    [JSON.stringify(slots)],
  );
}

async function writeDeadlines(client: Queryable, states: readonly SubjectState[]): Promise<void> {
  const due = states.map((state) => ({ subject: state.subject, at: nextDueAt(state) }));
  const without = due.filter((d) => d.at === undefined);
  const withOne = due.filter((d) => d.at !== undefined);
  const writes: Promise<unknown>[] = [];
  if (without.length > 0) {
    const deleted = client.query(
      `DELETE FROM deadlines d USING unnest($1::text[], $2::text[]) AS w (type, id)
        WHERE d.subject_type = w.type AND d.subject_id = w.id`,
      [without.map((d) => d.subject.type), without.map((d) => d.subject.id)],
    );
    writes.push(deleted);
  }
  if (withOne.length > 0) {
    const put = client.query(
      `INSERT INTO deadlines (subject_type, subject_id, due_at)
       SELECT type, id, cuebook_instant(at) FROM unnest($1::text[], $2::text[], $3::bigint[]) AS w (type, id, at)
       ON CONFLICT (subject_type, subject_id) DO UPDATE SET due_at = excluded.due_at
         WHERE deadlines.due_at <> excluded.due_at`,
      [withOne.map((d) => d.subject.type), withOne.map((d) => d.subject.id), withOne.map((d) => d.at)],
    );
    writes.push(put);
  }
  await Promise.all(writes);
}

/** A subject and its earliest deadline. */
export interface DueSubject extends SubjectRef {
  dueAt: Instant;
}

/** Subjects with a deadline before now, the earliest first; without a lock (decision 10). */
export async function dueSubjects(client: Queryable, limit: number): Promise<DueSubject[]> {
  if (limit <= 0) return [];
  const { rows } = await client.query<DueSubject>(
    `SELECT subject_type AS type, subject_id AS id, due_at AS "dueAt" FROM deadlines WHERE due_at < (SELECT cuebook_now())
      ORDER BY due_at LIMIT $1`,
    [limit],
  );
  return rows;
}

export async function hasDueBefore(client: Queryable, before: Instant): Promise<boolean> {
  return hasRow(client, 'SELECT FROM deadlines WHERE due_at < cuebook_instant($1)', [before]);
}
