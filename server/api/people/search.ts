/** `POST /api/people/search`: a text goes by the body, as it may be an address. */
import type { Database } from '../../../store/postgres/database.ts';
import { type FoundRecord, searchRecords } from '../../../store/reports/people/search.ts';
import { type Person, searchPeople } from '../contract/people.ts';
import { iso, pageOf, placeOf } from '../cursor.ts';
import { type Handled, on } from '../handled.ts';

export function searchRoutes({ database }: { database: Database }): Handled[] {
  return [
    on(searchPeople, async ({ body: { q, type, after, limit } }) => {
      const rows = await searchRecords(database.pool, { type, q, after: placeOf(after)?.id, most: limit + 1 });
      return pageOf(rows, limit, { place: ({ id }) => ({ at: 0, id }), shown });
    }),
  ];
}

function shown({ createdAt, updatedAt, ...found }: FoundRecord): Person {
  return { ...found, createdAt: iso(createdAt), updatedAt: iso(updatedAt) };
}
