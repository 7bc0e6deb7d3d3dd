import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { eventTime } from '../../events/event-time.ts';

const NOON = Date.parse('2026-03-02T12:00:00Z');
const MINUTE = 60_000;

describe('the time of an event (E1, E3)', () => {
  it('is corrected by what the client’s clock is wrong by, where both stamps are there', () => {
    const anHourAhead = { timestamp: NOON + 50 * MINUTE, sentAt: NOON + 60 * MINUTE };
    expect(eventTime(anHourAhead, NOON)).toEqual({ at: NOON - 10 * MINUTE, flagged: false });
  });

  it('is the timestamp where nothing says when it was sent, else the time of arrival', () => {
    expect(eventTime({ timestamp: NOON - MINUTE }, NOON)).toEqual({ at: NOON - MINUTE, flagged: false });
    expect(eventTime({ sentAt: NOON - MINUTE }, NOON)).toEqual({ at: NOON, flagged: false });
    expect(eventTime({}, NOON)).toEqual({ at: NOON, flagged: false });
  });

  it('is never later than the arrival, and more than five minutes ahead is flagged', () => {
    expect(eventTime({ timestamp: NOON + 5 * MINUTE }, NOON)).toEqual({ at: NOON, flagged: false });
    expect(eventTime({ timestamp: NOON + 5 * MINUTE + 1 }, NOON)).toEqual({ at: NOON, flagged: true });
  });

  it('keeps the distance between two events of one client, whatever its clock says', () => {
    const span = fc.integer({ min: 0, max: 10 ** 10 });
    fc.assert(
      fc.property(span, span, fc.integer({ min: -(10 ** 12), max: 10 ** 12 }), (early, late, wrongByMs) => {
        const sentAt = NOON + wrongByMs;
        const at = (agoMs: number) => eventTime({ timestamp: sentAt - agoMs, sentAt }, NOON).at;
        expect(at(early) - at(late)).toBe(late - early);
      }),
    );
  });
});
