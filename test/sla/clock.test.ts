import { describe, expect, it } from 'vitest';
import { isoInstant } from '../../language/zones.ts';
import {
  clockDeadline,
  dueAt,
  elapsedMs,
  isSatisfied,
  markIsDue,
  markReachedAt,
  overdueMs,
  withNumbers,
} from '../../triggers/sla/clock.ts';
import { at, OFFICE, ROUND_THE_CLOCK } from '../time/calendars.ts';
import { after, BREACH, ClockStory, days, hours, share } from './clock-story.ts';

const HOUR_MS = 3_600_000;
const exact = (ms: number) => ({ kind: 'exact' as const, ms });
const iso = (instant: number | undefined) =>
  instant === undefined ? undefined : isoInstant(instant).replace(':00.000Z', 'Z');

describe('a ticket that nobody answers climbs, as the shipped escalation says', () => {
  const story = new ClockStory({ marks: [share(80), BREACH, after(hours(2))] })
    .event('2026-03-02T08:00Z', ['starts'])
    .event('2026-03-02T16:00Z', ['stops']);

  it('at 80 %, at the breach and two business hours after it, around the break', () => {
    expect(story.told).toEqual([
      '2026-03-02T08:00Z started #1',
      '2026-03-02T11:12Z marked {"kind":"share","percent":80} #1',
      '2026-03-02T13:00Z breached #1',
      '2026-03-02T15:00Z marked {"kind":"after","span":{"kind":"business-hours","hours":2}} #1',
      '2026-03-02T16:00Z stopped late #1',
    ]);
  });

  it('and its overdue is three business hours', () => {
    expect(overdueMs(story.state!, story.calendar, 1, at('2026-03-02T16:00Z'))).toBe(10_800_000);
    expect(elapsedMs(story.state!, story.calendar, 1, at('2026-03-05T16:00Z'))).toBe(7 * HOUR_MS);
    expect(isSatisfied(story.state!, 1, 'breached')).toBe(true);
    expect(isSatisfied(story.state!, 1, 'met')).toBe(false);
    expect(isSatisfied(story.state!, 1, 'stopped')).toBe(true);
  });

  it('an answer after the nudge keeps the promise', () => {
    const met = new ClockStory({ marks: [share(80)] })
      .event('2026-03-02T08:00Z', ['starts'])
      .event('2026-03-02T12:30Z', ['stops'])
      .event('2026-03-02T12:45Z', ['stops']);
    expect(met.told.slice(1)).toEqual([
      '2026-03-02T11:12Z marked {"kind":"share","percent":80} #1',
      '2026-03-02T12:30Z stopped in time #1',
    ]);
    expect(elapsedMs(met.state!, met.calendar, 1, at('2026-03-02T12:30Z'))).toBe(12_600_000);
    expect(overdueMs(met.state!, met.calendar, 1, at('2026-03-09T12:30Z'))).toBe(0);
    expect(iso(dueAt(met.state!, met.calendar, 1))).toBe('2026-03-02T13:00Z');
    expect(isSatisfied(met.state!, 1, 'met')).toBe(true);
  });

  it('a lead handed over at ten is due at two, and its owner is nudged at 13:12', () => {
    const lead = new ClockStory({ calendar: OFFICE, marks: [share(80)] }).event('2026-03-02T09:00Z', ['starts']);
    expect(iso(clockDeadline(lead.state!, OFFICE, share(80), 1))).toBe('2026-03-02T12:12Z');
    expect(iso(clockDeadline(lead.state!, OFFICE, BREACH, 1))).toBe('2026-03-02T13:00Z');
    expect(iso(clockDeadline(lead.state!, OFFICE, after(hours(2)), 1))).toBe('2026-03-02T15:00Z');
  });
});

