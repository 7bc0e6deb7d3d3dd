/** T9, T12: a condition over traits that turns, by an event or by time; asked at every place at which it may. */
import fc from 'fast-check';
import { DAY_MS, gapMs, HOUR_MS, happeningsOf, UNIT_MS } from '../draw.ts';
import type { Expected, HistoryEvent } from '../history.ts';
import { playbookFile, type Rule } from '../rule.ts';
import { dateAfter, instantOf, localOf } from '../zones.ts';

const ZONES = ['Europe/Berlin', 'America/New_York', 'UTC'];

/** What is known at a place of the order. */
interface Place {
  at: number;
  /** The event at whose place it is; undefined behind all events of its instant, where time alone looks. */
  event: HistoryEvent | undefined;
  past: readonly HistoryEvent[];
}

interface Condition {
  cel: string;
  traits: { [name: string]: unknown };
  holds(place: Place): boolean;
  /** Instants at which time may turn it. */
  turns(history: readonly HistoryEvent[], until: number): number[];
}

const stageOf = ({ past }: Place) => past.at(-1)?.traitsAfter.stage;
const inWindow = ({ past, at }: Place, units: number) =>
  past.filter((event) => event.name === 'a' && event.at > at - units * UNIT_MS).length;
const leaving = (history: readonly HistoryEvent[], units: number) =>
  history.filter((event) => event.name === 'a').map((event) => event.at + units * UNIT_MS);

const stage: Condition = {
  cel: 'contact.stage == "one"',
  traits: {},
  holds: (place) => stageOf(place) === 'one',
  turns: () => [],
};

/** A contact without a stage has none that is another (T0). */
const otherStage: Condition = {
  ...stage,
  cel: 'contact.stage != "one"',
  holds: (place) => stageOf(place) !== undefined && stageOf(place) !== 'one',
};

const windowed = fc
  .record({
    units: fc.integer({ min: 1, max: 6 }),
    n: fc.integer({ min: 1, max: 3 }),
    sign: fc.constantFrom('>=', '<', '=='),
  })
  .map(
    ({ units, n, sign }): Condition => ({
      cel: `contact.n_w ${sign} ${n}`,
      traits: { n_w: { count: true, event: 'a', over: `${units * 10}m` } },
      holds(place) {
        const count = inWindow(place, units);
        return sign === '>=' ? count >= n : sign === '<' ? count < n : count === n;
      },
      turns: (history) => leaving(history, units),
    }),
  );

const both = fc.integer({ min: 1, max: 6 }).map(
  (units): Condition => ({
    cel: 'contact.n_w >= 1 && contact.stage == "one"',
    traits: { n_w: { count: true, event: 'a', over: `${units * 10}m` } },
    holds: (place) => inWindow(place, units) >= 1 && stageOf(place) === 'one',
    turns: (history) => leaving(history, units),
  }),
);

const daysSince = fc
  .record({ days: fc.integer({ min: 1, max: 3 }), zone: fc.constantFrom(...ZONES) })
  .map(({ days, zone }): Condition & { zone: string } => ({
    zone,
    cel: `days_since(contact.last_a) >= ${days}`,
    traits: { last_a: { last: 'event.at', event: 'a', over: 'ever' } },
    holds({ past, at }) {
      const last = past.filter((event) => event.name === 'a').at(-1);
      return last !== undefined && localOf(at, zone).date >= dateAfter(localOf(last.at, zone).date, days);
    },
    turns(history, until) {
      const midnights: number[] = [];
      const first = history[0]?.at ?? until;
      for (let day = localOf(first, zone).date; ; day = dateAfter(day, 1)) {
        const midnight = instantOf(day, 0, zone);
        if (midnight > until) return midnights;
        midnights.push(midnight);
      }
    },
  }));

const drawn = fc.record({
  condition: fc.oneof(fc.constantFrom<Condition & { zone?: string }>(stage, otherStage), windowed, both, daysSince),
  form: fc.constantFrom('becomes', 'becomes', 'for', 'for', 'enters', 'leaves'),
  holdUnits: fc.integer({ min: 1, max: 6 }),
});

export const rule: Rule = {
  name: 'turning',
  of: 'T9, T12, T15',
  cases: drawn.map(({ condition, form, holdUnits }) => {
    const { cel, traits } = condition;
    const zone = 'zone' in condition && typeof condition.zone === 'string' ? condition.zone : 'UTC';
    const daily = 'zone' in condition;
    const inSegment = form === 'enters' || form === 'leaves';
    const holdMs = form === 'for' ? holdUnits * UNIT_MS * (daily ? 12 : 1) : undefined;
    const trigger = inSegment
      ? { [form]: 'seg' }
      : { becomes: cel, ...(holdMs !== undefined && { for: `${holdMs / 60_000}m` }) };
    return {
      told: `${zone} ${cel}: ${JSON.stringify(trigger)}`,
      trigger,
      files: [
        playbookFile({ trigger, time_zone: zone }),
        { path: 'segments/s.yaml', text: JSON.stringify({ subject: 'contact', segments: { seg: cel } }) },
        { path: 'traits/t.yaml', text: JSON.stringify({ subject: 'contact', traits }) },
        { path: 'settings.yaml', text: JSON.stringify({ time_zone: zone }) },
      ],
      subject: 'contact',
      traits: {},
      happenings: happeningsOf(['a', 'b'], {
        gap: daily ? fc.oneof(gapMs, fc.constantFrom(11 * HOUR_MS, DAY_MS, 2 * DAY_MS)) : gapMs,
      }),
      until: (history) => (history.at(-1)?.at ?? 0) + 5 * DAY_MS,
      expected: (history, until) => told(history, until, { condition, isOff: form === 'leaves', holdMs }),
    };
  }),
};

interface Edge {
  condition: Condition;
  /** It fires when the condition no longer holds. */
  isOff: boolean;
  /** For how long it must then stay so. */
  holdMs: number | undefined;
}

function told(history: readonly HistoryEvent[], until: number, { condition, isOff, holdMs }: Edge): Expected[] {
  const first = history[0];
  if (!first) return [];
  const times = new Set(condition.turns(history, until).filter((at) => at >= first.at && at <= until));
  if (holdMs !== undefined) for (const at of [...times, ...history.map((event) => event.at)]) times.add(at + holdMs);
  const atEvent = (event: HistoryEvent): Place => ({ at: event.at, event, past: history.slice(0, event.index + 1) });
  const after = (at: number): Place => ({ at, event: undefined, past: history.filter((event) => event.at <= at) });
  const places = [...history.map(atEvent), ...[...times].map(after)].sort(
    (a, b) => a.at - b.at || a.past.length - b.past.length || (a.event ? 0 : 1) - (b.event ? 0 : 1),
  );
  const isOn = (place: Place) => condition.holds(place) !== isOff;
  return places.flatMap((place, i) => {
    // Before anything happens there is no record: nothing holds, and it is in no segment.
    const before = places[i - 1];
    if (!isOn(place) || (before ? isOn(before) : isOff)) return [];
    const at = place.at + (holdMs ?? 0);
    // It stays true through the deadline, which comes after all events of its instant.
    const stays = holdMs === undefined || places.every((p, j) => j < i || p.at > at || isOn(p));
    return stays && at <= until ? [{ at, key: '', evidence: place.event ? [place.event.id] : [] }] : [];
  });
}
