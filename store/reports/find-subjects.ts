/** Which subjects somebody means: by id, by address, by name. */
import { type Instant, RECORD_TYPES, SUBJECT_TYPES, type SubjectRef } from '../../language/model.ts';
import { IdentityLinks } from '../../language/records/identity-links.ts';
import type { Database } from '../postgres/database.ts';
import { loadIdentityLinks } from '../records/identity-links.ts';

/** A subject with what people know it by. */
export interface NamedSubject extends SubjectRef {
  name: string | null;
  email: string | null;
  timeZone: string | null;
}

/**
 * Every subject of that id that an event or a record names. By SQL: one statement, which stops at the first row of each;
 * Prisma's client would ask for each type and table alone, or read all rows of a subject.
 */
export async function subjectsOfId({ pool }: Database, id: string): Promise<SubjectRef[]> {
  const { rows } = await pool.query<SubjectRef>(
    `SELECT type, $1 AS id FROM unnest($2::text[]) WITH ORDINALITY AS types (type, n)
      WHERE EXISTS (SELECT FROM timeline WHERE subject_type = types.type AND subject_id = $1)
         OR EXISTS (SELECT FROM firings WHERE subject_type = types.type AND subject_id = $1)
         OR EXISTS (SELECT FROM trait_writes w WHERE w.type = types.type AND w.id = $1)
      ORDER BY n`,
    [id, SUBJECT_TYPES],
  );
  return rows;
}

/** The contact that one was merged into, by claims up to an instant (E6); undefined of whoever was merged into none. */
export async function heirOfSubject(
  { pool }: Database,
  { type, id }: SubjectRef,
  at: Instant = Number.POSITIVE_INFINITY,
): Promise<SubjectRef | undefined> {
  if (type !== 'contact') return undefined;
  const links = await loadIdentityLinks(pool, [id]);
  const heir = new IdentityLinks(links.filter(({ place }) => place.at <= at)).heirOf(id);
  return heir === id ? undefined : { type, id: heir };
}

/** Of one question: who is meant by more is asked for by id. */
export const MAX_FOUND = 20;
/** Names have no index: a store of millions is not read for minutes by a question. */
const WITHIN_MS = 20_000;

/** Contacts with that address, as it is written or in small letters. */
export async function contactsOfAddress({ pool }: Database, address: string): Promise<NamedSubject[]> {
  const { rows } = await pool.query<NamedSubject>(
    `SELECT 'contact' AS type, id, traits ->> 'name' AS name, email, time_zone AS "timeZone" FROM contacts
      WHERE email = ANY($1::text[]) ORDER BY id LIMIT ${MAX_FOUND}`,
    [[address, address.toLowerCase()]],
  );
  return rows;
}

/**
 * Records whose name is that, else those whose name has it in it, in whatever letters; contacts first.
 *
 * @throws PostgreSQL's error where that takes longer than 20 s
 */
export async function subjectsOfName(database: Database, name: string): Promise<NamedSubject[]> {
  const pattern = `%${name.replace(/[\\%_]/g, '\\$&')}%`;
  const found = await database.transaction(
    async (client) => {
      const all: NamedSubject[] = [];
      for (const type of RECORD_TYPES) {
        const email = type === 'contact' ? 'email' : 'NULL';
        const { rows } = await client.query<NamedSubject>(
          `SELECT '${type}' AS type, id, traits ->> 'name' AS name, ${email} AS email, time_zone AS "timeZone"
             FROM ${type}s WHERE traits ->> 'name' ILIKE $1
            ORDER BY lower(traits ->> 'name') <> lower($2), id LIMIT ${MAX_FOUND}`,
          [pattern, name],
        );
        all.push(...rows);
      }
      return all;
    },
    { timeoutMs: WITHIN_MS },
  );
  const whole = found.filter((one) => one.name?.toLowerCase() === name.toLowerCase());
  return (whole.length > 0 ? whole : found).slice(0, MAX_FOUND);
}

/** What people know a subject by; of what is no record nothing. */
export async function namedSubject({ pool }: Database, subject: SubjectRef): Promise<NamedSubject> {
  const type = RECORD_TYPES.find((one) => one === subject.type);
  const unnamed = { ...subject, name: null, email: null, timeZone: null };
  if (type === undefined) return unnamed;
  const { rows } = await pool.query<NamedSubject>(
    `SELECT '${type}' AS type, id, traits ->> 'name' AS name, traits ->> 'email' AS email, time_zone AS "timeZone"
       FROM ${type}s WHERE id = $1`,
    [subject.id],
  );
  return rows[0] ?? unnamed;
}

/** Of a long timeline the latest events. */
const MAX_EVENTS = 1_000;

/** The names of the events of a subject, those that came most often first. */
export async function eventNamesOf(
  { pool }: Database,
  subject: SubjectRef,
): Promise<{ name: string; count: number }[]> {
  const { rows } = await pool.query<{ name: string; count: number }>(
    `SELECT name, count(*)::int AS count
       FROM (SELECT name FROM timeline WHERE subject_type = $1 AND subject_id = $2
              ORDER BY at DESC LIMIT ${MAX_EVENTS}) AS latest
      GROUP BY name ORDER BY count DESC, name`,
    [subject.type, subject.id],
  );
  return rows;
}
