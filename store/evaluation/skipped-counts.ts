/** What operators see of events and conditions that were skipped (T0): sums, kept past deployments. */
import type { Database, Queryable } from '../postgres/database.ts';

/**
 * An opening or counted event without a key's value; a condition, key, value or window over a value of the wrong type; a text
 * that printed a value that was not there.
 */
export type SkippedKind = 'no_key' | 'wrong_type' | 'empty_value';

/** What was looked at; a clock's name is `<policy>.<clock>`. */
export type SkippedOwner = 'playbook' | 'trait' | 'clock';

export interface SkippedCount {
  kind: SkippedKind;
  of: SkippedOwner;
  name: string;
  count: number;
}

/**
 * Adds to the sums, in the transaction of the evaluation; each (kind, of, name) is once in `counts`. It is to be the
 * transaction's last statement: others that count the same wait for it.
 */
export async function addSkippedCounts(client: Queryable, counts: readonly SkippedCount[]): Promise<void> {
  if (counts.length === 0) return;
  // In one order for all, so that of two evaluators neither waits for what the other waits for.
  const sorted = [...counts].sort((a, b) => (idOf(a) < idOf(b) ? -1 : 1));
  await client.query(
    `INSERT INTO look_counts AS c (kind, of, name, count)
     SELECT * FROM jsonb_to_recordset($1::jsonb) AS w (kind text, of text, name text, count bigint)
     ON CONFLICT (kind, of, name) DO UPDATE SET count = c.count + excluded.count`,
    [JSON.stringify(sorted)],
  );
}

export async function readSkippedCounts({ prisma }: Database): Promise<SkippedCount[]> {
  const counts = await prisma.lookCount.findMany({ orderBy: [{ kind: 'asc' }, { of: 'asc' }, { name: 'asc' }] });
  return counts.map((one) => ({ ...(one as typeof one & SkippedCount), count: Number(one.count) }));
}

function idOf({ kind, of, name }: SkippedCount): string {
  return `${kind} ${of} ${name}`;
}
