/** Reads contacts' enrolments and what they wait for again, after a merge has moved them in the store. */
import { subjectKey, subjectOfKey } from '../../language/records/subject-key.ts';
import type { Queryable } from '../../store/postgres/database.ts';
import { readRecords } from '../../store/records/records.ts';
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

/** The same, with the contacts' records. */
export async function reloadContacts(client: Queryable, session: BatchSession, ids: readonly string[]): Promise<void> {
  const contacts = ids.map((id) => ({ type: 'contact' as const, id }));
  for (const [key, traits] of await readRecords(client, contacts))
    session.world.replace(subjectOfKey<'contact'>(key), traits);
  await reloadEntry(client, session, ids);
}
