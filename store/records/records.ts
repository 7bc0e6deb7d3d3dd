/**
 * Records of the CRM store: their traits now, and as of a place of E4's order. Every write of a trait is kept with its place,
 * so that a late write changes only what no later write has set (E6).
 */
import type { Instant, Json, RecordType, Traits } from '../../language/model.ts';
import { subjectKey } from '../../language/records/subject-key.ts';
import type { Place, TraitPatch } from '../../language/records/timeline.ts';
import { CONSENT, isOfConsent, traitWritesOf, writeTrait } from '../../language/records/traits.ts';
import type { Queryable } from '../postgres/database.ts';
import { together } from '../postgres/together.ts';
import { placeBounces } from './bounced-addresses.ts';
import { consentOf, isOfConsentSql, readConsents } from './consents.ts';

export interface RecordRef {
  type: RecordType;
  id: string;
}

/** A patch at its place. */
export interface PlacedPatch {
  patch: TraitPatch;
  at: Instant;
  receivedAt: Instant;
  arrival: number;
  /** The contact's id that the event names, where a claim brings the write here (E6). */
  of?: string | undefined;
  /** The merge from which on it is read here. */
  via?: { arrival: number; at: Instant } | undefined;
}

/** The table of each type's records. */
export const RECORD_TABLES: { [type in RecordType]: string } = {
  contact: 'contacts',
  account: 'accounts',
  deal: 'deals',
  ticket: 'tickets',
};

/** A record as it is now. */
export interface RecordRow {
  traits: Traits;
  /** When it was last brought up to date: never before the instant of a write that is in it. */
  updatedAt: Instant;
}

/** Records as they are now, by `<type>/<id>`; those that do not exist are left out. One statement a type, sent at once. */
export async function readRecordRows(client: Queryable, wanted: readonly RecordRef[]): Promise<Map<string, RecordRow>> {
  const types = (Object.keys(RECORD_TABLES) as RecordType[]).filter((type) => wanted.some((ref) => ref.type === type));
  const found = await together(
    types.map(async (type) => {
      const ids = [...new Set(wanted.filter((ref) => ref.type === type).map((ref) => ref.id))];
      const { rows } = await client.query<RecordRow & { id: string }>(
        `SELECT id, traits, updated_at AS "updatedAt" FROM ${RECORD_TABLES[type]} WHERE id = ANY($1::text[])`,
        [ids],
      );
      return rows.map(({ id, ...row }): [string, RecordRow] => [subjectKey({ type, id }), row]);
    }),
  );
  return new Map(found.flat());
}

/** Traits now; records that do not exist are left out. */
export async function readRecords(client: Queryable, wanted: readonly RecordRef[]): Promise<Map<string, Traits>> {
  const rows = await readRecordRows(client, wanted);
  return new Map([...rows].map(([key, { traits }]) => [key, traits]));
}

/**
 * Traits after every event of an instant; `at: null` reads them as they are now. Keyed by
 * `<type>/<id>@<at>`, or `<type>/<id>@head`.
 */
export async function readRecordsAt(
  client: Queryable,
  wanted: readonly (RecordRef & { at: Instant | null })[],
): Promise<Map<string, Traits>> {
  const found = new Map<string, Traits>();
  const heads = wanted.filter((ref) => ref.at === null);
  for (const [key, traits] of await readRecords(client, heads)) found.set(`${key}@head`, traits);
  const past = wanted.filter((ref) => ref.at !== null);
  if (past.length === 0) return found;
  const { rows } = await client.query<{
    type: RecordType;
    id: string;
    at_ms: number;
    traits: Traits;
    consent: [string, Json][] | null;
  }>(
    `SELECT w.type, w.id, w.at_ms, s.traits, s.consent
       FROM (SELECT DISTINCT * FROM unnest($1::text[], $2::text[], $3::bigint[]) AS u (type, id, at_ms)) w
       CROSS JOIN LATERAL (
         SELECT count(*) AS writes, coalesce(jsonb_object_agg(latest.trait, latest.value)
                  FILTER (WHERE latest.value <> 'null'::jsonb AND NOT ${isOfConsentSql('latest.trait')}), '{}') AS traits,
                jsonb_agg(jsonb_build_array(latest.trait, latest.value) ORDER BY latest.at, latest.received_at, latest.arrival)
                  FILTER (WHERE ${isOfConsentSql('latest.trait')}) AS consent
           FROM (SELECT DISTINCT ON (t.trait) t.trait, t.value, t.at, t.received_at, t.arrival FROM trait_writes t
                  WHERE t.type = w.type AND t.id = w.id AND t.at <= cuebook_instant(w.at_ms)
                    AND (t.via_at IS NULL OR t.via_at <= cuebook_instant(w.at_ms))
                  ORDER BY t.trait, t.at DESC, t.received_at DESC, t.arrival DESC) latest) s
      WHERE s.writes > 0`,
    [past.map((ref) => ref.type), past.map((ref) => ref.id), past.map((ref) => ref.at)],
  );
  for (const { traits, consent, ...row } of rows) {
    writeTrait(traits, CONSENT, consentOf(consent ?? []));
    found.set(`${subjectKey(row)}@${row.at_ms}`, traits);
  }
  return found;
}

