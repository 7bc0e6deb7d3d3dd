/**
 * Which records a colleague has ever owned, which there are, and which contacts may ever have been one person (W3). Found by
 * indexes that take in too many rather than too few: traits as they stood at a place say which of them count.
 */
import type { Traits } from '../../language/model.ts';
import { idIn } from '../../language/records/id-in.ts';
import { likenessKeys, OWNER_TRAITS, type RecordSet } from '../../language/records/lists/overviews.ts';
import { MAX_RELATED, RELATED_LISTS } from '../../language/records/relations.ts';
import type { Queryable } from '../postgres/database.ts';
import { RECORD_TABLES } from './records.ts';
import { listKey, readEverRelated } from './relations.ts';

/** By what contacts are looked for: whoever ever had this address or number, or was ever of this account. */
export interface Likeness {
  trait: 'email' | 'phone' | 'accountId';
  value: string;
}

/** What is looked for to find the contacts that are like one with these traits. */
export function likelyAlike(traits: Traits): Likeness[] {
  const kinds = new Set(likenessKeys(traits).map((key) => key.split(' ', 1)[0]));
  const found: Likeness[] = [];
  for (const [kind, trait] of LOOKED_FOR) {
    const value = kinds.has(kind) ? idIn(traits[trait]) : undefined;
    if (value !== undefined) found.push({ trait, value });
  }
  return found;
}

const LOOKED_FOR = [
  ['email', 'email'],
  ['phone', 'phone'],
  ['name', 'accountId'],
] as const;

/** Every record of the type, or whichever ever named the owner; at most one more than are read of each. */
export async function readEverOf(
  client: Queryable,
  wanted: ReadonlyMap<string, RecordSet>,
): Promise<Map<string, string[]>> {
  const found = new Map<string, string[]>();
  for (const [key, { type, owner }] of wanted) {
    const { rows } =
      owner === undefined
        ? await client.query<{ id: string }>(
            `SELECT id FROM ${RECORD_TABLES[type]} WHERE NOT starts_with(id, 'anon:') LIMIT ${MAX_RELATED + 1}`,
          )
        : await client.query<{ id: string }>(
            `SELECT DISTINCT id FROM trait_writes
              WHERE trait = $1 AND left(value #>> '{}', 200) = left($2, 200) AND type = $3
                AND trait IN ('owner', 'assignee') LIMIT ${MAX_RELATED + 1}`,
            [OWNER_TRAITS[type], owner, type],
          );
    found.set(
      key,
      rows.map(({ id }) => id),
    );
  }
  return found;
}

/** Contacts that may ever have been like one, at most one more than are read of each question. */
export async function readEverAlike(
  client: Queryable,
  wanted: ReadonlyMap<string, Likeness>,
): Promise<Map<string, string[]>> {
  const found = new Map<string, string[]>([...wanted.keys()].map((key) => [key, []]));
  for (const trait of ['email', 'phone'] as const) {
    const asked = [...wanted].filter(([, likeness]) => likeness.trait === trait);
    if (asked.length === 0) continue;
    const { rows } = await client.query<{ key: string; id: string }>(
      `SELECT w.key, t.id
         FROM unnest($1::text[], $2::text[]) AS w (key, value)
         CROSS JOIN LATERAL (SELECT DISTINCT id FROM trait_writes
                              WHERE type = 'contact' AND trait = '${trait}'
                                AND cuebook_likeness(trait, value #>> '{}') = cuebook_likeness('${trait}', w.value)
                              LIMIT ${MAX_RELATED + 1}) t`,
      [asked.map(([key]) => key), asked.map(([, { value }]) => value)],
    );
    for (const { key, id } of rows) found.get(key)!.push(id);
  }
  const accounts = [...wanted].filter(([, { trait }]) => trait === 'accountId');
  const refs = accounts.map(([, { value }]) => ({ list: CONTACTS, id: value }));
  const related = refs.length === 0 ? undefined : await readEverRelated(client, refs);
  for (const [i, [key]] of accounts.entries()) {
    for (const { id } of related?.get(listKey(refs[i]!)) ?? []) found.get(key)!.push(id);
  }
  return found;
}

const CONTACTS = RELATED_LISTS.find((list) => list.of === 'account' && list.type === 'contact')!;
