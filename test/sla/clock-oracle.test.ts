/** L1 to L5: a clock tells what one tells that is looked at every minute. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Calendar, Target } from '../../language/model.ts';
import { at, calendarOf, ROUND_THE_CLOCK, SUPPORT } from '../time/calendars.ts';
import { afterBreach, ClockStory, days, hours, type Part, share } from './clock-story.ts';
import { type Happening, type Minutes, minutesOf, SlowClock } from './slow-clock.ts';

const MINUTE_MS = 60_000;
const MARKS = [share(80), afterBreach(hours(2))];

/** Open while clocks change, and over midnight. */
const NIGHT = calendarOf({
  calendar: 'night',
  time_zone: 'Europe/Berlin',
  hours: { 'mon-sun': ['00:00-04:15', '22:00-24:00'] },
});
const NEW_YORK = calendarOf({
  calendar: 'new-york',
  time_zone: 'America/New_York',
  hours: { 'mon-fri': ['01:30-03:30', '09:00-17:00'], sun: ['01:00-03:00'] },
});

const STRETCHES: [name: string, calendar: Calendar, start: string, days: number][] = [
  ['over a short Friday, two weekends and the change to summer time', SUPPORT, '2026-03-19T00:00Z', 13],
  ['over a Christmas', SUPPORT, '2026-12-21T00:00Z', 9],
  ['at night, over the hour that is not there', NIGHT, '2026-03-27T00:00Z', 5],
  ['at night, over the hour that comes twice', NIGHT, '2026-10-23T00:00Z', 5],
  ['without an end, over a day of 25 hours', ROUND_THE_CLOCK, '2026-10-23T00:00Z', 5],
  ['in another zone, over its own change to summer time', NEW_YORK, '2026-03-05T00:00Z', 7],
  ['in another zone, over its own change back', NEW_YORK, '2026-10-29T00:00Z', 7],
];

const EXACT = { kind: 'exact', ms: 150 * MINUTE_MS } as const;
const HOURS = [hours(1), hours(2), hours(4), hours(8), hours(16)];
/** One within, one at the opening of, one behind the hours of some day here. */
const MOMENTS: Target[] = [
  { kind: 'end-of-business-day', days: 1 },
  ...['00:30', '09:00', '12:00', '21:00'].map((time): Target => ({ kind: 'days-at', days: 1, of: 'business', time })),
];
const ALL: Target[] = [...HOURS, days(0.5), days(1), days(1.35), days(2), EXACT];

function happenings(minutes: Minutes, targets: Target[]): fc.Arbitrary<Happening[]> {
  const one: fc.Arbitrary<Happening> = fc.record({
    // Few distinct minutes, so that many meet each other, openings and closings.
    minute: fc.integer({ min: 0, max: minutes.count / 15 - 1 }).map((quarter) => quarter * 15),
    parts: fc.uniqueArray(fc.constantFrom<Part>('starts', 'stops', 'resumes', 'cancels'), { maxLength: 2 }),
    paused: fc.boolean(),
    target: fc.constantFrom(...targets),
  });
  return fc.array(one, { maxLength: 14 }).map((all) => all.sort((a, b) => a.minute - b.minute));
}

describe.each(STRETCHES)(
  'a clock agrees with one that is looked at every minute, %s',
  (_name, calendar, start, count) => {
    const minutes = minutesOf(calendar, at(start), count);

    it.each([
      ['deadlines looked at when they come', true, HOURS],
      ['deadlines noticed by the next event', false, HOURS],
      ['targets of hours, days and exact lengths', true, ALL],
      ['targets that are moments', true, MOMENTS],
      ['moments and lengths, noticed by the next event', false, [...MOMENTS, hours(4), EXACT]],
    ])('whatever happens, with %s', (_what, punctual, targets) => {
      fc.assert(
        fc.property(happenings(minutes, targets), fc.boolean(), (all, repeat) => {
          const slow = new SlowClock(minutes);
          slow.walk(all, repeat);

          const story = new ClockStory({ repeat, marks: MARKS, calendar, punctual });
          for (const { minute, parts, paused, target } of all) {
            story.event(minutes.start + minute * MINUTE_MS, parts, { paused, target });
          }
          story.until(minutes.start + minutes.count * MINUTE_MS - 1);
          const told = story.changes
            .filter((change) => change.kind !== 'retargeted')
            .map((change) => {
              const what = change.kind === 'marked' ? change.mark.kind : change.kind;
              return `${Math.floor((change.at - minutes.start) / MINUTE_MS)} ${what} #${change.instance}`;
            });
          expect(told).toEqual(slow.told);
        }),
        { numRuns: 40 },
      );
    });
  },
);
