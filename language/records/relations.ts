/** The lists of records that name a record (E8): `account.tickets`, `contact.deals`, … They are read, never listened to. */
import type { RecordType, Traits } from '../model.ts';

export interface RelatedList {
  /** Whose list it is: `account` of `account.tickets`. */
  of: RecordType;
  name: string;
  /** What it holds. */
  type: RecordType;
  /** The trait by which those records name their owner. */
  by: 'accountId' | 'contactId';
}

/** A longer list is not read, and operators see what asked for it: no decision depends on a part of it. */
export const MAX_RELATED = 10_000;

/** Every list there is. */
export const RELATED_LISTS: readonly RelatedList[] = [
  { of: 'account', name: 'contacts', type: 'contact', by: 'accountId' },
  { of: 'account', name: 'deals', type: 'deal', by: 'accountId' },
  { of: 'account', name: 'tickets', type: 'ticket', by: 'accountId' },
  { of: 'contact', name: 'deals', type: 'deal', by: 'contactId' },
  { of: 'contact', name: 'tickets', type: 'ticket', by: 'contactId' },
];

const BY_NAME = new Map<string, RelatedList[]>();
for (const list of RELATED_LISTS) BY_NAME.set(list.name, [...(BY_NAME.get(list.name) ?? []), list]);

/** The list that a name of a record means; undefined where it means a trait. */
export function relatedList(of: string, name: string | undefined): RelatedList | undefined {
  return name === undefined ? undefined : BY_NAME.get(name)?.find((list) => list.of === of);
}

/** The names of a record's lists. */
export function listNamesOf(of: string): string[] {
  return RELATED_LISTS.filter((list) => list.of === of).map((list) => list.name);
}

/**
 * The lists that compiled parts read: of expressions, texts, steps and templates, wherever they are in `values`.
 *
 * @param values compiled forms: plain JSON
 */
export function listsRead(...values: readonly unknown[]): Set<RelatedList> {
  const found = new Set<RelatedList>();
  const walk = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    if (Array.isArray(value)) {
      for (const item of value) walk(item);
      return;
    }
    for (const [name, item] of Object.entries(value)) {
      if (name !== 'reads' || !Array.isArray(item)) walk(item);
      else for (const path of item) note(path, found);
    }
  };
  for (const value of values) walk(value);
  return found;
}

function note(path: unknown, found: Set<RelatedList>): void {
  if (typeof path !== 'string') return;
  const [root, name] = path.split('.');
  const list = relatedList(root!, name);
  if (list) found.add(list);
}

const elements = new WeakMap<Traits, Traits>();

/** A record as an element of a list: its traits, and its id. Traits are never changed in place, so one is made of each. */
export function elementOf(id: string, traits: Traits): Traits {
  let element = elements.get(traits);
  if (!element) {
    element = { ...traits, id };
    elements.set(traits, element);
  }
  return element;
}

/** What a list said of a record: `account.tickets of acme has more than 10,000 records`. */
export function tooManyWords(list: RelatedList, id: string): string {
  return `${list.of}.${list.name} of ${id} has more than ${MAX_RELATED} records and is not read: filter by events or traits`;
}
