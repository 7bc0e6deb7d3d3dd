/** Calendars that several tests count by. */

import { registry } from '../../evaluation/registry.ts';
import { compileWorkspace } from '../../language/compile.ts';
import type { Diagnostic } from '../../language/diagnostics/diagnostics.ts';
import type { Calendar, Instant } from '../../language/model.ts';
import { parseInstant } from '../../language/time/zones.ts';

/** A file of `calendars/`, compiled alone. @param name the file's, and so the calendar's */
export function compileCalendarFile(text: string, name = 'c'): { calendar?: Calendar; diagnostics: Diagnostic[] } {
  const { workspace, diagnostics } = compileWorkspace([{ path: `calendars/${name}.yaml`, text }], registry);
  return { diagnostics, ...(workspace.calendars[name] && { calendar: workspace.calendars[name] }) };
}

export function calendarOf(written: { calendar: string; [key: string]: unknown }): Calendar {
  const { calendar, diagnostics } = compileCalendarFile(JSON.stringify(written), written.calendar);
  if (calendar === undefined) throw new Error(JSON.stringify(diagnostics));
  return calendar;
}

/** An instant by its text. */
export function at(text: string): Instant {
  const instant = parseInstant(text);
  if (instant === undefined) throw new Error(`${text} is no instant`);
  return instant;
}

export const OFFICE = calendarOf({
  calendar: 'office-eu',
  time_zone: 'Europe/Berlin',
  hours: { 'mon-fri': ['09:00-17:00'] },
  except: { '2026-04-03': 'closed', '2026-04-06': 'closed', '2026-12-25': 'closed' },
});

/** A break at noon, short Fridays, and a Christmas. */
export const SUPPORT = calendarOf({
  calendar: 'support-eu',
  time_zone: 'Europe/Berlin',
  hours: { 'mon-thu': ['09:00-12:30', '13:30-18:00'], fri: ['09:00-15:00'] },
  except: { '2026-12-24': ['09:00-12:00'], '2026-12-25': 'closed' },
});

/** Never closes, so that days of 23, 24 and 25 hours are business days. */
export const ROUND_THE_CLOCK = calendarOf({
  calendar: 'always',
  time_zone: 'Europe/Berlin',
  hours: { 'mon-sun': ['00:00-24:00'] },
});