export interface TraitWrite extends RecordRef {
  trait: string;
  value: Json;
  at: Instant;
  receivedAt: Instant;
  arrival: number;
}

/**
 * Writes of the records, in E4's order: what a walk reads them from. Behind `from` every one; of those up to it only the
 * latest of each trait. Without it, all.
 */
export async function readTraitWrites(
  client: Queryable,
  wanted: readonly RecordRef[],
  from?: Pick<Place, 'at' | 'phase' | 'receivedAt' | 'arrival'>,
): Promise<TraitWrite[]> {
  if (wanted.length === 0) return [];
  const values: unknown[] = [wanted.map((ref) => ref.type), wanted.map((ref) => ref.id)];
  const columns = `t.type, t.id, t.trait, t.value, t.at, t.received_at AS "receivedAt", t.arrival`;
  const rows = 'trait_writes t JOIN unnest($1::text[], $2::text[]) AS w (type, id) ON t.type = w.type AND t.id = w.id';
  if (!from) {
    const all = await client.query<TraitWrite>(
      `SELECT ${columns} FROM ${rows} ORDER BY t.at, t.received_at, t.arrival`,
      values,
    );
    return all.rows;
  }
  // Behind an instant's deadlines lie all of its events.
  values.push(from.at, from.phase === 'events' ? from.receivedAt : null, from.arrival);
  const place = `(cuebook_instant($3::bigint), coalesce(cuebook_instant($4::bigint), 'infinity'), $5::bigint)`;
  const { rows: found } = await client.query<TraitWrite>(
    `SELECT * FROM (
       SELECT DISTINCT ON (t.type, t.id, t.trait) ${columns} FROM ${rows}
        WHERE (t.at, t.received_at, t.arrival) <= ${place}
        ORDER BY t.type, t.id, t.trait, t.at DESC, t.received_at DESC, t.arrival DESC) known
     UNION ALL SELECT ${columns} FROM ${rows} WHERE (t.at, t.received_at, t.arrival) > ${place}
     ORDER BY at, "receivedAt", arrival`,
    values,
  );
  return found;
}

/**
 * Writes patches at their places, the later of one trait winning whatever the order of the calls (E6), and brings the
 * records up to date. Null removes. Safe to repeat.
 *
 * @returns the records' traits afterwards, by `<type>/<id>`
 */
export async function mergePatches(client: Queryable, patches: readonly PlacedPatch[]): Promise<Map<string, Traits>> {
  const writes = patches.flatMap(({ patch, at, receivedAt, arrival, of, via }) =>
    traitWritesOf(patch.traits).map(([trait, value]) => ({
      type: patch.type,
      id: patch.id,
      trait,
      value,
      at,
      receivedAt,
      arrival,
      of: of ?? null,
      via: via?.arrival ?? null,
      viaAt: via?.at ?? null,
    })),
  );
  if (writes.length > 0) {
    await client.query(
      `INSERT INTO trait_writes (type, id, trait, at, received_at, arrival, value, of_id, via, via_at)
       SELECT type, id, trait, cuebook_instant(at), cuebook_instant("receivedAt"), arrival, coalesce(value, 'null'::jsonb),
              "of", via, cuebook_instant("viaAt")
         FROM jsonb_to_recordset($1::jsonb)
           AS w (type text, id text, trait text, at bigint, "receivedAt" bigint, arrival bigint, value jsonb, "of" text,
             via bigint, "viaAt" bigint)
       ON CONFLICT (type, id, trait, at, received_at, arrival) DO UPDATE SET value = excluded.value`,
      [JSON.stringify(writes)],
    );
  }
  const moved = await placeBounces(client, writes);
  const touched = new Map(patches.map(({ patch }) => [subjectKey(patch), { type: patch.type, id: patch.id }]));
  return refresh(client, [...touched.values()], [...writes, ...moved]);
}

