/**
 * Calendars and what is counted by them (semantics L1, L4, section 4): open time between two instants, the instant at
 * which an amount of it has passed, and the same for exact lengths and business days.
 */
export { calendarHash } from './calendar/identity.ts';
export {
  addMeasures,
  businessDaysBetween,
  daysOf,
  EMPTY_MEASURE,
  elapsedOf,
  type Measure,
  measureBetween,
  measureMs,
  type OpenTime,
  openMsBetween,
} from './calendar/measure.ts';
export { businessDayAfter, endOfBusinessDay, isBusinessDay } from './calendar/open-days.ts';
export { addBusinessDays, addOpenMs, addSpan, dueFrom, needsCalendar, TimeError } from './calendar/walk.ts';
