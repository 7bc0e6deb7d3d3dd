/** What overviews look at (W3): all records of a type, a colleague's own, and contacts that are likely the same person. */
import type { RecordType, Traits } from '../../model.ts';
import { idIn } from '../id-in.ts';
import { MAX_RELATED } from '../relations.ts';
import { addressKey } from '../suppression.ts';

/** Records of a type: everybody's, or those that a colleague owns. */
export interface RecordSet {
  type: RecordType;
  /** The colleague's id. */
  owner?: string;
}

/** The trait by which a record names whose it is. */
export const OWNER_TRAITS: { readonly [type in RecordType]: 'owner' | 'assignee' } = {
  contact: 'owner',
  account: 'owner',
  deal: 'owner',
  ticket: 'assignee',
};

/** As `share` names them. */
export const RECORD_PLURALS: { readonly [type in RecordType]: string } = {
  contact: 'contacts',
  account: 'accounts',
  deal: 'deals',
  ticket: 'tickets',
};

/** What is read of contacts that are likely one person. */
export const DUPLICATES = 'contact.duplicates';

/** A shorter telephone number is an extension, or a slip: contacts that share it are not taken for one person. */
const LEAST_DIGITS = 7;

export function isOfSet({ type, owner }: RecordSet, traits: Traits): boolean {
  return owner === undefined || idIn(traits[OWNER_TRAITS[type]]) === owner;
}

/** What a set said that has too many records to be read. */
export function tooManyOfSet({ type, owner }: RecordSet): string {
  const whose = owner === undefined ? 'there are' : `${owner} owns`;
  return `${whose} more than ${MAX_RELATED} ${RECORD_PLURALS[type]}, and the list of them is not read`;
}

/** What contacts said that are looked through for duplicates, and are too many. */
export function tooManyAlike(id: string): string {
  return `more than ${MAX_RELATED} contacts are to be compared with ${id}, and its duplicates are not counted`;
}

/**
 * By what a contact is told to be the same person as another: its address (P3), its telephone number's digits, its name
 * with its account. Two contacts that share one are likely one.
 */
export function likenessKeys(traits: Traits): string[] {
  const keys: string[] = [];
  const address = addressKey(traits);
  if (address !== undefined) keys.push(`email ${address}`);
  const digits = phoneDigits(traits.phone);
  if (digits !== undefined) keys.push(`phone ${digits}`);
  const account = idIn(traits.accountId);
  const { name } = traits;
  const words = typeof name === 'string' ? name.trim().replace(/\s+/g, ' ').toLowerCase() : '';
  if (account !== undefined && words !== '') keys.push(`name ${JSON.stringify([account, words])}`);
  return keys;
}

/** `+49 (30) 1234-567` and `0049301234567` are one number; undefined for what is too short to tell anybody by. */
function phoneDigits(phone: unknown): string | undefined {
  if (typeof phone !== 'string' && typeof phone !== 'number') return undefined;
  const digits = String(phone)
    .replace(/[^0-9]/g, '')
    .replace(/^00/, '');
  return digits.length < LEAST_DIGITS ? undefined : digits;
}

/** Which contacts share a key, kept along with their traits: for a world that has all of them at hand. */
export class LikenessIndex {
  readonly #ids = new Map<string, Set<string>>();

  /** A contact has other traits than before. */
  change(id: string, before: Traits | undefined, after: Traits | undefined): void {
    for (const key of before ? likenessKeys(before) : []) {
      const ids = this.#ids.get(key);
      ids?.delete(id);
      if (ids?.size === 0) this.#ids.delete(key);
    }
    for (const key of after ? likenessKeys(after) : []) {
      const ids = this.#ids.get(key);
      if (ids) ids.add(id);
      else this.#ids.set(key, new Set([id]));
    }
  }

  /** How many other contacts share a key with this one. */
  count(id: string, traits: Traits): number {
    const others = new Set(likenessKeys(traits).flatMap((key) => [...(this.#ids.get(key) ?? [])]));
    others.delete(id);
    return others.size;
  }
}

/** The segments of which playbooks ask for the records (`mine.incomplete`, `all.stale`), among what is read. */
export function overviewsIn(reads: readonly string[]): { root: 'mine' | 'all'; segment: string }[] {
  const found: { root: 'mine' | 'all'; segment: string }[] = [];
  for (const read of reads) {
    const root = read.startsWith('mine.') ? 'mine' : read.startsWith('all.') ? 'all' : undefined;
    if (root !== undefined) found.push({ root, segment: read.slice(root.length + 1).split('.', 1)[0]! });
  }
  return found;
}
