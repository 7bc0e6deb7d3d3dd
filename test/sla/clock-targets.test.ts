import { describe, expect, it } from 'vitest';
import { isoInstant } from '../../language/time/zones.ts';
import { clockDeadline, dueAt, elapsedMs, markReachedAt, overdueMs } from '../../triggers/sla/clock.ts';
import { at, ROUND_THE_CLOCK } from '../time/calendars.ts';
import { afterBreach, BREACH, ClockStory, days, hours, share } from './clock-story.ts';

const HOUR_MS = 3_600_000;
const exact = (ms: number) => ({ kind: 'exact' as const, ms });
const iso = (instant: number | undefined) =>
  instant === undefined ? undefined : isoInstant(instant).replace(':00.000Z', 'Z');

describe('a target that changes keeps what has elapsed (L3, L5)', () => {
  it('a shorter one that has already passed is breached at that event, not before', () => {
    const story = new ClockStory({ target: hours(8) })
      .event('2026-03-02T08:00Z', ['starts'])
      .event('2026-03-02T15:00Z', [], { target: hours(4) })
      .until('2026-03-03T00:00Z');
    expect(story.told.slice(1)).toEqual(['2026-03-02T15:00Z retargeted #1', '2026-03-02T15:00Z breached #1']);
    // Overdue counts from the breach, as a mark after it does.
    expect(overdueMs(story.state!, story.calendar, 1, at('2026-03-02T16:00Z'))).toBe(HOUR_MS);
  });

  it('a stop in the same instant is still in time (L4)', () => {
    const story = new ClockStory({ target: hours(8) })
      .event('2026-03-02T08:00Z', ['starts'])
      .event('2026-03-02T15:00Z', [], { target: hours(4) })
      .event('2026-03-02T15:00Z', ['stops']);
    expect(story.told.at(-1)).toBe('2026-03-02T15:00Z stopped in time #1');
  });

  it('while paused nothing fires, whatever the target; what is due fires at the resume (L5)', () => {
    const story = new ClockStory({ target: hours(8), marks: [share(80)] })
      .event('2026-03-02T08:00Z', ['starts'])
      .event('2026-03-02T10:00Z', [], { paused: true })
      .event('2026-03-02T11:00Z', [], { target: hours(1) })
      .event('2026-03-03T09:00Z', [], { paused: false })
      .until('2026-03-04T00:00Z');
    expect(story.told.slice(2)).toEqual([
      '2026-03-02T11:00Z retargeted #1',
      '2026-03-03T09:00Z resumed #1',
      '2026-03-03T09:00Z marked {"kind":"share","percent":80} #1',
      '2026-03-03T09:00Z breached #1',
    ]);
  });

  it('a mark fires once, also when a longer target puts it ahead again', () => {
    const story = new ClockStory({ marks: [share(80)] })
      .event('2026-03-02T08:00Z', ['starts'])
      .event('2026-03-02T12:30Z', [], { target: hours(8) })
      .until('2026-03-04T00:00Z');
    expect(story.told.filter((line) => line.includes('marked'))).toHaveLength(1);
    expect(iso(markReachedAt(story.state!, 1, share(80)))).toBe('2026-03-02T11:12Z');
    expect(story.instantOf('breached')).toBe('2026-03-02T17:00Z');
  });

  it('after the breach it moves no mark', () => {
    const story = new ClockStory({ marks: [afterBreach(hours(2))] })
      .event('2026-03-02T08:00Z', ['starts'])
      .event('2026-03-02T14:00Z', [], { target: hours(100) })
      .until('2026-03-03T00:00Z');
    expect(story.told.slice(1)).toEqual([
      '2026-03-02T13:00Z breached #1',
      '2026-03-02T15:00Z marked {"kind":"after","span":{"kind":"business-hours","hours":2}} #1',
    ]);
  });

  it('a priority that Cuebook itself raised retargets nothing', () => {
    const story = new ClockStory({ target: hours(8) })
      .event('2026-03-02T08:00Z', ['starts'])
      .event('2026-03-02T12:00Z', [], { target: hours(1), moves: false })
      .event('2026-03-02T12:30Z', [], { moves: false });
    expect(iso(clockDeadline(story.state!, story.calendar, BREACH, 1))).toBe('2026-03-02T17:00Z');
    story.event('2026-03-02T12:45Z', [], { target: hours(4), moves: true });
    expect(iso(clockDeadline(story.state!, story.calendar, BREACH, 1))).toBe('2026-03-02T13:00Z');
  });

  it('elapsed is measured anew in the unit of the new target', () => {
    // Monday 09:00 to 12:30 and Friday 09:00 to 12:00: 6.5 hours, but 3.5/8 and 3/6 of days.
    const start = () =>
      new ClockStory({ target: hours(40) })
        .event('2026-03-02T08:00Z', ['starts'])
        .event('2026-03-02T11:30Z', [], { paused: true })
        .event('2026-03-06T08:00Z', [], { paused: false });
    const inDays = start().event('2026-03-06T11:00Z', [], { target: days(1) });
    // 1 - 3.5/8 - 1/2 = 1/16 of a Friday of six hours is 22 min 30 s.
    expect(iso(clockDeadline(inDays.state!, inDays.calendar, BREACH, 1))).toBe('2026-03-06T11:22:30.000Z');
    const inHours = start().event('2026-03-06T11:00Z', [], { target: hours(7) });
    expect(iso(clockDeadline(inHours.state!, inHours.calendar, BREACH, 1))).toBe('2026-03-06T11:30Z');
    const onTheWall = start().event('2026-03-06T11:00Z', [], { target: exact(7 * HOUR_MS) });
    expect(iso(clockDeadline(onTheWall.state!, onTheWall.calendar, BREACH, 1))).toBe('2026-03-06T11:30Z');
  });
});