describe('at exactly the deadline', () => {
  it('a stop is in time, and a millisecond later it is not (L4)', () => {
    const stopAt = (when: string) =>
      new ClockStory().event('2026-03-02T08:00Z', ['starts']).event(when, ['stops']).until('2026-03-03T00:00Z');
    expect(stopAt('2026-03-02T13:00Z').told.at(-1)).toBe('2026-03-02T13:00Z stopped in time #1');
    expect(stopAt('2026-03-02T13:00:00.001Z').told.slice(1)).toEqual([
      '2026-03-02T13:00Z breached #1',
      '2026-03-02T13:00:00.001Z stopped late #1',
    ]);
  });

  it('a stop in the night after a target that ran out with the day is late: the deadline was the closing (L4)', () => {
    const story = new ClockStory({ target: days(1) }).event('2026-03-02T08:00Z', ['starts']);
    expect(iso(clockDeadline(story.state!, story.calendar, BREACH, 1))).toBe('2026-03-02T17:00Z');
    story.event('2026-03-02T17:30Z', ['stops']);
    expect(story.told.slice(1)).toEqual(['2026-03-02T17:00Z breached #1', '2026-03-02T17:30Z stopped late #1']);
    expect(overdueMs(story.state!, story.calendar, 1, at('2026-03-02T17:30Z'))).toBe(0);
  });

  it('a pause comes before the breach, which then waits for the resume (E4, L5)', () => {
    const story = new ClockStory()
      .event('2026-03-02T08:00Z', ['starts'])
      .event('2026-03-02T13:00Z', [], { paused: true })
      .event('2026-03-04T09:00Z', [], { paused: false })
      .until('2026-03-05T00:00Z');
    expect(story.told.slice(1)).toEqual([
      '2026-03-02T13:00Z paused #1',
      '2026-03-04T09:00Z resumed #1',
      '2026-03-04T09:00Z breached #1',
    ]);
  });

  it('a longer target that comes then saves the promise', () => {
    const story = new ClockStory()
      .event('2026-03-02T08:00Z', ['starts'])
      .event('2026-03-02T13:00Z', [], { target: hours(5) })
      .until('2026-03-03T00:00Z');
    expect(story.instantOf('breached')).toBe('2026-03-02T14:00Z');
  });

  it('marks that meet in one instant are told nearest first', () => {
    const story = new ClockStory({ target: hours(8), marks: [BREACH, share(80), share(50)] })
      .event('2026-03-02T08:00Z', ['starts'])
      .event('2026-03-02T15:00Z', [], { target: hours(1) })
      .until('2026-03-02T15:00Z');
    expect(story.told.slice(2)).toEqual([
      '2026-03-02T15:00Z retargeted #1',
      '2026-03-02T15:00Z marked {"kind":"share","percent":80} #1',
      '2026-03-02T15:00Z breached #1',
    ]);
  });
});

describe('a pause stops the clock (L3, L5)', () => {
  it('and moves every mark by the open time that it took', () => {
    const story = new ClockStory({ marks: [share(80), after(hours(2))] })
      .event('2026-03-02T08:00Z', ['starts'])
      .event('2026-03-02T09:00Z', [], { paused: true })
      .event('2026-03-03T10:00Z', [], { paused: false })
      .until('2026-03-04T17:00Z');
    // One hour had gone; 2 h 12 min of 80 % are left, from 11:00 in Berlin.
    expect(story.told.slice(3)).toEqual([
      '2026-03-03T13:12Z marked {"kind":"share","percent":80} #1',
      '2026-03-03T14:00Z breached #1',
      '2026-03-03T16:00Z marked {"kind":"after","span":{"kind":"business-hours","hours":2}} #1',
    ]);
  });

  it('after the breach it moves what counts from the breach', () => {
    const story = new ClockStory({ marks: [after(hours(2))] })
      .event('2026-03-02T08:00Z', ['starts'])
      .event('2026-03-02T14:00Z', [], { paused: true })
      .event('2026-03-03T08:00Z', [], { paused: false })
      .event('2026-03-03T12:00Z', ['stops']);
    expect(story.told.slice(-2)).toEqual([
      '2026-03-03T09:00Z marked {"kind":"after","span":{"kind":"business-hours","hours":2}} #1',
      '2026-03-03T12:00Z stopped late #1',
    ]);
    // 14:00 to 15:00 on Monday, 09:00 to 12:30 on Tuesday.
    expect(overdueMs(story.state!, story.calendar, 1, at('2026-03-03T12:00Z'))).toBe(4.5 * HOUR_MS);
  });

  it('a record that arrives paused starts a paused clock', () => {
    const story = new ClockStory().event('2026-03-02T08:00Z', ['starts'], { paused: true }).until('2026-03-09T00:00Z');
    expect(story.told).toEqual(['2026-03-02T08:00Z started #1', '2026-03-02T08:00Z paused #1']);
    expect(clockDeadline(story.state!, story.calendar, BREACH, 1)).toBeUndefined();
    expect(dueAt(story.state!, story.calendar, 1)).toBeUndefined();
    expect(elapsedMs(story.state!, story.calendar, 1, at('2026-03-09T00:00Z'))).toBe(0);
  });

  it('a stop while paused is in time when no breach came before', () => {
    const story = new ClockStory()
      .event('2026-03-02T08:00Z', ['starts'])
      .event('2026-03-02T12:00Z', [], { paused: true })
      .event('2026-03-20T12:00Z', ['stops'], { paused: false });
    expect(story.told.at(-1)).toBe('2026-03-20T12:00Z stopped in time #1');
  });
});

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
    const story = new ClockStory({ marks: [after(hours(2))] })
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

