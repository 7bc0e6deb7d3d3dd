import { describe, expect, it } from 'vitest';
import { isoInstant } from '../../language/time/zones.ts';
import { dueAt, isSatisfied, overdueMs, withNumbers } from '../../triggers/sla/clock.ts';
import { at } from '../time/calendars.ts';
import { afterBreach, ClockStory, hours } from './clock-story.ts';

const HOUR_MS = 3_600_000;
const iso = (instant: number | undefined) =>
  instant === undefined ? undefined : isoInstant(instant).replace(':00.000Z', 'Z');

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
      .event('2026-03-04T08:00Z', ['resumes']);
    expect(iso(dueAt(story.state!, story.calendar, 1))).toBe('2026-03-04T10:00Z');
    story.until('2026-03-05T00:00Z');
    expect(story.told.slice(1)).toEqual([
      '2026-03-02T10:00Z stopped in time #1',
      '2026-03-04T08:00Z resumed #1',
      '2026-03-04T10:00Z breached #1',
    ]);
    expect(isSatisfied(story.state!, 1, 'stopped')).toBe(false);
  });

  it('a breach stays one through stop and resume, and its marks go on', () => {
    const story = new ClockStory({ marks: [afterBreach(hours(2))] })
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
