/** A time of a business day to come: `end of next business day`, `next business day at "12:00"` (section 4, L3). */
import type { BusinessMoment, Calendar, Instant, Target } from '../../model.ts';
import { businessDayAfter, endOfBusinessDay } from '../calendar/open-days.ts';
import { DAY_MS } from '../duration.ts';
import { instantOfLocal, instantOfLocalAfter, localDay, minuteOfTime } from '../zones.ts';

/** The instant of the moment, counted from the local day of `from`; undefined where no such day comes within ten years. */
export function businessMoment(moment: BusinessMoment, from: Instant, calendar: Calendar): Instant | undefined {
  const day = businessDayAfter(calendar, localDay(from, calendar.timeZone), moment.days);
  if (day === undefined) return undefined;
  if (moment.kind === 'days-at') return laterTime({ day, minute: minuteOfTime(moment.time) }, calendar.timeZone, from);
  return instantOfLocal(day * DAY_MS + endOfBusinessDay(calendar, day)! * 60_000, calendar.timeZone);
}

/** A time of a later day. Where clocks were put back over midnight its first instant may be past: its repetition is not. */
export function laterTime({ day, minute }: { day: number; minute: number }, zone: string, from: Instant): Instant {
  const localMs = day * DAY_MS + minute * 60_000;
  return instantOfLocalAfter(localMs, zone, from) ?? instantOfLocal(localMs + DAY_MS, zone);
}

/** Whether a target is a moment, and no length. */
export function isMoment(target: Target): target is BusinessMoment {
  return target.kind === 'days-at' || target.kind === 'end-of-business-day';
}
