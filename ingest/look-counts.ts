/** What took no part in a batch's looks, gathered for operators (T0). */
import type { Queryable } from '../store/database.ts';
import { addLookCounts, type LookCount, type LookCountKind, type LookCountOf } from '../store/look-counts.ts';
import { PLAYBOOK_OWNER_PREFIX, SLA_OWNER_PREFIX, TRAIT_OWNER_PREFIX } from '../triggers/owners.ts';
import type { View } from '../triggers/situation.ts';
import type { Looked } from '../triggers/state.ts';

export class LookCounts {
  readonly #counts = { no_key: new Map<string, number>(), wrong_type: new Map<string, number>() };

  /** What the engine found at one look. */
  add({ noKey, wrongTypes }: Pick<Looked, 'noKey' | 'wrongTypes'>): void {
    for (const { playbook } of noKey) this.#add('no_key', `${PLAYBOOK_OWNER_PREFIX}${playbook}`);
    this.addWrongTypes(wrongTypes);
  }

  addWrongTypes(askers: ReadonlySet<string>): void {
    for (const asker of askers) this.#add('wrong_type', asker);
  }

  /** Asks one question of a playbook's at the view, and counts it where it ends in a value of the wrong type. */
  asking<T>(playbook: string, view: View, ask: (view: View) => T): T {
    const wrongTypes = new Set<string>();
    const answer = ask({ ...view, asker: `${PLAYBOOK_OWNER_PREFIX}${playbook}`, wrongTypes });
    this.addWrongTypes(wrongTypes);
    return answer;
  }

  rows(): LookCount[] {
    const { no_key, wrong_type } = this.#counts;
    return [...rowsOf('no_key', no_key), ...rowsOf('wrong_type', wrong_type)];
  }

  write(client: Queryable): Promise<void> {
    return addLookCounts(client, this.rows());
  }

  #add(kind: LookCountKind, owner: string): void {
    const counts = this.#counts[kind];
    counts.set(owner, (counts.get(owner) ?? 0) + 1);
  }
}

const KINDS: [prefix: string, of: LookCountOf][] = [
  [PLAYBOOK_OWNER_PREFIX, 'playbook'],
  [TRAIT_OWNER_PREFIX, 'trait'],
  [SLA_OWNER_PREFIX, 'clock'],
];

function rowsOf(kind: LookCountKind, counts: ReadonlyMap<string, number>): LookCount[] {
  return [...counts].map(([owner, count]) => {
    const [prefix, of] = KINDS.find(([prefix]) => owner.startsWith(prefix))!;
    return { kind, of, name: owner.slice(prefix.length), count };
  });
}
