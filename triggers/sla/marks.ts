/**
 * What a mark of a service level is (T10): when it falls due, whether it is reached, and how far along it is. A new kind of
 * mark is a case in each switch here; how it is written is `markText` and `parseMark` in language/time/duration.ts.
 */
import type { Calendar, Instant, Mark, Span } from '../../language/model.ts';
import { businessDaysBefore, openMsBefore } from '../../language/time/calendar/walk-back.ts';
import { dueFrom } from '../../language/time/calendar.ts';
import { DAY_MS, HOUR_MS, markText } from '../../language/time/duration.ts';
import { isMoment } from '../../language/time/moment/business-moment.ts';
import { dueBeforeMoment } from './moment-target.ts';
import type { ClockInstance } from './state.ts';

export const BREACH: Mark = { kind: 'breach' };

/** A business day of eight hours compares days with hours, where nothing is measured by a calendar. */
const BUSINESS_DAY_MS = DAY_MS / 3;
/** Every time after the breach comes after every share of the target. */
const AFTER_BREACH = 1_000;
/** Every time before the breach comes after every share below it. */
const NEAR_BREACH = 1e-15;

/** When a mark is reached if nothing else happens; undefined while paused, while there is no promise, after the end, and when it was reached. */
export function dueOf(instance: ClockInstance, calendar: Calendar, mark: Mark): Instant | undefined {
  const { runningSince, breachedAt } = instance;
  if (runningSince === undefined || isReached(instance, mark)) return undefined;
  const { target, elapsed: passed } = instance;
  const shareOfTarget = (percent: number) => {
    if (target === undefined) return undefined;
    if (!isMoment(target)) return dueFrom(runningSince, { span: target, percent, passed }, calendar);
    return dueBeforeMoment({ ...instance, target, runningSince }, percent, calendar);
  };
  switch (mark.kind) {
    case 'share':
      return shareOfTarget(mark.percent);
    case 'breach':
      return shareOfTarget(100);
    case 'before': {
      const breach = dueOf(instance, calendar, BREACH);
      const at = breach && beforeBreach(mark.span, breach, calendar);
      // What a short target, a retarget or a resume has left behind is due at once.
      return at === undefined ? undefined : Math.max(at, runningSince);
    }
    case 'after': {
      const { span } = mark;
      if (breachedAt !== undefined) return dueFrom(runningSince, { span, passed: instance.sinceBreach! }, calendar);
      const breach = dueOf(instance, calendar, BREACH);
      return breach === undefined ? undefined : dueFrom(breach, { span }, calendar);
    }
  }
}

export function isReached(instance: ClockInstance, mark: Mark): boolean {
  return reachedAt(instance, mark) !== undefined;
}

/** A breach has passed every share of the target, also one that was not watched at the time. */
export function reachedAt(instance: ClockInstance, mark: Mark): Instant | undefined {
  switch (mark.kind) {
    case 'share':
    case 'before':
      return instance.reached[markText(mark)] ?? instance.breachedAt;
    case 'breach':
      return instance.breachedAt;
    case 'after':
      return instance.reached[markText(mark)];
  }
}

/** How far along a mark is: the share of the target, times before the breach, the breach as 100 %, then times after it by their length (T13). */
export function reachOf(mark: Mark): number {
  switch (mark.kind) {
    case 'share':
      return mark.percent;
    case 'before':
      return 100 - lengthOf(mark.span) * NEAR_BREACH;
    case 'breach':
      return 100;
    case 'after':
      return AFTER_BREACH + lengthOf(mark.span);
  }
}

/** Before the calendar began to be open for so long, the mark is due as early as anything can be. */
function beforeBreach(span: Span, breach: Instant, calendar: Calendar): Instant {
  switch (span.kind) {
    case 'exact':
      return breach - span.ms;
    case 'business-hours':
      return openMsBefore(calendar, breach, lengthOf(span)) ?? Number.NEGATIVE_INFINITY;
    case 'business-days':
      return businessDaysBefore(calendar, breach, span.days) ?? Number.NEGATIVE_INFINITY;
  }
}

function lengthOf(span: Span): number {
  switch (span.kind) {
    case 'exact':
      return span.ms;
    case 'business-hours':
      return Math.round(span.hours * HOUR_MS);
    case 'business-days':
      return span.days * BUSINESS_DAY_MS;
  }
}
