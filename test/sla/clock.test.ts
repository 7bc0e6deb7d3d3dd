import { describe, expect, it } from 'vitest';
import { isoInstant } from '../../language/time/zones.ts';
import { clockDeadline, dueAt, elapsedMs, isSatisfied, markIsDue, overdueMs } from '../../triggers/sla/clock.ts';
import { at, OFFICE } from '../time/calendars.ts';
import { afterBreach, BREACH, ClockStory, days, hours, share } from './clock-story.ts';

const HOUR_MS = 3_600_000;
const iso = (instant: number | undefined) =>
  instant === undefined ? undefined : isoInstant(instant).replace(':00.000Z', 'Z');

describe('a ticket that nobody answers climbs, as the shipped escalation says', () => {
  const story = new ClockStory({ marks: [share(80), BREACH, afterBreach(hours(2))] })
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
    expect(iso(clockDeadline(lead.state!, OFFICE, afterBreach(hours(2)), 1))).toBe('2026-03-02T15:00Z');
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
    const story = new ClockStory({ marks: [share(80), afterBreach(hours(2))] })
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
    const story = new ClockStory({ marks: [afterBreach(hours(2))] })
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

describe('a deadline that nobody looked at in time', () => {
  it('is recorded at its own instant by the next event, however late that is', () => {
    const story = new ClockStory({ punctual: false, marks: [share(80), afterBreach(hours(2))] })
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
    expect(markIsDue(story.state!, story.calendar, { number: 1, mark: BREACH }, at('2026-03-02T12:59Z'))).toBe(false);
    expect(markIsDue(story.state!, story.calendar, { number: 1, mark: BREACH }, at('2026-03-02T13:00Z'))).toBe(true);
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
