import { LRUCache } from 'lru-cache';

/** The latest `max` values by key: `memo(key, { context: make })` is the one that is kept, else what `make` gives. */
export function memoOf<V extends object>(max: number): LRUCache<string, V, () => V> {
  return new LRUCache({ max, memoMethod: (_key, _stale, { context: make }) => make() });
}