describe('instances of a clock (L2, T10)', () => {
  it('a second start while it runs changes nothing: the oldest unanswered message counts', () => {
    const story = new ClockStory({ repeat: true })
      .event('2026-03-02T08:00Z', ['starts'])
      .event('2026-03-02T10:00Z', ['starts']);
    expect(story.told).toEqual(['2026-03-02T08:00Z started #1']);
    expect(iso(dueAt(story.state!, story.calendar, 1))).toBe('2026-03-02T13:00Z');
  });

  it('with repeat the next start after the stop is the next instance; without it there is one', () => {
    const tell = (repeat: boolean) =>
      new ClockStory({ repeat })
        .event('2026-03-02T08:00Z', ['starts'])
        .event('2026-03-02T09:00Z', ['stops'])
        .event('2026-03-02T10:00Z', ['starts'])
        .event('2026-03-02T10:30Z', ['cancels'])
        .event('2026-03-02T11:00Z', ['starts']).told;
    expect(tell(true)).toEqual([
      '2026-03-02T08:00Z started #1',
      '2026-03-02T09:00Z stopped in time #1',
      '2026-03-02T10:00Z started #2',
      '2026-03-02T10:30Z cancelled #2',
      '2026-03-02T11:00Z started #3',
    ]);
    expect(tell(false)).toHaveLength(2);
  });

  it('an event that is both stop and start stops first', () => {
    const story = new ClockStory({ repeat: true })
      .event('2026-03-02T08:00Z', ['starts'])
      .event('2026-03-02T09:00Z', ['stops', 'starts']);
    expect(story.told.slice(1)).toEqual(['2026-03-02T09:00Z stopped in time #1', '2026-03-02T09:00Z started #2']);
  });

  it('a resume continues the same instance, the time between not counted', () => {
    const story = new ClockStory()
      .event('2026-03-02T08:00Z', ['starts'])
      .event('2026-03-02T10:00Z', ['stops'])
      .event('2026-03-04T08:00Z', ['resumes'])
      .until('2026-03-05T00:00Z');
    expect(story.told.slice(1)).toEqual([
      '2026-03-02T10:00Z stopped in time #1',
      '2026-03-04T08:00Z resumed #1',
      '2026-03-04T10:00Z breached #1',
    ]);
    expect(isSatisfied(story.state!, 1, 'stopped')).toBe(false);
  });

  it('a breach stays one through stop and resume, and its marks go on', () => {
    const story = new ClockStory({ marks: [after(hours(2))] })
      .event('2026-03-02T08:00Z', ['starts'])
      .event('2026-03-02T14:00Z', ['stops'])
      .event('2026-03-03T08:00Z', ['resumes'])
      .event('2026-03-03T10:00Z', ['stops']);
    expect(story.told.slice(2)).toEqual([
      '2026-03-02T14:00Z stopped late #1',
      '2026-03-03T08:00Z resumed #1',
      '2026-03-03T09:00Z marked {"kind":"after","span":{"kind":"business-hours","hours":2}} #1',
      '2026-03-03T10:00Z stopped late #1',
    ]);
    expect(overdueMs(story.state!, story.calendar, 1, at('2026-03-03T10:00Z'))).toBe(3 * HOUR_MS);
  });

  it('a resume of a clock that runs, or was cancelled, or never was, changes nothing', () => {
    expect(new ClockStory().event('2026-03-02T08:00Z', ['resumes']).told).toEqual([]);
    const running = new ClockStory().event('2026-03-02T08:00Z', ['starts']).event('2026-03-02T09:00Z', ['resumes']);
    expect(running.told).toHaveLength(1);
    const cancelled = new ClockStory()
      .event('2026-03-02T08:00Z', ['starts'])
      .event('2026-03-02T09:00Z', ['cancels'])
      .event('2026-03-02T10:00Z', ['resumes']);
    expect(cancelled.told.at(-1)).toBe('2026-03-02T09:00Z cancelled #1');
    expect(isSatisfied(cancelled.state!, 1, 'stopped')).toBe(true);
    expect(isSatisfied(cancelled.state!, 1, 'met')).toBe(false);
  });

  it('a start that arrives late takes the next number, and nobody’s number changes (T10)', () => {
    const first = new ClockStory({ repeat: true })
      .event('2026-03-02T08:00Z', ['starts'], { id: 'b' })
      .event('2026-03-02T09:00Z', ['stops'])
      .event('2026-03-02T10:00Z', ['starts'], { id: 'c' });
    const again = new ClockStory({ repeat: true });
    again.state = withNumbers(undefined, first.state);
    again
      .event('2026-03-02T07:00Z', ['starts'], { id: 'a' })
      .event('2026-03-02T07:30Z', ['stops'])
      .event('2026-03-02T08:00Z', ['starts'], { id: 'b' })
      .event('2026-03-02T09:00Z', ['stops'])
      .event('2026-03-02T10:00Z', ['starts'], { id: 'c' });
    expect(again.state!.instances.map((one) => [one.startEvent, one.number])).toEqual([
      ['a', 3],
      ['b', 1],
      ['c', 2],
    ]);
  });

  it('remembers a bounded number of instances and numbers', () => {
    const story = new ClockStory({ repeat: true });
    const start = at('2026-03-02T08:00Z');
    for (let i = 0; i < 600; i++)
      story.event(start + i * 2_000, ['starts']).event(start + i * 2_000 + 1_000, ['stops']);
    expect(story.state!.instances).toHaveLength(32);
    expect(story.state!.numbers.given).toHaveLength(512);
    expect(story.state!.instances.at(-1)!.number).toBe(600);
    expect(isSatisfied(story.state!, 5, 'stopped')).toBe(true);
    expect(JSON.parse(JSON.stringify(story.state))).toEqual(story.state);
  });
});

