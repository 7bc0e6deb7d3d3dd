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

/** The calls of an identity flood, a second apart, the last just now; nothing was there before. */
function justNow(calls: readonly Omit<Call, 'timestamp'>[]): { before: Call[]; flood: Call[] } {
  const fromMs = Date.now() - calls.length * 1_000;
  return {
    before: [],
    flood: calls.map(
      (call, n): Call => ({ ...call, messageId: `flood-${n}`, timestamp: new Date(fromMs + n * 1_000).toISOString() }),
    ),
  };
}

function times<T>(count: number, calls: (n: number) => readonly T[]): T[] {
  return Array.from({ length: count }, (_, n) => calls(n)).flat();
}

const viewed = (anonymousId: string) => ({ type: 'track', anonymousId, event: 'page.viewed' }) as const;
const identify = (anonymousId: string, userId: string) =>
  ({ type: 'identify', anonymousId, userId, traits: { plan: 'free' } }) as const;
const alias = (previousId: string, userId: string) => ({ type: 'alias', previousId, userId }) as const;

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
  {
    name: '1,000 devices of one user',
    calls: (scale) =>
      justNow(times(sized(1_000, scale, 10), (n) => [viewed(`device-${n}`), identify(`device-${n}`, 'guest')])),
  },
  {
    name: 'a chain of 1,000 aliases',
    calls: (scale) => justNow(times(sized(1_000, scale, 10), (n) => [alias(`link-${n}`, `link-${n + 1}`)])),
  },
  {
    name: '300 aliases of one user',
    calls: (scale) => justNow(times(sized(300, scale, 10), (n) => [alias(`other-${n}`, 'one')])),
  },
  {
    name: '2,000 calls of two people on one device in turns',
    calls: (scale) =>
      justNow(
        times(sized(1_000, scale, 10), (n) => [identify('shared', n % 2 === 0 ? 'ada' : 'bea'), viewed('shared')]),
      ),
  },
  {
    name: '300 people on one device',
    calls: (scale) => justNow(times(sized(300, scale, 10), (n) => [identify('kiosk', `person-${n}`), viewed('kiosk')])),
  },
];
