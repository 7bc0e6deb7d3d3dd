/** T8: a moment before or after a date; once for each value, rescheduled when it changes, skipped a day past. */
import fc from 'fast-check';
import { DAY_MS, delayOf, HOUR_MS, UNIT_MS } from '../draw.ts';
import type { Expected, Happening, HistoryEvent, Value } from '../history.ts';
import { playbookFile, type Rule } from '../rule.ts';
import { dateAfter, instantOf, localOf } from '../zones.ts';

const ZONES = ['Europe/Berlin', 'America/New_York', 'UTC', 'America/Santiago'];
/**
 * Days around changes of those zones' clocks, and instants of which the local date differs by zone, in the forms in which
 * they are read (section 11). No two of a list come to one local date: two dates of one moment are one firing (N3).
 */
const DATES = [
  ['2026-03-28', '2026-03-29', '2026-03-30 14:00', '2026-03-27 00:30 UTC', '2026-04-01T23:30:00Z'],
  ['2026-10-24', '2026-10-25', '2026-10-26T23:45:00', '2026-10-28T03:30+0200', '2026-10-22T22:30:00.000Z'],
  ['2026-09-05', '2026-09-06T00:30', '2026-09-07', '2026-09-09T04:30:00+01'],
];
/** Other texts are no dates. */
const NO_DATES = ['nonsense', '05.09.2026', '2026-9-5', '2026-03-29T25:00', ''];

interface Parameters {
  offset: { text: string | undefined; days: number; ms: number };
  time: string | undefined;
  zone: string;
  own: string | undefined;
  dates: string[];
}

const parameters: fc.Arbitrary<Parameters> = fc.record({
  offset: fc.constantFrom(
    { text: undefined, days: 0, ms: 0 },
    { text: '-1d', days: -1, ms: 0 },
    { text: '1d', days: 1, ms: 0 },
    { text: '-1w', days: -7, ms: 0 },
    { text: '2d', days: 2, ms: 0 },
  ),
  time: fc.constantFrom('09:00', '02:30', '00:00', '23:45'),
  zone: fc.constantFrom(...ZONES),
  own: fc.constantFrom(undefined, undefined, ...ZONES),
  dates: fc.constantFrom(...DATES),
});

const happeningsFor = (p: Parameters): fc.Arbitrary<Happening[]> => {
  const one = fc.record({
    gapMs: fc.constantFrom(0, 0, UNIT_MS, 5 * HOUR_MS, 12 * HOUR_MS, DAY_MS, DAY_MS + 1, 30 * 60_000),
    /** It happens at the very moment of a date instead, where that is not past. */
    momentOf: fc.constantFrom(undefined, undefined, undefined, ...p.dates),
    delayMs: delayOf(6 * HOUR_MS, 10),
    to: fc.constantFrom<Value | undefined>(undefined, ...p.dates, ...NO_DATES, null),
  });
  const start = Date.parse(`${p.dates[0]!.slice(0, 10)}T00:00:00Z`) + p.offset.days * DAY_MS - DAY_MS;
  return fc.array(one, { maxLength: 10 }).map((list) => {
    let at = start;
    return list.map(({ gapMs, momentOf: date, delayMs, to }) => {
      const moment = date === undefined ? undefined : momentOf(date, p);
      at = moment !== undefined && moment >= at ? moment : at + gapMs;
      return { at, delayMs, name: 'seen', properties: {}, ...(to !== undefined && { traits: { renewal: to } }) };
    });
  });
};

export const rule: Rule = {
  name: 'date',
  of: 'T8',
  cases: parameters.map((p) => {
    const trigger = {
      date: 'contact.renewal',
      ...(p.offset.text !== undefined && { offset: p.offset.text }),
      ...(p.time !== undefined && { at: p.time }),
    };
    return {
      told: `${p.zone}, own ${p.own ?? 'none'} ${JSON.stringify(trigger)}`,
      trigger,
      files: [playbookFile({ trigger, time_zone: p.zone })],
      subject: 'contact',
      traits: p.own === undefined ? {} : { time_zone: p.own },
      happenings: happeningsFor(p),
      until: (history) => (history.at(-1)?.at ?? 0) + 20 * DAY_MS,
      expected: (history, until) => told(history, until, p),
    };
  }),
};

function told(history: readonly HistoryEvent[], until: number, p: Parameters): Expected[] {
  const fired = new Map<string, number>();
  for (const learned of history) {
    const date = learned.traitsAfter.renewal;
    const moment = typeof date === 'string' ? momentOf(date, p) : undefined;
    if (typeof date !== 'string' || moment === undefined || fired.has(date)) continue;
    // More than a day past when it is learned: skipped. Less: it fires at once, with the moment that it is of.
    if (learned.at - moment > DAY_MS) continue;
    if (moment < learned.at) {
      fired.set(date, moment);
      continue;
    }
    const changed = history.some(
      (event) => event.index > learned.index && event.at <= moment && event.traitsAfter.renewal !== date,
    );
    if (!changed && moment <= until) fired.set(date, moment);
  }
  return [...fired].map(([date, at]) => ({
    at,
    key: '',
    evidence: [],
    fields: { date, offset: p.offset.text ?? '0d' },
  }));
}

function momentOf(date: string, { offset, time, zone, own }: Parameters): number | undefined {
  const there = own ?? zone;
  const local = localDateOf(date, there);
  if (local === undefined) return undefined;
  const [hour, minute] = (time ?? '00:00').split(':').map(Number);
  return instantOf(dateAfter(local, offset.days), hour! * 60 + minute!, there);
}

/** The date in a zone: what names no zone is a date there already. */
function localDateOf(text: string, there: string): string | undefined {
  const date = text.slice(0, 10);
  if (Number.isNaN(Date.parse(`${date}T00:00:00Z`)) || !/^\d{4}-\d\d-\d\d($|[T ]\d\d:\d\d)/.test(text))
    return undefined;
  const time = text.slice(11, 16);
  if (time > '23:59') return undefined;
  const [zone] = /(Z|UTC|[+-]\d{2,4})$/.exec(text.slice(16)) ?? [];
  if (zone === undefined) return date;
  const hours = Number(zone.slice(1, 3)) || 0;
  return localOf(Date.parse(`${date}T${time}:00Z`) - hours * HOUR_MS, there).date;
}
