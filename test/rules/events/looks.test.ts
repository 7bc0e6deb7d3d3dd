/** T9, T14: whoever is looked at only when something may have turned fires as one who is looked at all the time. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isoInstant } from '../../../language/time/instants.ts';
import { type Happening, play, shortTime } from '../play.ts';

const QUARTER_MS = 900_000;
const DAY_MS = 86_400_000;
const START = Date.UTC(2026, 2, 2);
const DAYS = 6;

/** What is known at an instant, as the rule reads it: nothing is remembered but what came. */
interface Known {
  at: number;
  traits: { points?: number; name?: string; since?: string };
  /** Instants of the orders so far. */
  orders: number[];
}

const today = (at: number) => Math.floor(at / DAY_MS);
const daysSince = ({ at, traits }: Known) =>
  traits.since === undefined ? Number.NaN : today(at) - today(Date.parse(traits.since));
const inWindow = ({ at, orders }: Known) => orders.filter((order) => order > at - 2 * QUARTER_MS).length;
// A score over no events is missing.
const heat = ({ at, orders }: Known) =>
  orders.length === 0 ? Number.NaN : orders.reduce((sum, order) => sum + 40 * 0.5 ** ((at - order) / DAY_MS), 0);

/** The condition, the rule for it, and how often it must be asked so as to miss no turn. */
const CONDITIONS: [condition: string, holds: (known: Known) => boolean, everyMs: number][] = [
  ['contact.points >= 2', ({ traits }) => (traits.points ?? 0) >= 2, DAY_MS],
  ['!has(contact.name)', ({ traits }) => traits.name === undefined, DAY_MS],
  ['days_since(contact.since) > 1', (known) => daysSince(known) > 1, DAY_MS],
  [
    'days_since(contact.since) == 1 && contact.points >= 1',
    (k) => daysSince(k) === 1 && (k.traits.points ?? 0) >= 1,
    DAY_MS,
  ],
  ['contact.recent == 0', (known) => inWindow(known) === 0, QUARTER_MS],
  ['contact.recent >= 2 || days_since(contact.since) > 2', (k) => inWindow(k) >= 2 || daysSince(k) > 2, QUARTER_MS],
  ['contact.heat >= 50', (known) => heat(known) >= 50, 3_600_000],
  ['contact.heat < 10.1', (known) => heat(known) < 10.1, 3_600_000],
  ['contact.left <= 1', (known) => (known.traits.points ?? Number.NaN) - daysSince(known) <= 1, DAY_MS],
  ['contact.tier == 2', (known) => daysSince(known) > 1 && daysSince(known) <= 3, DAY_MS],
];

const traits = `
traits:
  recent: { count: true, event: order, over: 30m }
  heat: { score: [{ event: order, points: 40 }], half_life: 1d }
  left: { formula: contact.points - days_since(contact.since) }
  tier: { tiers: [{ if: days_since(contact.since) <= 1, is: 1 }, { if: days_since(contact.since) <= 3, is: 2 }] }
`;
const playbooks = Object.fromEntries(
  CONDITIONS.map(([condition], i) => [
    `p${i}`,
    `trigger: { becomes: "${condition}" }\ntime_zone: UTC\nagain: always\nsteps: [{ record: turned }]`,
  ]),
);

type Came = { at: number; order?: true; traits?: { points?: number; name?: string | null; since?: string } };
const came: fc.Arbitrary<Came> = fc
  .tuple(
    // On a quarter of an hour, often on the same as others, and between them.
    fc.integer({ min: 0, max: (DAYS - 3) * 96 }),
    fc.constantFrom(0, 0, 1, 77_000),
    fc.oneof(
      fc.constant({ order: true as const }),
      fc.constant({}),
      fc.record({ traits: fc.record({ points: fc.integer({ min: 0, max: 4 }) }) }),
      fc.record({ traits: fc.record({ name: fc.constantFrom('Ada', null) }) }),
      fc.record({ traits: fc.record({ since: fc.constantFrom('2026-03-01', '2026-03-02', '2026-03-03') }) }),
    ),
  )
  .map(([quarter, ms, what]) => ({ at: START + 100 * QUARTER_MS + quarter * QUARTER_MS + ms, ...what }));

/** Looks at each event, and at every instant of the grid. */
function byRule(events: readonly Came[], holds: (known: Known) => boolean, everyMs: number): string[] {
  const fired: string[] = [];
  const known: Known = { at: 0, traits: {}, orders: [] };
  let held = false;
  const look = (at: number, by: string) => {
    known.at = at;
    const now = holds(known);
    if (now && !held) fired.push(`${shortTime(at)} by ${by}`);
    held = now;
  };
  let next = 0;
  const instants = Array.from({ length: (12 * DAY_MS) / everyMs + 1 }, (_, i) => START + i * everyMs);
  // An order leaves the window to the millisecond.
  if (everyMs === QUARTER_MS) instants.push(...events.map(({ at }) => at + 2 * QUARTER_MS));
  for (const grid of instants.sort((a, b) => a - b)) {
    for (let event = events[next]; event && event.at <= grid; event = events[++next]) {
      if (event.order) known.orders.push(event.at);
      for (const [name, value] of Object.entries(event.traits ?? {})) {
        if (value === null) delete known.traits[name as 'name'];
        else known.traits[name as 'name'] = value as string;
      }
      look(event.at, `m${next + 1}`);
    }
    if (next > 0) look(grid, 'time');
  }
  return fired;
}

describe('any history gives what looking all the time gives', () => {
  it('over traits, days, windows, scores, formulas and tiers, in many playbooks at once', () => {
    fc.assert(
      fc.property(fc.array(came, { minLength: 1, maxLength: 12 }), (unsorted) => {
        const events = [...unsorted].sort((a, b) => a.at - b.at);
        const { lines } = play(playbooks, {
          records: [],
          events: events.map(({ at, order, traits: contact }): Happening => {
            const more = { userId: 'ada', ...(contact && { traits: { contact } }) };
            return [isoInstant(at), order ? 'order' : 'seen', more as never];
          }),
          settings: { timeZone: 'UTC' },
          extra: [{ path: 'traits/t.yaml', text: traits }],
          until: isoInstant(START + 12 * DAY_MS),
        });
        CONDITIONS.forEach(([condition, holds, everyMs], i) => {
          const fired = lines.flatMap((line) =>
            line.type === 'firing' && line.playbook === `p${i}`
              ? [`${shortTime(line.at)} by ${line.evidence.join(',') || 'time'}`]
              : [],
          );
          expect({ condition, fired }).toEqual({ condition, fired: byRule(events, holds, everyMs) });
        });
      }),
      { numRuns: 120 },
    );
  });
});
