/** Reads contacts' enrolments and what they wait for again, after a merge has moved them in the store. */
import { subjectKey } from '../../language/records/subject-key.ts';
import type { Queryable } from '../../store/postgres/database.ts';
import type { BatchSession } from '../round/batch-session.ts';
import { loadEntryRows } from '../round/entry-rows.ts';

export async function reloadEntry(client: Queryable, session: BatchSession, ids: readonly string[]): Promise<void> {
  const subjects = ids.map((id) => ({ type: 'contact' as const, id }));
  const loaded = await loadEntryRows(client, session.deployed, subjects);
  for (const key of subjects.map(subjectKey)) {
    session.rows.past.set(key, loaded.past.get(key) ?? []);
    session.rows.subscriptions.set(key, loaded.subscriptions.get(key) ?? []);
  }
}
