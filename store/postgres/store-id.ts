/** Which store this is: stores that share a Temporal namespace must not take up each other's work. */
import type { Queryable } from './database.ts';

/** A word that was drawn once for this store, and stays. */
async function storeIdentity(client: Queryable): Promise<string> {
  const { rows } = await client.query<{ value: string }>(
    `INSERT INTO settings AS s (name, value) VALUES ('store', to_jsonb(left(replace(gen_random_uuid()::text, '-', ''), 12)))
     ON CONFLICT (name) DO UPDATE SET value = s.value RETURNING value`,
  );
  return rows[0]!.value;
}

/** The Temporal task queue of the store's workers. */
export async function taskQueueOf(client: Queryable): Promise<string> {
  return `cuebook-${await storeIdentity(client)}`;
}
