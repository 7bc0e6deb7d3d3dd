/** Calendars (L1): the opening hours of a week, and of dates that are otherwise. */

import type { Calendar } from '../../model.ts';
import { own } from '../../records/own.ts';
import type { Path } from '../../syntax.ts';
import type { Fault } from '../../time/duration.ts';
import { clock } from '../../time/moment/slips.ts';
import { dateOfDay, dayOfDate, isDate } from '../../time/zones.ts';
import type { YamlFile } from '../../yaml.ts';
import type { FileReport } from '../report.ts';
import type { WorkspaceContext } from '../scope.ts';
import { checkShape } from '../shape.ts';
import { calendarShape } from '../shapes.ts';
import { zoneAt } from '../values.ts';

type Interval = [startMinute: number, endMinute: number];
type Hours = 'closed' | readonly string[];

const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];
const HOURS_HINT = 'write hours: { mon-thu: ["09:00-12:30", "13:30-18:00"], fri: ["09:00-15:00"] }';
/** A century of holidays. */
const MAX_EXCEPTIONS = 4_000;

/** Adds the calendar of one file, called as the file is, to `world.calendars`. A day that is not named is closed. */
export function compileCalendar(
  { file, report, name }: { file: YamlFile; report: FileReport; name: string },
  world: WorkspaceContext,
): void {
  const shaped = checkShape(file.value, calendarShape, [], report);
  // Until it is known to be whole: by the name of the file, which is the calendar's.
  world.faulty.add('calendar', name);
  if (shaped === undefined) return;
  const week = weekAt(report, shaped.hours, ['hours']);
  const { except, yearly } = exceptionsAt(report, shaped.except ?? {}, ['except']);
  const timeZone = zoneAt(report, shaped.time_zone, ['time_zone']);
  const calendar: Calendar = {
    name: shaped.calendar,
    timeZone,
    week,
    except,
    ...(Object.keys(yearly).length > 0 && { yearly }),
  };
  if (!report.clean) return;
  if (calendar.name !== name) {
    const message = `the calendar is called \`${calendar.name}\`, and its file \`${name}\``;
    report.at(['calendar'], { code: 'CB209', message, hint: `write calendar: ${name}, or rename the file` });
  }
  world.calendars[calendar.name] = calendar;
}

function weekAt(report: FileReport, written: { [days: string]: Hours }, path: Path): Interval[][] {
  const week: Interval[][] = DAYS.map(() => []);
  const namedBy = new Map<number, string>();
  for (const [key, hours] of Object.entries(written)) {
    const at = [...path, key];
    const days = daysOf(key);
    if (days === undefined) {
      const hint = daysMeant(key) ?? `days are ${DAYS.join(', ')}, or mon-fri`;
      report.key(at, { code: 'CB215', message: `\`${key}\` is not a day of the week`, hint });
      continue;
    }
    const intervals = intervalsAt(report, hours, at);
    for (const day of days) {
      const other = namedBy.get(day);
      if (other !== undefined) {
        const message = `\`${DAYS[day]}\` is in \`${other}\` and in \`${key}\``;
        report.key(at, { code: 'CB215', message, hint: 'name each day once' });
      }
      namedBy.set(day, key);
      week[day] = intervals;
    }
  }
  if (report.clean && week.every((intervals) => intervals.length === 0)) {
    report.at(path, { code: 'CB215', message: 'the calendar never opens', hint: HOURS_HINT });
  }
  return week;
}

const GROUPS: { [word: string]: string } = {
  weekdays: 'mon-fri',
  workdays: 'mon-fri',
  weekend: 'sat-sun',
  weekends: 'sat-sun',
  daily: 'mon-sun',
  everyday: 'mon-sun',
  all: 'mon-sun',
};
const GERMAN: { [day: string]: string } = {
  mo: 'mon',
  di: 'tue',
  mi: 'wed',
  do: 'thu',
  fr: 'fri',
  sa: 'sat',
  so: 'sun',
};

/** `Monday-Friday`, `weekdays`, `Mo-Fr`, `mon to fri` → `mon-fri`. */
function daysMeant(key: string): string | undefined {
  const text = key.trim().toLowerCase();
  const group = own(GROUPS, text.replaceAll(/[\s_-]/g, ''));
  const short = (day: string) => own(GERMAN, day) ?? DAYS.find((name) => day.startsWith(name));
  const days = text.split(/\s*(?:-|–|to|through|bis)\s*/).map(short);
  const range = days.length <= 2 && days.every((day) => day !== undefined) ? days.join('-') : undefined;
  const meant = group ?? range;
  return meant === undefined ? undefined : `write ${meant}`;
}

/** `fri`, `mon-thu`; a range may go over the weekend: `sat-mon`. */
function daysOf(key: string): number[] | undefined {
  const match = /^([a-z]+)(?:\s*-\s*([a-z]+))?$/i.exec(key.trim());
  const first = DAYS.indexOf(match?.[1] ?? '');
  const last = match?.[2] === undefined ? first : DAYS.indexOf(match[2]);
  if (first < 0 || last < 0) return undefined;
  const count = ((last - first + 7) % 7) + 1;
  return Array.from({ length: count }, (_, i) => (first + i) % 7);
}

type Exceptions = Required<Pick<Calendar, 'except' | 'yearly'>>;

