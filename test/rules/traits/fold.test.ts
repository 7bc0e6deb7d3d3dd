/** T14: what a fold keeps says the same as all of the events would: drawn histories against the plain definition. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ComputedTrait, Instant, Json } from '../../../language/model.ts';
import { placeOfEvent, type TimelineEvent } from '../../../language/records/timeline.ts';
import type { World } from '../../../language/records/world.ts';
import { localDate } from '../../../language/time/zones.ts';
import { foldEvent, pruned, readFold, type TraitState } from '../../../triggers/traits/fold-trait.ts';
import { nextLeaveAt } from '../../../triggers/traits/trait-window.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const START = Date.UTC(2026, 0, 20);
const ZONES = ['UTC', 'Europe/Berlin', 'America/New_York', 'Pacific/Auckland'];
const nobody: World = {
  people: { persons: [], teams: [], channels: {} },
  traits: () => undefined,
  computed: () => undefined,
  isComputed: () => false,
};

interface Drawn {
  afterMs: number;
  value: Json;
}

const drawn: fc.Arbitrary<Drawn[]> = fc.array(
  fc.record({
    afterMs: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 4 * DAY_MS })),
    value: fc.oneof(
      fc.integer({ min: -30, max: 30 }).map((n) => n / 10),
      fc.constantFrom<Json>('a', 'b', null, true, ['a', 'c'], ['b']),
    ),
  }),
  { minLength: 1, maxLength: 25 },
);
const windows: fc.Arbitrary<Partial<ComputedTrait>> = fc.oneof(
  fc.constant({}),
  fc.integer({ min: 1, max: 6 * DAY_MS }).map((overMs) => ({ overMs })),
  fc.constant({ overMonth: true as const }),
  fc.integer({ min: 1, max: 6 }).map((overLast) => ({ overLast })),
);

const value = { cel: 'event.value', reads: ['event.value'], counts: [], timed: false };
const traitOf = (kind: string, window: Partial<ComputedTrait>): ComputedTrait => ({
  subject: 'contact',
  name: 't',
  kind,
  events: [{ event: 'e' }],
  ...(kind !== 'count' && kind !== 'average_gap' && { value }),
  ...window,
});

function eventsOf(history: readonly Drawn[]): TimelineEvent[] {
  let at = START;
  return history.map(({ afterMs, value }, i) => {
    at += afterMs;
    const base = { arrival: i, messageId: `m${i}`, name: 'e', at, receivedAt: at, subjects: [], patches: [] };
    return { ...base, properties: { value } };
  });
}

function folded(trait: ComputedTrait, events: readonly TimelineEvent[]): TraitState | undefined {
  let state: TraitState | undefined;
  for (const event of events) {
    const subject = { type: 'contact' as const, id: 'ada' };
    const view = { world: nobody, subject, place: placeOfEvent(event), zone: 'UTC', event };
    const after = foldEvent(trait, state, view);
    // As the engine does: what is kept is stored, and read back.
    if (after) state = JSON.parse(JSON.stringify(pruned(trait, after, event.at) ?? null)) ?? undefined;
  }
  return state;
}

/** The definition, word by word. */
function plain(trait: ComputedTrait, events: readonly TimelineEvent[], at: Instant, zone: string): Json | undefined {
  const { kind, overMs, overMonth, overLast } = trait;
  const part = events.filter(({ properties: { value } }) => {
    if (kind === 'count' || kind === 'average_gap') return true;
    return kind === 'sum' || kind === 'max' ? typeof value === 'number' : value !== null;
  });
  const month = (instant: Instant) => localDate(instant, zone).slice(0, 7);
  const seen = part
    .filter((event) => overMs === undefined || event.at > at - overMs)
    .filter((event) => !overMonth || month(event.at) === month(at))
    .slice(-(overLast ?? part.length));
  const values = seen.map((event) => event.properties.value!);
  const first = seen[0];
  switch (kind) {
    case 'count':
      return seen.length;
    case 'sum':
      return Math.round((values as number[]).reduce((a, b) => a + b, 0) * 10) / 10 + 0;
    case 'max':
      return values.length === 0 ? undefined : Math.max(...(values as number[]));
    case 'first':
      return values[0];
    case 'last':
      return values.at(-1);
    case 'unique':
      return [...new Set(values.flat(1))];
    default:
      return first && seen.length > 1 ? (seen.at(-1)!.at - first.at) / (seen.length - 1) / DAY_MS : undefined;
  }
}

describe.each(['count', 'sum', 'max', 'first', 'last', 'unique', 'average_gap'])('%s', (kind) => {
  it('says what the events of its window say, whenever it is read and in any zone', () => {
    fc.assert(
      fc.property(drawn, windows, fc.nat(40 * DAY_MS), fc.constantFrom(...ZONES), (history, window, laterMs, zone) => {
        const trait = traitOf(kind, window);
        const events = eventsOf(history);
        const at = events.at(-1)!.at + laterMs;
        const came = readFold(trait, folded(trait, events), at, zone);
        expect(came === undefined ? undefined : JSON.parse(JSON.stringify(came))).toEqual(
          JSON.parse(JSON.stringify(plain(trait, events, at, zone) ?? null)) ?? undefined,
        );
      }),
      { numRuns: 300 },
    );
  });

  it('changes by time alone only at its deadlines', () => {
    fc.assert(
      fc.property(drawn, windows, fc.constantFrom(...ZONES), (history, window, zone) => {
        const trait = traitOf(kind, window);
        const state = folded(trait, eventsOf(history));
        if (!state) return;
        let at = eventsOf(history).at(-1)!.at;
        for (let turn = 0; turn < history.length + 1; turn++) {
          const dueAt = nextLeaveAt(trait, state.entries, at, zone);
          const before = readFold(trait, state, at, zone);
          const until = dueAt ?? at + 90 * DAY_MS;
          expect(until).toBeGreaterThan(at);
          expect(readFold(trait, state, until - 1, zone)).toEqual(before);
          if (dueAt === undefined) return;
          at = dueAt;
        }
        expect(nextLeaveAt(trait, state.entries, at, zone)).toBeUndefined();
      }),
      { numRuns: 200 },
    );
  });
});

describe('what is kept stays small', () => {
  const events = eventsOf(Array.from({ length: 500 }, (_, i) => ({ afterMs: HOUR_MS, value: i })));

  it.each([
    ['count', {}, 1],
    ['sum', {}, 1],
    ['max', {}, 1],
    ['first', {}, 1],
    ['last', {}, 1],
    ['average_gap', {}, 2],
    ['last', { overMs: 240 * HOUR_MS }, 1],
    ['max', { overMs: 240 * HOUR_MS }, 1],
    ['count', { overMs: 240 * HOUR_MS }, 240],
    ['first', { overLast: 7 }, 7],
  ])('%s over %o keeps %i of 500 events', (kind, window, most) => {
    expect(folded(traitOf(kind, window), events)?.entries.length).toBeLessThanOrEqual(most);
  });

  it('events of one instant that are counted in a window are one entry', () => {
    const atOnce = eventsOf(Array.from({ length: 500 }, () => ({ afterMs: 0, value: 0.1 })));
    for (const kind of ['count', 'sum', 'average_gap']) {
      expect(folded(traitOf(kind, { overMs: DAY_MS }), atOnce)?.entries).toHaveLength(1);
    }
    expect(
      readFold(traitOf('sum', { overMs: DAY_MS }), folded(traitOf('sum', { overMs: DAY_MS }), atOnce), START, 'UTC'),
    ).toBe(50);
  });
});
