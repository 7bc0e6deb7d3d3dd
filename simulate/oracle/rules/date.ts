/** T8: a moment before or after a date; once for each value, or each time it comes back; rescheduled when it changes, skipped a day past. */
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
  offset: { text: string | undefined; days: number; months?: number };
  /** It comes back every week. */
  weekly: boolean;
  time: string | undefined;
  zone: string;
  own: string | undefined;
  dates: string[];
}

const parameters: fc.Arbitrary<Parameters> = fc.record({
  offset: fc.constantFrom(
    { text: undefined, days: 0 },
    { text: '-1d', days: -1 },
    { text: '1d', days: 1 },
    { text: '-1w', days: -7 },
    { text: '2d', days: 2 },
    { text: '+1 month', days: 0, months: 1 },
  ),
  weekly: fc.constantFrom(false, false, true),
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
  const start = Date.parse(`${away(p.dates[0]!.slice(0, 10), p)}T00:00:00Z`) - DAY_MS;
  return fc.array(one, { maxLength: 10 }).map((list) => {
    let at = start;
    return list.map(({ gapMs, momentOf: date, delayMs, to }) => {
      const moment = date === undefined ? undefined : momentsOf(date, p)[0]?.moment;
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
      ...(p.weekly && { every: 'week' }),
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
  const fired = new Map<string, { moment: number; count: number }>();
  for (const learned of history) {
    const date = learned.traitsAfter.renewal;
    if (typeof date !== 'string') continue;
    for (const { is, moment, count } of momentsOf(date, p)) {
      // More than a day past when it is learned: skipped. Less: it fires at once, with the moment that it is of.
      if (fired.has(is) || learned.at - moment > DAY_MS) continue;
      if (moment < learned.at) {
        fired.set(is, { moment, count });
        continue;
      }
      const changed = history.some(
        (event) => event.index > learned.index && event.at <= moment && event.traitsAfter.renewal !== date,
      );
      if (!changed && moment <= until) fired.set(is, { moment, count });
    }
  }
  return [...fired].map(([date, { moment, count }]) => ({
    at: moment,
    key: '',
    evidence: [],
    fields: { date, offset: p.offset.text ?? '0d', ...(p.weekly && { count }) },
  }));
}

/** The moments of a date, by what each is told apart by: the value, or the date as which it comes back. */
function momentsOf(date: string, p: Parameters): { is: string; moment: number; count: number }[] {
  const there = p.own ?? p.zone;
  const local = localDateOf(date, there);
  if (local === undefined) return [];
  const [hour, minute] = (p.time ?? '00:00').split(':').map(Number);
  // Ten weeks: more than a history and the time after it.
  return Array.from({ length: p.weekly ? 10 : 1 }, (_, count) => {
    const comes = dateAfter(local, count * 7);
    const moment = instantOf(away(comes, p), hour! * 60 + minute!, there);
    return { is: p.weekly ? comes : date, moment, count };
  });
}

/** A month later is the same day of the next month, or its last where there is none of that number. */
function away(date: string, { offset: { days, months = 0 } }: Parameters): string {
  const [year, month, day] = date.split('-').map(Number) as [number, number, number];
  const first = new Date(Date.UTC(year, month - 1 + months, 1)).toISOString().slice(0, 10);
  let to = first;
  while (Number(to.slice(8)) < day && dateAfter(to, 1).slice(0, 7) === first.slice(0, 7)) to = dateAfter(to, 1);
  return dateAfter(to, days);
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
