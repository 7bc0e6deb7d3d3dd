/** Consent as it is stored: a write for each of its parts (E6), which one rule puts together. */
import type { Json, RecordType, Traits } from '../../language/model.ts';
import { CONSENT, writeTrait } from '../../language/records/traits.ts';
import type { Queryable } from '../postgres/database.ts';

/** SQL over a column with the name of a trait: a write of consent, whole or in part. */
export const isOfConsentSql = (column: string): string => `(${column} = '${CONSENT}' OR ${column} LIKE '${CONSENT}.%')`;

/** The consent that writes in E4's order come to; null where there is none. */
export function consentOf(writes: readonly (readonly [name: string, value: Json])[]): Json {
  const traits: Traits = {};
  for (const [name, value] of writes) writeTrait(traits, name, value);
  return traits[CONSENT] ?? null;
}

/** The consent of some records as it is now, for each of them; null where there is none. */
export async function readConsents(
  client: Queryable,
  type: RecordType,
  ids: readonly string[],
): Promise<{ ids: string[]; consents: string[] }> {
  const wanted = [...new Set(ids)];
  if (wanted.length === 0) return { ids: [], consents: [] };
  const { rows } = await client.query<{ id: string; trait: string; value: Json }>(
    `SELECT id, trait, value
       FROM (SELECT DISTINCT ON (id, trait) id, trait, value, at, received_at, arrival FROM trait_writes
              WHERE type = $1 AND id = ANY($2::text[]) AND ${isOfConsentSql('trait')}
              ORDER BY id, trait, at DESC, received_at DESC, arrival DESC) latest
      ORDER BY at, received_at, arrival`,
    [type, wanted],
  );
  const writes = new Map<string, [string, Json][]>(wanted.map((id) => [id, []]));
  for (const { id, trait, value } of rows) writes.get(id)!.push([trait, value]);
  return { ids: wanted, consents: wanted.map((id) => JSON.stringify(consentOf(writes.get(id)!))) };
}
