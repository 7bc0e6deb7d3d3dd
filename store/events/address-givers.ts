/**
 * What another key has given, a client key does not overwrite (E10): an address of a contact, e-mail or telephone. Decided once,
 * when the event comes in, and in the order in which events come in: a client chooses its event times itself.
 */
import { ADDRESS_TRAITS } from '../../events/client-key.ts';
import type { TraitPatch } from '../../language/records/timeline.ts';
import type { Queryable } from '../postgres/database.ts';
import type { EventRow } from './event-insert.ts';

const SERVER = 'server';

interface Given {
  contactId: string;
  trait: string;
  /** All client keys of a source are one. */
  givenBy: string;
}

/**
 * Notes who gives addresses, in the caller's transaction.
 *
 * @returns the same events, those of client keys without the addresses that are another's to give
 */
export async function keepAddresses(client: Queryable, rows: readonly EventRow[]): Promise<EventRow[]> {
  const given = new Map(rows.flatMap(addressesOf).map((one) => [keyOf(one), one]));
  if (given.size === 0) return [...rows];
  await note(client, [...given.values()]);
  const byClients = [...given.values()].filter(({ givenBy }) => givenBy !== SERVER);
  const taken = byClients.length === 0 ? new Set<string>() : await takenOf(client, byClients);
  if (taken.size === 0) return [...rows];
  const kept: { source: string; trait: string }[] = [];
  const left = rows.map((row) => {
    const isTaken = (contactId: string, trait: string) => taken.has(keyOf({ contactId, trait, givenBy: giverOf(row) }));
    const patches = row.patches.map((patch): TraitPatch => {
      if (patch.type !== 'contact') return patch;
      const traits = Object.entries(patch.traits).filter(([trait]) => {
        if (!isTaken(patch.id, trait)) return true;
        kept.push({ source: row.source, trait });
        return false;
      });
      return { ...patch, traits: Object.fromEntries(traits) };
    });
    return { ...row, patches };
  });
  await count(client, kept);
  return left;
}

function giverOf({ isClient, source }: EventRow): string {
  return isClient ? `client/${source}` : SERVER;
}

function addressesOf(row: EventRow): Given[] {
  return row.patches.flatMap(({ type, id, traits }) =>
    type === 'contact'
      ? ADDRESS_TRAITS.filter((trait) => traits[trait] !== undefined).map((trait) => ({
          contactId: id,
          trait,
          givenBy: giverOf(row),
        }))
      : [],
  );
}

/** The first of each keeps its row, but for a server, which takes every one over. */
async function note(client: Queryable, given: readonly Given[]): Promise<void> {
  const firsts = new Map<string, Given>();
  for (const one of given) {
    const key = keyOf({ ...one, givenBy: '' });
    if (!firsts.has(key) || one.givenBy === SERVER) firsts.set(key, one);
  }
  // Rows that say so already are not touched: most events repeat what is known. In the order of the keys, so that two
  // writers cannot lock up. An address that a contact has and nobody gave is from before this book was kept.
  await client.query(
    `INSERT INTO address_givers AS known (contact_id, trait, given_by)
     SELECT w.contact_id, w.trait,
            CASE WHEN w.given_by <> '${SERVER}' AND c.traits ? w.trait THEN 'record' ELSE w.given_by END
       FROM ${WANTED} LEFT JOIN contacts c ON c.id = w.contact_id
      WHERE NOT EXISTS (SELECT FROM address_givers g WHERE g.contact_id = w.contact_id AND g.trait = w.trait
                           AND (g.given_by = w.given_by OR w.given_by <> '${SERVER}'))
      ORDER BY w.contact_id, w.trait
     ON CONFLICT (contact_id, trait) DO UPDATE SET given_by = '${SERVER}'
       WHERE excluded.given_by = '${SERVER}' AND known.given_by <> '${SERVER}'`,
    valuesOf([...firsts.values()]),
  );
}

/** Those that another has given: to the contact itself, or to one that it was merged into. */
async function takenOf(client: Queryable, given: readonly Given[]): Promise<Set<string>> {
  const { rows } = await client.query<Given>(
    `WITH RECURSIVE heirs AS (
       SELECT w.*, w.contact_id AS id FROM ${WANTED}
       UNION SELECT h.contact_id, h.trait, h.given_by, c.to_id FROM heirs h JOIN identity_claims c ON c.from_id = h.id)
     SELECT DISTINCT contact_id AS "contactId", trait, given_by AS "givenBy" FROM heirs h
      WHERE CASE WHEN EXISTS (SELECT FROM address_givers g WHERE g.contact_id = h.id AND g.trait = h.trait)
              THEN EXISTS (SELECT FROM address_givers g
                            WHERE g.contact_id = h.id AND g.trait = h.trait AND g.given_by <> h.given_by)
              ELSE EXISTS (SELECT FROM contacts c WHERE c.id = h.id AND c.traits ? h.trait) END`,
    valuesOf(given),
  );
  return new Set(rows.map(keyOf));
}

async function count(client: Queryable, kept: readonly { source: string; trait: string }[]): Promise<void> {
  await client.query(
    `INSERT INTO counter_increments (kind, playbook, name, count)
     SELECT 'kept_addresses', source, trait, count(*) FROM unnest($1::text[], $2::text[]) AS k (source, trait)
      GROUP BY source, trait`,
    [kept.map(({ source }) => source), kept.map(({ trait }) => trait)],
  );
}

const WANTED = 'unnest($1::text[], $2::text[], $3::text[]) AS w (contact_id, trait, given_by)';

function valuesOf(given: readonly Given[]): string[][] {
  return [given.map((one) => one.contactId), given.map((one) => one.trait), given.map((one) => one.givenBy)];
}

function keyOf({ contactId, trait, givenBy }: Given): string {
  return JSON.stringify([contactId, trait, givenBy]);
}
