/**
 * The floods of `bench hostile`: what one subject's events are before it, and what comes at once. One more is one more entry.
 */
import { sized } from './lib/bench.ts';
import type { Call } from './lib/traffic.ts';

export interface Flood {
  /** In words. */
  name: string;
  /** @param scale the share of the usual size */
  calls(scale: number): { before: Call[]; flood: Call[] };
}

const MINUTE_MS = 60_000;

export const FLOODS: readonly Flood[] = [
  {
    name: '3,000 late events of a contact that has 2,000',
    calls(scale) {
      const count = sized(2_000, scale, 20);
      const late = sized(3_000, scale, 30);
      const from = Date.now() - 2 * 24 * 60 * MINUTE_MS;
      const everyMs = (24 * 60 * MINUTE_MS) / count;
      const call = (label: string, n: number, at: number): Call => ({
        type: 'track',
        userId: 'busy',
        event: n % 10 === 0 ? 'cart.updated' : 'page.viewed',
        messageId: `${label}-${n}`,
        timestamp: new Date(at).toISOString(),
      });
      return {
        before: Array.from({ length: count }, (_, n) => call('before', n, from + n * everyMs)),
        flood: Array.from({ length: late }, (_, n) => call('late', n, from + ((n * count) / late) * everyMs + 1)),
      };
    },
  },
];
