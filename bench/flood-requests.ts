/**
 * Requests of `bench hostile` that cost much more than they weigh: what is said once counts for each call of a batch, and what an
 * expression looks at is multiplied. One more is one more entry.
 */
import { sized } from './lib/bench.ts';
import type { Call } from './lib/traffic.ts';

export interface FloodRequest {
  /** In words. */
  name: string;
  /** @param scale the share of the usual size */
  body(scale: number): { batch: Call[]; context?: { [name: string]: number[] } };
}

/** What the last two are evaluated by. */
export const MULTIPLYING = [
  {
    path: 'joined.yaml',
    text: `playbook: joined
trigger: { event: words.joined, where: "size(event.words.join(event.separator)) > 100" }
again: always
steps: [{ record: joined }]
`,
  },
  {
    path: 'paired.yaml',
    text: `playbook: paired
trigger: { event: words.paired, where: "event.words.all(w, event.words.exists(v, v == w))" }
again: always
steps: [{ record: paired }]
`,
  },
];

const viewsOf = (name: string, count: number): Call[] =>
  Array.from({ length: count }, (_, n) => ({ type: 'track', userId: `${name}-${n}`, event: 'page.viewed' }));
const digits = (count: number) => Array.from({ length: count }, (_, n) => n % 10);
const repeated = (count: number, event: string, properties: Call) =>
  Array.from({ length: count }, (_, n): Call => ({ type: 'track', userId: `${event}-${n}`, event, properties }));

export const FLOOD_REQUESTS: readonly FloodRequest[] = [
  { name: '2,500 calls', body: (scale) => ({ batch: viewsOf('small', sized(2_500, scale, 10)) }) },
  {
    name: '2,500 calls with a context of 6 kB',
    body: (scale) => ({ context: { seen: digits(3_000) }, batch: viewsOf('wide', sized(2_500, scale, 10)) }),
  },
  {
    name: '500 calls with a context of 30 kB',
    body: (scale) => ({ context: { seen: digits(15_000) }, batch: viewsOf('widest', sized(500, scale, 5)) }),
  },
  {
    name: '2,500 calls that are refused',
    body: (scale) => ({ batch: viewsOf('bad', sized(2_500, scale, 10)).map((call) => ({ ...call, userId: [] })) }),
  },
  {
    name: '15 lists of 7,000 texts, joined',
    body: (scale) => ({
      batch: repeated(sized(15, scale, 1), 'words.joined', {
        words: Array.from({ length: 7_000 }, () => ''),
        separator: '-'.repeat(9_000),
      }),
    }),
  },
  {
    name: '15 lists of 3,000 texts, each looked up in its list',
    body: (scale) => ({
      batch: repeated(sized(15, scale, 1), 'words.paired', {
        words: Array.from({ length: 3_000 }, (_, n) => `w${n}`),
      }),
    }),
  },
];
