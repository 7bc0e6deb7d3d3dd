/** Histories that are made of `for_all` (V3): whatever events it lists, as often and as close together as it lets them. */
import fc from 'fast-check';
import type { GeneratedHistories } from '../../language/compile/tests/types.ts';
import type { PlaybookTest, TestEvent } from '../../language/compile.ts';
import type { Instant, Json, PlaybookVersion } from '../../language/model.ts';

/** One event of a history, and how long after the one before it. */
export interface Drawn {
  gapMs: number;
  event: string;
  properties: { [name: string]: Json };
}

/** Where a history begins, of a test that says neither `start` nor an event: a Monday. */
const USUAL_BEGIN: Instant = Date.parse('2026-01-05T00:00:00Z');
const MINUTE_MS = 60_000;
/** No two come at one instant: nobody means that, and whatever is ended by an event is not by one of its own first instant. */
const LEAST_GAP_MS = 1_000;
/** Of a playbook with many lengths the shortest: each is tried with what lies a moment before and behind it. */
const MAX_LENGTHS = 60;

/** Drawn so that what breaks becomes shorter: fewer events first, then earlier ones. */
export function historiesOf({ events, withinMs, atMost }: GeneratedHistories, version: PlaybookVersion) {
  const lengths = lengthsIn(version).filter((ms) => ms > LEAST_GAP_MS && ms < withinMs);
  const near = lengths.flatMap((ms) => [ms, ms + 1, ms - 1]);
  const gap = fc.oneof(
    { withCrossShrink: true },
    fc.constant(LEAST_GAP_MS),
    fc.integer({ min: 1, max: Math.max(1, Math.floor(withinMs / MINUTE_MS)) }).map((minutes) => minutes * MINUTE_MS),
    ...(near.length > 0 ? [fc.constantFrom(...near)] : []),
  );
  const one = fc.oneof(
    ...events.map(({ event, properties }) =>
      fc.record({
        gapMs: gap,
        event: fc.constant(event),
        properties: fc.record(Object.fromEntries(Object.entries(properties).map(([name, v]) => [name, drawnFrom(v)]))),
      }),
    ),
  );
  return fc.array(one, { maxLength: atMost, size: 'max' }).map((history) => upTo(history as Drawn[], withinMs));
}

/** A list of values is drawn from; anything else is what it is. */
function drawnFrom(value: Json): fc.Arbitrary<Json> {
  return Array.isArray(value) && value.length > 0 ? fc.constantFrom(...(value as Json[])) : fc.constant(value);
}

/** What lies behind the end has not happened. */
function upTo(history: readonly Drawn[], withinMs: number): Drawn[] {
  let afterMs = 0;
  return history.filter(({ gapMs }, i) => (afterMs += i === 0 ? 0 : gapMs) <= withinMs);
}

/** Every length that the playbook says, of waits, windows and the like: what breaks, breaks near one of them. */
function lengthsIn({ playbook }: PlaybookVersion): number[] {
  const found = new Set<number>();
  const walk = (value: unknown, key: string): void => {
    if (typeof value === 'number' && value > 0 && /(^ms|Ms)$/.test(key)) found.add(value);
    else if (typeof value === 'object' && value !== null)
      for (const [name, inner] of Object.entries(value)) walk(inner, name);
  };
  walk(playbook, '');
  return [...found].sort((a, b) => a - b).slice(0, MAX_LENGTHS);
}

/** The test with a history behind its own events. */
export function withHistory(test: PlaybookTest, history: readonly Drawn[]): PlaybookTest {
  const { line } = test.generated!;
  const isFirst = test.events.length === 0;
  const events = history.map(({ gapMs, event, properties }, i): TestEvent => {
    const time = isFirst && i === 0 ? { at: test.start ?? USUAL_BEGIN } : { afterMs: gapMs };
    return { line, time, kind: 'event', event, properties };
  });
  return { ...test, events: [...test.events, ...events] };
}
