/** Which records name which, kept along with their traits: what lists (E8) are read from where all records are at hand. */

import type { RecordType, Traits } from '../../model.ts';
import { idIn } from '../id-in.ts';
import { elementOf, MAX_RELATED, type RelatedList } from '../relations.ts';

const RELATIONS = ['contactId', 'accountId'] as const;

export class RelationIndex {
  /** `<type>/<trait>/<owner's id>` → ids. */
  readonly #named = new Map<string, Set<string>>();

  /** A record has other traits than before. */
  change(type: RecordType, id: string, before: Traits | undefined, after: Traits | undefined): void {
    for (const trait of RELATIONS) {
      const was = idIn(before?.[trait]);
      const is = idIn(after?.[trait]);
      if (was === is) continue;
      if (was !== undefined) this.#drop(`${type}/${trait}/${was}`, id);
      if (is !== undefined) this.#add(`${type}/${trait}/${is}`, id);
    }
  }

  /**
   * The records of a list, by id.
   *
   * @param names every id that means the list's owner
   * @param traitsOf a record that was told by `change`
   * @returns undefined where there are more than 10,000
   */
  read(list: RelatedList, names: readonly string[], traitsOf: (id: string) => Traits): Traits[] | undefined {
    const sets = names.flatMap((name) => this.#named.get(`${list.type}/${list.by}/${name}`) ?? []);
    // A record names one of them: no two have it in common.
    if (sets.reduce((count, { size }) => count + size, 0) > MAX_RELATED) return undefined;
    return sets
      .flatMap((ids) => [...ids])
      .sort()
      .map((id) => elementOf(id, traitsOf(id)));
  }

  #add(key: string, id: string): void {
    const ids = this.#named.get(key);
    if (ids) ids.add(id);
    else this.#named.set(key, new Set([id]));
  }

  #drop(key: string, id: string): void {
    const ids = this.#named.get(key);
    ids?.delete(id);
    if (ids?.size === 0) this.#named.delete(key);
  }
}
