/** How often an address may guess wrong: a token is long, and guessing it is to be hopeless all the same. */
import { isIPv6 } from 'node:net';
import { LRUCache } from 'lru-cache';

/** Wrong guesses at once, before each further one has to wait. */
const BURST = 10;
const ONE_EVERY_MS = 6_000;
/** Addresses that are remembered; beyond that the one that guessed longest ago is forgotten. */
const MAX_ADDRESSES = 10_000;

export interface Guesses {
  /**
   * To be asked before what was shown is compared: counts a guess.
   *
   * @returns 0, or after how many whole seconds the address may guess again.
   */
  take(address: string): number;
  /** The guess was right, so that it was none. */
  right(address: string): void;
}

/** @param nowMs a clock that never goes back, in milliseconds. */
export function countGuesses(nowMs: () => number = () => performance.now()): Guesses {
  /** When each address will have its whole burst again. */
  const fullAtMs = new LRUCache<string, number>({ max: MAX_ADDRESSES });
  return {
    take(address) {
      const now = nowMs();
      const key = networkOf(address);
      const nextFullAt = Math.max(fullAtMs.get(key) ?? now, now) + ONE_EVERY_MS;
      const waitMs = nextFullAt - BURST * ONE_EVERY_MS - now;
      if (waitMs > 0) return Math.ceil(waitMs / 1_000);
      fullAtMs.set(key, nextFullAt);
      return 0;
    },
    right(address) {
      const key = networkOf(address);
      const fullAt = fullAtMs.get(key);
      if (fullAt !== undefined) fullAtMs.set(key, fullAt - ONE_EVERY_MS);
    },
  };
}

/** One customer has a whole /64 of IPv6. */
function networkOf(address: string): string {
  if (!isIPv6(address) || address.startsWith('::ffff:')) return address;
  const [head = '', tail = ''] = address.split('%')[0]!.split('::');
  const groups = (text: string) => (text === '' ? [] : text.split(':'));
  const missing = Math.max(0, 8 - groups(head).length - groups(tail).length);
  const all = [...groups(head), ...Array<string>(missing).fill('0'), ...groups(tail)];
  return all
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':');
}
