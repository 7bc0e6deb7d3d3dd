/** L3: a promise may be a moment, `end of next business day`. */
import { describe, expect, it } from 'vitest';
import type { Calendar } from '../../language/model.ts';
import { parseTarget } from '../../language/time/moment.ts';
import { dueAt, elapsedMs, overdueMs } from '../../triggers/sla/clock.ts';
import { day } from '../rules/play.ts';
import { at } from '../time/calendars.ts';
import { ClockStory, hours, share } from './clock-story.ts';
import { firings, policy, ticket } from './desk.ts';

const END = { kind: 'end-of-business-day', days: 1 } as const;
const NOON = { kind: 'days-at', days: 1, of: 'business', time: '12:00' } as const;
const HOUR_MS = 3_600_000;

describe('a target that is a moment', () => {
  it.each([
    // Monday is 2 March: the end of Tuesday; half of the seven hours of Monday and seven of Tuesday.
    ['end of next business day', '50%', '09:00', 0, ['03-02 17:00', '03-03 17:00']],
    ['next business day at "12:00"', '50%', '09:00', 0, ['03-02 15:00', '03-03 12:00']],
    ['2 business days at "10:00"', '-1 business day', '11:00', 0, ['03-03 10:00', '03-04 10:00']],
    // On a Friday, and on a Saturday, the next business day is Monday.
    ['end of next business day', '-30m', '16:00', 4, ['03-09 16:30', '03-09 17:00']],
    ['end of next business day', '-30m', '16:00', 5, ['03-09 16:30', '03-09 17:00']],
    // A time at which the desk is closed is a promise as well.
    ['next business day at "12:30"', '-1 business hour', '10:00', 0, ['03-03 11:00', '03-03 12:30']],
    ['next business day at "20:00"', '99.999%', '10:00', 0, ['03-03 16:59', '03-03 20:00']],
    // No business time lies before it: its shares come with it, and the breach overtakes them.
    ['next business day at "08:00"', '50%', '18:00', 0, ['03-03 08:00', '03-03 08:00']],
  ])('%s, with %s of a clock that starts at %s', (target, mark, start, ...[later, expected]) => {
    const desk = policy(`    target: ${target}\n`);
    expect(firings(mark, desk, [ticket(start, 'ticket.created', {}, later)], day('23:00', 9))).toEqual(expected);
  });

  it('a pause moves it by the business time that it took', () => {
    const desk = policy('    pause: ticket.status == "pending"\n    target: end of next business day\n');
    const pending = (from: string, to: string) => [
      ticket('10:00'),
      ticket(from, 'ticket.updated', { status: 'pending' }),
      ticket(to, 'ticket.updated', { status: 'open' }),
    ];
    const until = day('23:00', 3);
    // Two business hours (noon to 13:00 is none), at the opening of the day after.
    expect(firings('-1 business hour', desk, pending('11:00', '14:00'), until)).toEqual(['03-04 10:00', '03-04 11:00']);
    // At lunch nothing is lost.
    expect(firings('-1 business hour', desk, pending('12:00', '13:00'), until)).toEqual(['03-03 16:00', '03-03 17:00']);
  });

  it('a pause over the whole of it moves it behind the resume', () => {
    const story = new ClockStory({ target: NOON, marks: [share(50)] })
      .event('2026-03-02T08:00Z', ['starts'])
      .event('2026-03-02T12:00Z', [], { paused: true })
      .until('2026-03-04T09:00Z');
    expect(dueAt(story.state!, story.calendar, 1)).toBeUndefined();
    story.event('2026-03-04T09:00Z', [], { paused: false }).until('2026-03-06T00:00Z');
    expect(story.instantOf('breached')).toBe('2026-03-05T08:30Z');
  });

  it('a moment that passed while the desk was closed and the clock stood still is due at the resume', () => {
    const late = { ...NOON, time: '22:00' };
    const story = new ClockStory({ target: late })
      .event('2026-03-02T08:00Z', ['starts'])
      .event('2026-03-03T20:00Z', [], { paused: true })
      .event('2026-03-04T05:00Z', [], { paused: false })
      .until('2026-03-04T06:00Z');
    expect(story.instantOf('breached')).toBe('2026-03-04T05:00Z');
  });

  it('a stop at exactly the moment is in time, one behind it is late, and what ran over is counted', () => {
    const start = () => new ClockStory({ target: NOON }).event('2026-03-02T08:00Z', ['starts']);
    expect(start().event('2026-03-03T11:00Z', ['stops']).told.at(-1)).toBe('2026-03-03T11:00Z stopped in time #1');
    const late = start().event('2026-03-03T13:00Z', ['stops']);
    expect(late.told.slice(-2)).toEqual(['2026-03-03T11:00Z breached #1', '2026-03-03T13:00Z stopped late #1']);
    expect(elapsedMs(late.state!, late.calendar, 1, at('2026-03-03T13:00Z'))).toBe(12 * HOUR_MS);
    expect(overdueMs(late.state!, late.calendar, 1, at('2026-03-03T13:00Z'))).toBe(HOUR_MS);
  });

  it('a retarget to a moment counts it from the start of the instance, and away from it keeps what has elapsed', () => {
    const story = new ClockStory({ target: hours(40) })
      .event('2026-03-02T08:00Z', ['starts'])
      .event('2026-03-03T10:00Z', [], { target: END })
      .until('2026-03-03T12:00Z');
    expect(dueAt(story.state!, story.calendar, 1)).toBe(at('2026-03-03T17:00Z'));
    // The same moment again is no retarget, in whatever order its keys stand.
    story.event('2026-03-03T12:00Z', [], { target: { days: 1, kind: 'end-of-business-day' } });
    expect(story.told.filter((line) => line.includes('retargeted'))).toHaveLength(1);
    story.event('2026-03-03T12:00Z', [], { target: hours(1) });
    expect(story.told.at(-1)).toBe('2026-03-03T12:00Z retargeted #1');
    expect(story.until('2026-03-03T12:00Z').told.at(-1)).toBe('2026-03-03T12:00Z breached #1');
  });

  it('where no business day comes within ten years nothing is due', () => {
    const once: Calendar = { name: 'once', timeZone: 'UTC', week: [], except: { '2026-03-02': [[540, 1020]] } };
    const story = new ClockStory({ target: END, calendar: once }).event('2026-03-02T09:00Z', ['starts']);
    expect(dueAt(story.until('2026-03-30T00:00Z').state!, once, 1)).toBeUndefined();
    expect(story.told).toEqual(['2026-03-02T09:00Z started #1']);
  });

  it.each([
    'end of business day',
    'tomorrow',
    '1 calendar day at 09:00',
    'next business day',
    'at noon',
    '{until: open}',
  ])('%s is no target', (text) => {
    expect(parseTarget(text)).toMatchObject({ hint: expect.stringMatching(/write /) });
  });
});