describe('exact targets and changes of clocks', () => {
  it('an exact target runs by night, and its elapsed is exact', () => {
    const story = new ClockStory({ target: exact(4 * HOUR_MS) })
      .event('2026-03-06T20:00Z', ['starts'])
      .event('2026-03-07T02:00Z', ['stops']);
    expect(story.told.slice(1)).toEqual(['2026-03-07T00:00Z breached #1', '2026-03-07T02:00Z stopped late #1']);
    expect(elapsedMs(story.state!, story.calendar, 1, at('2026-03-07T02:00Z'))).toBe(6 * HOUR_MS);
    expect(overdueMs(story.state!, story.calendar, 1, at('2026-03-07T02:00Z'))).toBe(2 * HOUR_MS);
  });

  it('three business days over a change of clocks end at the same hour', () => {
    const spring = new ClockStory({ target: days(3) }).event('2026-03-26T08:00Z', ['starts']);
    // Thursday, Friday, Monday; 18:00 of Monday is summer time.
    expect(iso(dueAt(spring.state!, spring.calendar, 1))).toBe('2026-03-30T16:00Z');
    const night = new ClockStory({ target: hours(24), calendar: ROUND_THE_CLOCK }).event('2026-10-24T22:00Z', [
      'starts',
    ]);
    expect(iso(dueAt(night.state!, ROUND_THE_CLOCK, 1))).toBe('2026-10-25T22:00Z');
    const whole = new ClockStory({ target: days(1), calendar: ROUND_THE_CLOCK }).event('2026-10-24T22:00Z', ['starts']);
    expect(iso(dueAt(whole.state!, ROUND_THE_CLOCK, 1))).toBe('2026-10-25T23:00Z');
  });

  it('an instant that a share of a day makes fractional is the next millisecond (L1)', () => {
    // On Thursday, of eight and a half hours, a millisecond or two are left; Friday has six hours.
    const due = (time: string) => {
      const story = new ClockStory({ target: days(1) }).event(`2026-03-05T${time}Z`, ['starts']);
      return iso(dueAt(story.state!, story.calendar, 1));
    };
    expect(due('16:59:59.999')).toBe('2026-03-06T14:00Z');
    expect(due('16:59:59.998')).toBe('2026-03-06T13:59:59.999Z');
    expect(due('17:00:00')).toBe('2026-03-06T14:00Z');
  });

  it('80 % of three business days is 2.4 of them, exactly', () => {
    const story = new ClockStory({ target: days(3) }).event('2026-03-04T08:00Z', ['starts']);
    // Wednesday and Thursday, then 0.4 of a Friday of six hours.
    expect(iso(clockDeadline(story.state!, story.calendar, share(80), 1))).toBe('2026-03-06T10:24Z');
  });
});
