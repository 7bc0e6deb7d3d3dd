/** How complete records are: of those in the store, the ones with a value for every field that the settings require. */
import type { RecordType } from '../../../language/model.ts';
import type { RecordFigures } from '../../../measurement/report.ts';
import type { Queryable } from '../../postgres/database.ts';

const TABLES: { readonly [type in RecordType]: string } = {
  contact: 'contacts',
  account: 'accounts',
  deal: 'deals',
  ticket: 'tickets',
};

/** As of now, one walk through the records of each type: no index can hold what any settings may ask for. Blanks are no value. */
export async function recordFigures(
  client: Queryable,
  required: { readonly [type: string]: readonly string[] },
): Promise<RecordFigures[]> {
  const found: RecordFigures[] = [];
  for (const [type, table] of Object.entries(TABLES)) {
    const fields = required[type] ?? [];
    if (fields.length === 0) continue;
    const { rows } = await client.query<Omit<RecordFigures, 'record'>>(
      `SELECT count(*)::int AS of,
              (count(*) FILTER (WHERE NOT EXISTS (
                 SELECT FROM unnest($1::text[]) AS field WHERE coalesce(btrim(traits ->> field), '') = '')))::int AS complete
         FROM ${table}`,
      [fields],
    );
    found.push({ record: type, ...rows[0]! });
  }
  return found;
}
