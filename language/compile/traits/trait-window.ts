/** The window of a computed trait: `over: 30d | ever | calendar month | calendar week | calendar day | last 5` (T14). */

import { nearest } from '../../diagnostics/nearest.ts';
import { written } from '../../diagnostics/written.ts';
import type { ComputedTrait } from '../../model.ts';
import type { Path } from '../../syntax.ts';
import { calendarUnitIn } from '../../time/calendar/window.ts';
import { parseSpan } from '../../time/duration.ts';
import { likelySpan } from '../../time/moment/lengths.ts';
import type { FileReport } from '../report.ts';

/** So many events are kept for each subject. */
const MAX_EVENTS = 1000;
const FORMS = 'write a duration as 30d, or ever, calendar month, week or day, or last 5';

/** The window at a path; over ever, and reported, where it is none. */
export function traitWindowAt(
  report: FileReport,
  value: unknown,
  path: Path,
): Pick<ComputedTrait, 'overMs' | 'overMonth' | 'overCalendar' | 'overLast'> {
  const text = written(value).trim();
  if (text === 'ever') return {};
  const unit = calendarUnitIn(text);
  if (unit !== undefined) return unit === 'month' ? { overMonth: true } : { overCalendar: unit };
  const count = /^last\s+(\d+)$/.exec(text)?.[1];
  if (count !== undefined) {
    const overLast = Number(count);
    if (overLast >= 1 && overLast <= MAX_EVENTS) return { overLast };
    report.at(path, {
      code: 'CB211',
      message: `\`${text}\` is not a window: it reaches over 1 to ${MAX_EVENTS} events`,
      hint: FORMS,
    });
    return {};
  }
  const read = parseSpan(value);
  if (!('error' in read) && read.span.kind === 'exact') return { overMs: read.span.ms };
  const near = nearest(text, ['ever', 'calendar month', 'calendar week', 'calendar day', 'last 5']);
  report.at(path, {
    code: 'CB211',
    message: 'error' in read ? `\`${text}\` is not a window` : `\`${text}\` is counted in a calendar, a window is not`,
    hint: near === undefined ? (likelySpan(text) ?? FORMS) : `did you mean \`${near}\`?`,
  });
  return {};
}
