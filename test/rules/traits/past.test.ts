/** T14: scores, pairs and traits at places of the past, against the plain definition over drawn histories. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ComputedTrait, Instant, Json } from '../../../language/model.ts';
import { type Place, placeOfEvent, placeOfJourney, type TimelineEvent } from '../../../language/records/timeline.ts';
import type { World } from '../../../language/records/world.ts';
import { foldUpTo, PastFolds } from '../../../triggers/history/past-folds.ts';
import { readFold } from '../../../triggers/traits/fold-trait.ts';

const DAY_MS = 86_400_000;
const START = Date.UTC(2026, 0, 20);
const nobody: World = {
  people: { persons: [], teams: [], channels: {} },
  traits: () => undefined,
  computed: () => undefined,
  isComputed: () => false,
};
const around = { world: nobody, zone: 'UTC' };
const ada = { type: 'contact' as const, id: 'ada' };
const cel = (source: string) => ({ cel: source, reads: [source], counts: [], timed: false });

const drawn = fc.array(
  fc.record({
    name: fc.constantFrom('sent', 'opened', 'other'),
    afterMs: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 3 * DAY_MS })),
    n: fc.integer({ min: 0, max: 4 }),
  }),
  { minLength: 1, maxLength: 30 },
);
type Drawn = { name: string; afterMs: number; n: number };

function eventsOf(history: readonly Drawn[]): TimelineEvent[] {
  let at = START;
  return history.map(({ name, afterMs, n }, i) => {
    at += afterMs;
    const base = { arrival: i, messageId: `m${i}`, at, receivedAt: at, subjects: [], patches: [] };
    return { ...base, name, properties: { n } };
  });
}

function valueAt(trait: ComputedTrait, events: readonly TimelineEvent[], place: Place): Json | undefined {
  return readFold(trait, foldUpTo(trait, { record: ada, events, around }, place).state, place.at, 'UTC');
}

const pairs = (window: Partial<ComputedTrait>): ComputedTrait => ({
  subject: 'contact',
  name: 'pairs',
  kind: 'count',
  events: [{ event: 'opened' }, { event: 'sent', of: true }],
  by: cel('event.n'),
  ...window,
});

describe('of and by', () => {
  const windows = fc.oneof(
    fc.constant({}),
    fc.integer({ min: 1, max: 6 * DAY_MS }).map((overMs) => ({ overMs })),
    fc.integer({ min: 1, max: 6 }).map((overLast) => ({ overLast })),
  );

  it('count those of the window whose like has come, before or after', () => {
    fc.assert(
      fc.property(drawn, windows, fc.nat(5 * DAY_MS), (history, window, laterMs) => {
        const events = eventsOf(history);
        const at = events.at(-1)!.at + laterMs;
        const { overMs, overLast }: Partial<ComputedTrait> = window;
        const opened = new Set(events.filter((e) => e.name === 'opened').map((e) => e.properties.n));
        const sent = events.filter((e) => e.name === 'sent' && (overMs === undefined || e.at > at - overMs));
        const expected = sent.slice(-(overLast ?? sent.length)).filter((e) => opened.has(e.properties.n)).length;
        expect(valueAt(pairs(window), events, placeOfJourney(at))).toBe(sent.length === 0 ? 0 : expected);
      }),
      { numRuns: 500 },
    );
  });

  it('keep the latest hundred that stand before their like, and no more', () => {
    const openings = eventsOf(Array.from({ length: 300 }, (_, n) => ({ name: 'opened', afterMs: 1, n })));
    const { state } = foldUpTo(
      pairs({ overLast: 5 }),
      { record: ada, events: openings, around },
      placeOfJourney(START + 1000),
    );
    expect(state?.counted).toHaveLength(100);
    expect(state?.entries).toHaveLength(0);
  });
});

describe('a score', () => {
  const halfLifeMs = 2 * DAY_MS;
  const score: ComputedTrait = {
    subject: 'contact',
    name: 'score',
    kind: 'score',
    events: [
      { event: 'sent', row: 0, points: cel('event.n') },
      { event: 'opened', row: 1, points: { cel: '-3', reads: [], counts: [], timed: false } },
    ],
    halfLifeMs,
  };

  it('is the sum of what is left of the points of each of its events', () => {
    fc.assert(
      fc.property(drawn, fc.nat(20 * DAY_MS), (history, laterMs) => {
        const events = eventsOf(history);
        const at = events.at(-1)!.at + laterMs;
        const counted = events.filter((event) => event.name !== 'other');
        const left = (event: TimelineEvent, instant: Instant) =>
          (event.name === 'sent' ? (event.properties.n as number) : -3) * 2 ** (-(instant - event.at) / halfLifeMs);
        const came = valueAt(score, events, placeOfJourney(at));
        if (counted.length === 0) expect(came).toBeUndefined();
        else
          expect(came).toBeCloseTo(
            counted.reduce((sum, event) => sum + left(event, at), 0),
            9,
          );
      }),
    );
  });
});

describe('a place of the past', () => {
  it('sees what stands before it in the order, itself included, whichever places were asked before', () => {
    const count: ComputedTrait = { subject: 'contact', name: 'n', kind: 'count', events: [{ event: 'sent' }] };
    fc.assert(
      fc.property(drawn, fc.array(fc.nat(29), { minLength: 1, maxLength: 8 }), (history, asked) => {
        const events = eventsOf(history);
        const folds = new PastFolds(new Map([['contact/ada', events]]));
        for (const n of asked.map((index) => index % events.length)) {
          const place = placeOfEvent(events[n]!);
          const came = readFold(count, folds.at(count, ada, place, around), place.at, 'UTC');
          expect(came).toBe(events.slice(0, n + 1).filter((event) => event.name === 'sent').length);
        }
      }),
    );
  });
});