/** Brings records to the latest write of each trait that was just written; new records begin here. */
async function refresh(
  client: Queryable,
  refs: readonly RecordRef[],
  writes: readonly (RecordRef & { trait: string })[],
): Promise<Map<string, Traits>> {
  const found = new Map<string, Traits>();
  for (const type of Object.keys(RECORD_TABLES) as RecordType[]) {
    const ids = refs.filter((ref) => ref.type === type).map((ref) => ref.id);
    if (ids.length === 0) continue;
    const named = writes.filter((write) => write.type === type);
    const ofConsent = named.filter((write) => isOfConsent(write.trait));
    const others = named.filter((write) => !isOfConsent(write.trait));
    const consents = await readConsents(
      client,
      type,
      ofConsent.map((write) => write.id),
    );
    const { rows } = await client.query<{ id: string; traits: Traits }>(REFRESH[type], [
      ids,
      others.map((write) => write.id),
      others.map((write) => write.trait),
      consents.ids,
      consents.consents,
    ]);
    for (const row of rows) found.set(subjectKey({ type, id: row.id }), row.traits);
  }
  return found;
}

/** Relations and look-ups that have columns of their own, by the trait that they copy. */
const COPIES: { [type in RecordType]: { [column: string]: string } } = {
  contact: { email: 'email', account_id: 'accountId' },
  account: {},
  deal: { contact_id: 'contactId', account_id: 'accountId' },
  ticket: { contact_id: 'contactId', account_id: 'accountId' },
};

const REFRESH = Object.fromEntries(
  (Object.keys(RECORD_TABLES) as RecordType[]).map((type) => {
    const copies = Object.entries(COPIES[type]);
    const columns = copies.map(([column]) => `, ${column}`).join('');
    const values = copies.map(([, trait]) => `, merged.traits->>'${trait}'`).join('');
    const updates = copies.map(([column]) => `, ${column} = excluded.${column}`).join('');
    return [
      type,
      `WITH latest AS (
         SELECT w.id, w.trait, coalesce(l.value, 'null'::jsonb) AS value
           FROM (SELECT DISTINCT * FROM unnest($2::text[], $3::text[]) AS u (id, trait)) w
           LEFT JOIN LATERAL (SELECT value FROM trait_writes t
             WHERE t.type = '${type}' AND t.id = w.id AND t.trait = w.trait
             ORDER BY t.at DESC, t.received_at DESC, t.arrival DESC LIMIT 1) l ON true
         UNION ALL SELECT id, '${CONSENT}', consent::jsonb FROM unnest($4::text[], $5::text[]) AS u (id, consent)
       ), changes AS (
         SELECT id, jsonb_object_agg(trait, value) FILTER (WHERE value <> 'null'::jsonb) AS sets,
                array_agg(trait) FILTER (WHERE value = 'null'::jsonb) AS removes FROM latest GROUP BY id
       ), merged AS (
         SELECT i.id, (coalesce(r.traits, '{}') || coalesce(c.sets, '{}')) - coalesce(c.removes, '{}') AS traits
           FROM (SELECT DISTINCT unnest($1::text[]) AS id) i
           LEFT JOIN ${RECORD_TABLES[type]} r ON r.id = i.id LEFT JOIN changes c ON c.id = i.id
       )
       INSERT INTO ${RECORD_TABLES[type]} AS known (id, traits${columns}, created_at, updated_at)
       SELECT merged.id, merged.traits${values}, cuebook_now(), cuebook_now() FROM merged ORDER BY merged.id
       ON CONFLICT (id) DO UPDATE SET traits = excluded.traits${updates}, updated_at = excluded.updated_at
       RETURNING id, traits`,
    ];
  }),
) as { [type in RecordType]: string };
