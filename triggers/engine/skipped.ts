/** What took no part in evaluations (T0), summed for operators and for readers of a backtest. */
import { PLAYBOOK_OWNER_PREFIX, playbookSource, SLA_OWNER_PREFIX, TRAIT_OWNER_PREFIX } from '../index/owners.ts';
import type { EvaluationResult } from './state.ts';

export interface Skipped {
  /** An event without a value for the key; a condition, key, value or window over a value of the wrong type. */
  kind: 'no_key' | 'wrong_type';
  /** A clock's name is `<policy>.<clock>`. */
  of: 'playbook' | 'trait' | 'clock';
  name: string;
  count: number;
}

const KINDS: [prefix: string, of: Skipped['of']][] = [
  [PLAYBOOK_OWNER_PREFIX, 'playbook'],
  [TRAIT_OWNER_PREFIX, 'trait'],
  [SLA_OWNER_PREFIX, 'clock'],
];

/** Bounded by what is deployed. */
export class SkippedCounts {
  readonly #counts = { no_key: new Map<string, number>(), wrong_type: new Map<string, number>() };

  /** What the engine found at one evaluation. */
  add({ noKey, wrongTypes }: Pick<EvaluationResult, 'noKey' | 'wrongTypes'>): void {
    for (const { playbook } of noKey) this.#add('no_key', playbookSource(playbook));
    this.addWrongTypes(wrongTypes);
  }

  /** @param askers as owners.ts names them */
  addWrongTypes(askers: ReadonlySet<string>): void {
    for (const asker of askers) this.#add('wrong_type', asker);
  }

  /** Each (kind, of, name) once. */
  rows(): Skipped[] {
    const { no_key, wrong_type } = this.#counts;
    return [...rowsOf('no_key', no_key), ...rowsOf('wrong_type', wrong_type)];
  }

  #add(kind: Skipped['kind'], asker: string): void {
    const counts = this.#counts[kind];
    counts.set(asker, (counts.get(asker) ?? 0) + 1);
  }
}

function rowsOf(kind: Skipped['kind'], counts: ReadonlyMap<string, number>): Skipped[] {
  return [...counts].map(([asker, count]) => {
    const [prefix, of] = KINDS.find(([prefix]) => asker.startsWith(prefix))!;
    return { kind, of, name: asker.slice(prefix.length), count };
  });
}
