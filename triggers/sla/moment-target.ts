/**
 * A target that is a moment (L3): `end of next business day`. It is fixed at the start of the instance; what does not count
 * (pauses, the time between a stop and a resume) moves it by the business time that it took.
 */
import type { BusinessMoment, Calendar, Instant } from '../../language/model.ts';
import { addOpenMs } from '../../language/time/calendar/walk.ts';
import { dueFrom, measureMs, openMsBetween } from '../../language/time/calendar.ts';
import { HOUR_MS } from '../../language/time/duration.ts';
import { businessMoment } from '../../language/time/moment/business-moment.ts';
import type { ClockInstance } from './state.ts';

/** An instance that runs towards a moment. */
export type TowardsMoment = ClockInstance & { target: BusinessMoment; runningSince: Instant };

/**
 * When a share of the business time from the start to the moment has elapsed; for 100 the breach, and so for every share where
 * no business time lies before the moment. Undefined where the calendar does not get there within ten years.
 */
export function dueBeforeMoment(
  { startedAt, target, elapsed, runningSince }: TowardsMoment,
  percent: number,
  calendar: Calendar,
): Instant | undefined {
  const moment = businessMoment(target, startedAt, calendar);
  if (moment === undefined) return undefined;
  const wholeMs = openMsBetween(calendar, startedAt, moment);
  if (percent < 100 && wholeMs > 0) {
    const span = { kind: 'business-hours', hours: wholeMs / HOUR_MS } as const;
    return dueFrom(runningSince, { span, percent, passed: elapsed }, calendar);
  }
  const lostMs = openMsBetween(calendar, startedAt, runningSince) - measureMs(elapsed, 'business-hours');
  const breach = addOpenMs(calendar, moment, lostMs);
  // A moment that passed during a pause, or before a retarget, is due when the clock runs on.
  return breach === undefined ? undefined : Math.max(breach, runningSince);
}
