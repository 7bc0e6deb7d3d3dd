/** Records whose id, address or name begins with a text; each by an index of its own. */
import type { Instant, RecordType } from '../../../language/model.ts';
import type { Queryable } from '../../postgres/database.ts';

export interface FoundRecord {
  type: RecordType;
  id: string;
  name: string | null;
  email: string | null;
  status: string | null;
  createdAt: Instant;
  updatedAt: Instant;
}

export interface RecordSearch {
  type: RecordType;
  /** Empty: all, by id. */
  q: string;
  /** Only ids behind this one. */
  after: string | undefined;
  most: number;
}

/** Of a longer one the indexes hold the beginning. */
const MAX_PREFIX = 200;

/** In the order of their ids. Of contacts by id, address and name, of others by id and name. */
export async function searchRecords(client: Queryable, { type, q, after, most }: RecordSearch): Promise<FoundRecord[]> {
  const email = type === 'contact' ? 'email' : 'NULL::text';
  const shown = `id, traits ->> 'name' AS name, ${email} AS email,
    coalesce(traits ->> 'status', traits ->> 'stage') AS status, created_at AS "createdAt", updated_at AS "updatedAt"`;
  if (q === '') {
    const { rows } = await client.query<FoundRecord>(
      `SELECT '${type}' AS type, ${shown} FROM ${type}s WHERE $1::text IS NULL OR id > $1 ORDER BY id LIMIT $2`,
      [after ?? null, most],
    );
    return rows;
  }
  // Each branch reads its own index as far as it is asked for; of what several find, one is shown.
  const begins = (column: string, parameter: string) =>
    `(SELECT id FROM ${type}s WHERE "left"(${column}, ${MAX_PREFIX}) LIKE ${parameter} AND ($3::text IS NULL OR id > $3)
       ORDER BY id LIMIT $4)`;
  const branches = [
    begins('id', '$1'),
    begins(`lower(traits ->> 'name')`, '$2'),
    ...(type === 'contact' ? [begins('lower(email)', '$2')] : []),
  ];
  const { rows } = await client.query<FoundRecord>(
    `SELECT '${type}' AS type, ${shown} FROM ${type}s WHERE id IN (${branches.join(' UNION ')}) ORDER BY id LIMIT $4`,
    [prefixOf(q), prefixOf(q.toLowerCase()), after ?? null, most],
  );
  return rows;
}

function prefixOf(text: string): string {
  return `${text.slice(0, MAX_PREFIX).replace(/[\\%_]/g, '\\$&')}%`;
}
