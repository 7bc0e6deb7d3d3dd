/** Reads contacts again after a merge has moved what is theirs: records, enrolments, and what waits. */
import { subjectKey, subjectOfKey } from '../../language/records/subject-key.ts';
import type { Queryable } from '../../store/postgres/database.ts';
import { readRecords } from '../../store/records/records.ts';
import type { BatchSession } from '../round/batch-session.ts';
import { loadEntryRows } from '../round/entry-rows.ts';

export async function reloadContacts(client: Queryable, session: BatchSession, ids: readonly string[]): Promise<void> {
  const contacts = ids.map((id) => ({ type: 'contact' as const, id }));
  for (const [key, traits] of await readRecords(client, contacts))
    session.world.replace(subjectOfKey<'contact'>(key), traits);
  const loaded = await loadEntryRows(client, session.deployed, contacts);
  const { past, subscriptions, audienceWaits } = session.rows;
  for (const key of contacts.map(subjectKey)) {
    past.set(key, loaded.past.get(key) ?? []);
    subscriptions.set(key, loaded.subscriptions.get(key) ?? []);
    audienceWaits.set(key, loaded.audienceWaits.get(key) ?? []);
  }
}
