import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ActivityLane } from '../../workflows/cohort/activity-lane.ts';
import { realTimeOf, takeReading } from '../../workflows/cohort/clock.ts';
import { serves, sharedTimerFor } from '../../workflows/cohort/shared-timer.ts';
import { DAY, MINUTE, START } from './support.ts';

const SECOND = 1_000;

describe('One timer serves many deadlines, and none too early', () => {
  it('shares within a thousandth of the wait', () => {
    expect(sharedTimerFor([1_000 * SECOND, 1_001 * SECOND, 1_002 * SECOND], 0, 1)?.setToMs).toBe(1_001 * SECOND);
  });

  it('and within 30 s at the most, by the clock that people see', () => {
    const deadlines = [DAY, DAY + 30 * SECOND, DAY + 31 * SECOND];
    expect(sharedTimerFor(deadlines, 0, 1)?.setToMs).toBe(DAY + 30 * SECOND);
    expect(sharedTimerFor(deadlines, 0, 30)?.setToMs).toBe(DAY);
  });

  it('is set for nobody where nobody waits for a time that comes', () => {
    expect(sharedTimerFor([], 0, 1)).toBeUndefined();
    expect(sharedTimerFor([Number.POSITIVE_INFINITY], 0, 0)).toBeUndefined();
  });

  it('lies between the earliest deadline and the last that shares it, whatever the deadlines', () => {
    const deadlines = fc.array(fc.integer({ min: 0, max: 400 * DAY }), { minLength: 1, maxLength: 100 });
    fc.assert(
      fc.property(deadlines, fc.constantFrom(1, 60, 3_600), (due, warp) => {
        const alarm = sharedTimerFor(due, 0, warp)!;
        expect(due).toContain(alarm.setToMs);
        expect(alarm.setToMs).toBeGreaterThanOrEqual(Math.min(...due));
        expect(alarm.setToMs - Math.min(...due)).toBeLessThanOrEqual(Math.min(30_000 / warp, Math.min(...due) / 1_000));
        expect(serves(alarm.setToMs, alarm)).toBe(true);
        expect(serves(alarm.earliestMs - 1, alarm)).toBe(false);
      }),
    );
  });
});

describe('Real time follows the one clock', () => {
  it('comes to an instant when the warped clock shows it, never sooner', () => {
    fc.assert(
      fc.property(fc.constantFrom(0.5, 1, 7, 3_600), fc.integer({ min: 1, max: 400 * DAY }), (warp, aheadMs) => {
        const anchor = takeReading(undefined, { now: START, warp }, 5 * MINUTE);
        const realMs = realTimeOf(anchor, START + aheadMs) - 5 * MINUTE;
        expect(realMs * warp).toBeGreaterThanOrEqual(aheadMs * (1 - 1e-12));
        expect((realMs - 1) * warp).toBeLessThan(aheadMs);
      }),
    );
  });

  it('never comes by itself to an instant that a stepped clock has not reached', () => {
    const anchor = takeReading(undefined, { now: START, warp: 0 }, 0);
    expect(realTimeOf(anchor, START + 1)).toBe(Number.POSITIVE_INFINITY);
    expect(realTimeOf(takeReading(anchor, { now: START + 1, warp: 0 }, 9), START + 1)).toBe(9);
    expect(takeReading(anchor, { now: START - 1, warp: 0 }, 9)).toBe(anchor);
  });

  it('believes the reading that lost least time on its way', () => {
    const first = takeReading(undefined, { now: START, warp: 60 }, 0);
    expect(takeReading(first, { now: START + 59 * SECOND, warp: 60 }, SECOND)).toBe(first);
    const better = takeReading(first, { now: START + 61 * SECOND, warp: 60 }, SECOND);
    expect(better.now).toBe(START + 61 * SECOND);
  });

  it('notices that virtual time stood still, and that it goes at another speed', () => {
    const first = takeReading(undefined, { now: START, warp: 60 }, 0);
    expect(takeReading(first, { now: START + MINUTE, warp: 60 }, 10 * MINUTE).now).toBe(START + MINUTE);
    expect(takeReading(first, { now: START, warp: 1 }, 0).warp).toBe(1);
  });
});

describe('Batches that come to nothing pause their kind', () => {
  it('a second, then twice as long each time, a minute at the most; one that succeeds clears it', () => {
    const lane = new ActivityLane('decide', 2);
    const pauses = Array.from({ length: 9 }, () => {
      lane.begin();
      lane.end(false, 0);
      return lane.pausedUntilMs / SECOND;
    });
    expect(pauses).toEqual([1, 2, 4, 8, 16, 32, 60, 60, 60]);
    expect(lane.hasRoom(60 * SECOND - 1)).toBe(false);
    expect(lane.hasRoom(60 * SECOND)).toBe(true);
    lane.begin();
    lane.end(true, 0);
    expect(lane.hasRoom(0)).toBe(true);
  });

  it('no more are under way than its bound', () => {
    const lane = new ActivityLane('deliver', 2);
    lane.begin();
    expect(lane.hasRoom(0)).toBe(true);
    lane.begin();
    expect(lane.hasRoom(0)).toBe(false);
  });
});
