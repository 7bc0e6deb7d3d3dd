/** A store that is full already: contacts, and watches that wait, put there by one statement a table. */
import type { Database } from '../../store/postgres/database.ts';

/** Rows that one statement writes: a transaction of a million would be slower, and its log larger. */
const AT_ONCE = 50_000;

/** Contacts `<prefix>1` to `<prefix>n`, each with a name, a country and a place on its own timeline's head. */
export async function seedContacts(database: Database, prefix: string, count: number): Promise<void> {
  await inChunks(count, async (from, to) => {
    await database.pool.query(
      `WITH ids AS (SELECT n, $1 || n AS id FROM unnest(ARRAY(SELECT generate_series($2::int, $3::int))) AS n),
       records AS (
         INSERT INTO contacts (id, traits, created_at, updated_at)
         SELECT id, jsonb_build_object('name', 'Person ' || n, 'country', (ARRAY['DE','FR','ES','IT'])[1 + n % 4]),
                cuebook_now(), cuebook_now() FROM ids),
       writes AS (
         INSERT INTO trait_writes (type, id, trait, at, received_at, arrival, value)
         SELECT 'contact', id, 'name', cuebook_now() - interval '30 days', cuebook_now() - interval '30 days', 0,
                to_jsonb('Person ' || n) FROM ids)
       INSERT INTO subjects (type, id) SELECT 'contact', id FROM ids`,
      [prefix, from, to],
    );
  });
}

export interface SeededWatch {
  owner: string;
  hash: string;
  prefix: string;
  count: number;
  /** How far ahead of now the first is due, and how far apart they are. */
  firstInMs: number;
  everyMs: number;
}

/** One watch of an absence a contact, each waiting for its own deadline. */
export async function seedWatches(database: Database, watch: SeededWatch): Promise<void> {
  await inChunks(watch.count, async (from, to) => {
    await database.pool.query(
      `WITH ids AS (
         SELECT $1 || n AS id,
                (extract(epoch FROM cuebook_now()) * 1000)::bigint + $4::bigint + n::bigint * $5::bigint AS due
           FROM unnest(ARRAY(SELECT generate_series($2::int, $3::int))) AS n),
       states AS (
         INSERT INTO trigger_states (subject_type, subject_id, owner, key, hash, state, due_at)
         SELECT 'contact', id, $6, '', $7, ${STATE}, cuebook_instant(due) FROM ids)
       INSERT INTO deadlines (subject_type, subject_id, due_at) SELECT 'contact', id, cuebook_instant(due) FROM ids`,
      [watch.prefix, from, to, watch.firstInMs, watch.everyMs, watch.owner, watch.hash],
    );
  });
}

/** What the reducer of an absence keeps (triggers/conditions/absence.ts). */
const STATE = `jsonb_build_object('dueAt', due, 'opening',
  jsonb_build_object('id', 'seed-' || id, 'name', 'cart.updated', 'at', due - 3600000, 'properties', '{}'::jsonb))`;

/** Makes the next `count` of the waiting watches due: the first at `firstInMs` from now, each `everyMs` after the other. */
export async function bringForward(
  database: Database,
  { count, firstInMs, everyMs }: { count: number; firstInMs: number; everyMs: number },
): Promise<void> {
  await database.pool.query(
    `WITH chosen AS (
       SELECT subject_type, subject_id, row_number() OVER (ORDER BY due_at DESC) AS n FROM deadlines
        ORDER BY due_at DESC LIMIT $1),
     moments AS (
       SELECT subject_type, subject_id, subject_id AS id,
              (extract(epoch FROM cuebook_now()) * 1000)::bigint + $2::bigint + ($3::float8 * n)::bigint AS due
         FROM chosen),
     states AS (
       UPDATE trigger_states t SET state = ${STATE}, due_at = cuebook_instant(due) FROM moments m
        WHERE t.subject_type = m.subject_type AND t.subject_id = m.subject_id)
     UPDATE deadlines d SET due_at = cuebook_instant(due) FROM moments m
      WHERE d.subject_type = m.subject_type AND d.subject_id = m.subject_id`,
    [count, firstInMs, everyMs],
  );
}

/** Statistics for the planner, and no dead rows in the way of what is measured. */
export async function settleTables(database: Database): Promise<void> {
  await database.pool.query('VACUUM (ANALYZE)');
}

async function inChunks(count: number, write: (from: number, to: number) => Promise<void>): Promise<void> {
  for (let from = 1; from <= count; from += AT_ONCE) await write(from, Math.min(count, from + AT_ONCE - 1));
}