/** By date, by a day of every year (`12-25`), or by a range of either (`2026-12-24..2027-01-01`, `12-24..01-01`). */
function exceptionsAt(report: FileReport, written: { [date: string]: Hours }, path: Path): Exceptions {
  const found: Exceptions = { except: {}, yearly: {} };
  let count = 0;
  for (const [key, hours] of Object.entries(written)) {
    const at = [...path, key];
    const days = daysNamed(key);
    if ('error' in days) {
      report.key(at, { code: 'CB215', message: days.error, hint: days.hint });
      continue;
    }
    const intervals = intervalsAt(report, hours, at);
    count += days.days.length;
    if (count > MAX_EXCEPTIONS) {
      const message = `the calendar has more than ${MAX_EXCEPTIONS} days that are otherwise`;
      report.at(path, { code: 'CB215', message, hint: `at most ${MAX_EXCEPTIONS} are read` });
      return found;
    }
    const into = days.everyYear ? found.yearly : found.except;
    for (const day of days.days) {
      if (Object.hasOwn(into, day)) {
        report.key(at, { code: 'CB215', message: `\`${day}\` is said twice`, hint: 'name each day once' });
        break;
      }
      into[day] = intervals;
    }
  }
  return found;
}

function daysNamed(key: string): { days: string[]; everyYear: boolean } | Fault {
  const hint = dateMeant(key) ?? 'write 2026-12-25, 12-25 for every year, or a range: 2026-12-24..2027-01-01';
  const [from = '', to = from, ...more] = key.trim().split(/\s*\.\.\s*/);
  // A leap year has every day that a year may have.
  const everyYear = /^\d\d-\d\d$/.test(from);
  const [first, last] = everyYear ? [`2024-${from}`, `2024-${to}`] : [from, to];
  if (more.length > 0 || !isDate(first) || !isDate(last)) return { error: `\`${key}\` is not a date`, hint };
  const isOver = everyYear && last < first;
  const start = dayOfDate(isOver ? first.replace('2024', '2023') : first);
  const end = dayOfDate(last);
  if (end < start) return { error: `\`${key}\` ends before it begins`, hint };
  if (end - start > MAX_EXCEPTIONS) return { error: `\`${key}\` is longer than ${MAX_EXCEPTIONS} days`, hint };
  const days = Array.from({ length: end - start + 1 }, (_, i) => dateOfDay(start + i));
  return { days: everyYear ? days.map((date) => date.slice(-5)) : days, everyYear };
}

/** What to write for a date that is none, or that is written in another order. */
function dateMeant(key: string): string | undefined {
  if (/^\d{4}-\d\d-\d\d$/.test(key) && !isDate(key)) return 'the month has no such day';
  const [, day, month, year] = /^(\d{1,2})[./](\d{1,2})[./](\d{4})$/.exec(key) ?? [];
  const meant = year === undefined ? '' : `${year}-${month!.padStart(2, '0')}-${day!.padStart(2, '0')}`;
  return isDate(meant) ? `write except: { ${meant}: closed }` : undefined;
}

function intervalsAt(report: FileReport, hours: Hours, path: Path): Interval[] {
  if (hours === 'closed') return [];
  const read = hours.flatMap((text, index) => {
    const interval = readInterval(text);
    if (!('error' in interval)) return [{ interval, text, index }];
    report.at([...path, index], { code: 'CB215', message: interval.error, hint: interval.hint });
    return [];
  });
  read.sort((a, b) => a.interval[0] - b.interval[0]);
  for (let i = 1; i < read.length; i++) {
    const [earlier, later] = [read[i - 1]!, read[i]!];
    if (later.interval[0] >= earlier.interval[1]) continue;
    const message = `"${earlier.text}" and "${later.text}" overlap`;
    report.at([...path, later.index], { code: 'CB215', message, hint: 'let one end where the next begins' });
  }
  return read.map((entry) => entry.interval);
}

/** `09:00-17:00`; it may end at `24:00`. */
function readInterval(text: string): Interval | Fault {
  const match = /^\s*(\d\d):(\d\d)\s*[-–]\s*(\d\d):(\d\d)\s*$/.exec(text);
  const start = minuteOf(match?.[1], match?.[2]);
  const end = minuteOf(match?.[3], match?.[4]);
  if (start === undefined || end === undefined) {
    const [from, to, ...more] = text.split(/\s*(?:-|–|to|until)\s*/i).map((part) => clock(part) ?? clock(`${part}:00`));
    const meant = more.length === 0 && from !== undefined && to !== undefined ? `${from}-${to}` : '09:00-17:00';
    return { error: `"${text}" is not an interval of a day`, hint: `write "${meant}"` };
  }
  if (start === end) return { error: `"${text}" is empty`, hint: 'a day without open hours is closed' };
  if (start > end) {
    const over = `"${text.slice(0, 5)}-24:00" on this day and "00:00-${text.trim().slice(-5)}" on the next`;
    return { error: `"${text}" ends before it begins`, hint: `over midnight it is two: ${over}` };
  }
  return [start, end];
}

function minuteOf(hours: string | undefined, minutes: string | undefined): number | undefined {
  if (hours === undefined || minutes === undefined || Number(minutes) > 59) return undefined;
  const minute = Number(hours) * 60 + Number(minutes);
  return minute <= 1440 ? minute : undefined;
}