describe('a deadline that nobody looked at in time', () => {
  it('is recorded at its own instant by the next event, however late that is', () => {
    const story = new ClockStory({ punctual: false, marks: [share(80), after(hours(2))] })
      .event('2026-03-02T08:00Z', ['starts'])
      .event('2026-03-09T08:00Z', ['stops']);
    expect(story.told.slice(1)).toEqual([
      '2026-03-02T11:12Z marked {"kind":"share","percent":80} #1',
      '2026-03-02T13:00Z breached #1',
      '2026-03-02T15:00Z marked {"kind":"after","span":{"kind":"business-hours","hours":2}} #1',
      '2026-03-09T08:00Z stopped late #1',
    ]);
  });

  it('is seen by who reads before', () => {
    const story = new ClockStory().event('2026-03-02T08:00Z', ['starts']);
    expect(markIsDue(story.state!, story.calendar, 1, BREACH, at('2026-03-02T12:59Z'))).toBe(false);
    expect(markIsDue(story.state!, story.calendar, 1, BREACH, at('2026-03-02T13:00Z'))).toBe(true);
    expect(overdueMs(story.state!, story.calendar, 1, at('2026-03-02T14:30Z'))).toBe(1.5 * HOUR_MS);
    expect(overdueMs(story.state!, story.calendar, 2, at('2026-03-02T14:30Z'))).toBeUndefined();
  });

  it('a look at the clock too early changes nothing, and gives the same state', () => {
    const story = new ClockStory().event('2026-03-02T08:00Z', ['starts']);
    const before = story.state;
    story.until('2026-03-02T12:59Z').event('2026-03-02T12:59Z');
    expect(story.state).toBe(before);
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

  it('80 % of three business days is 2.4 of them, exactly', () => {
    const story = new ClockStory({ target: days(3) }).event('2026-03-04T08:00Z', ['starts']);
    // Wednesday and Thursday, then 0.4 of a Friday of six hours.
    expect(iso(clockDeadline(story.state!, story.calendar, share(80), 1))).toBe('2026-03-06T10:24Z');
  });
});
