/** Small values that playbooks and settings share: `10%`, `21:00-08:00`, `after 7d`, `delay up to 1d`, a zone. */

import { written } from '../diagnostics/written.ts';
import { isJsonObject } from '../json.ts';
import type { Again, DailyWindow, FrequencyCap, IfCapped } from '../model.ts';
import { own } from '../records/own.ts';
import type { Path } from '../syntax.ts';
import { calendarUnitIn, LONGEST_WINDOW_MS } from '../time/calendar/window.ts';
import { parseDuration } from '../time/duration.ts';
import { lengthMeant, likelySpan } from '../time/moment/lengths.ts';
import { clock } from '../time/moment/slips.ts';
import { readZone } from '../time/read-zone.ts';
import { isZone, minuteOfTime, parseTime } from '../time/zones.ts';
import type { FileReport } from './report.ts';

/** `10%` → 10; undefined, and reported, where it is none. */
export function percentAt(report: FileReport, value: unknown, path: Path, hint = 'write 10%'): number | undefined {
  const percent = typeof value === 'string' ? Number(/^(\d+(?:\.\d{1,2})?)\s*%$/.exec(value)?.[1]) : Number.NaN;
  if (percent >= 0 && percent <= 100) return percent;
  const meant = shareMeant(value);
  report.at(path, {
    code: 'CB202',
    message: `\`${written(value)}\` is not a share`,
    hint: meant === undefined ? hint : hint.replace('10%', meant),
  });
  return undefined;
}

/** `0.1` and `10` → `10%`. */
function shareMeant(value: unknown): string | undefined {
  const number = Number(typeof value === 'string' ? /^\d+(?:\.\d+)?/.exec(value.trim())?.[0] : value);
  if (!(number > 0 && number <= 100)) return undefined;
  return `${Math.round((number < 1 ? number * 100 : number) * 100) / 100}%`;
}

/** `10%` → 10; `none` → 0 (N4). */
export function holdoutAt(report: FileReport, value: unknown, path: Path): number | undefined {
  if (value === 'none') return 0;
  return percentAt(report, value, path, 'write 10%, or none where nobody is held out');
}

/** `21:00-08:00`; it may go over midnight. */
export function dailyWindowAt(report: FileReport, value: unknown, path: Path): DailyWindow | undefined {
  const [, start, end] = /^\s*(\S+?)\s*-\s*(\S+)\s*$/.exec(typeof value === 'string' ? value : '') ?? [];
  const from = parseTime(start);
  const to = parseTime(end);
  if ('time' in from && 'time' in to && from.time !== to.time) {
    return { startMinute: minuteOfTime(from.time), endMinute: minuteOfTime(to.time) };
  }
  report.at(path, {
    code: 'CB202',
    message: `\`${written(value)}\` is not a part of the day`,
    hint: windowMeant(value),
  });
  return undefined;
}

/** `21-8`, `9pm to 8am` → `21:00-08:00`. */
function windowMeant(value: unknown): string {
  if (/^(?:none|off|no|never|false)$/i.test(written(value))) return 'leave the key out where no hour is quiet';
  const [from, to, ...more] = written(value).split(/\s*(?:-|–|to|until|and)\s*/i);
  const time = (part: string | undefined) => clock(part) ?? clock(`${part}:00`);
  const isWindow = more.length === 0 && time(from) !== undefined && time(to) !== undefined && time(from) !== time(to);
  return `write "${isWindow ? `${time(from)}-${time(to)}` : '21:00-08:00'}"`;
}

export function zoneAt(report: FileReport, value: string, path: Path): string {
  if (isZone(value)) return value;
  report.at(path, {
    code: 'CB214',
    message: `there is no time zone \`${value}\``,
    hint: `write ${readZone(value) ?? zoneOfCity(value) ?? 'a name such as Europe/Berlin'}`,
  });
  return 'UTC';
}

/** `Berlin` → `Europe/Berlin`. */
function zoneOfCity(written: string): string | undefined {
  const city = written.trim().replaceAll(' ', '_').toLowerCase();
  return Intl.supportedValuesOf('timeZone').find((zone) => zone.toLowerCase().split('/').at(-1) === city);
}

/** An exact length of time in milliseconds. @param before what stands in front of it, in the hint */
export function durationAt(report: FileReport, value: unknown, path: Path, before = ''): number | undefined {
  const ms = typeof value === 'string' ? parseDuration(value) : undefined;
  if (ms !== undefined) return ms;
  const message = `\`${written(value)}\` is not an exact duration`;
  const hint = (typeof value === 'string' ? likelySpan(value) : undefined) ?? 'write 30m, 4h, 2d or 1w';
  report.at(path, { code: 'CB211', message, hint: hint.replace(/^write /, `write ${before}`) });
  return undefined;
}

/** `never`, `always`, `after 7d`, `{after: 7d, per: key}` (N2). */
export function againAt(report: FileReport, value: unknown, path: Path): Again {
  if (value === 'never' || value === 'always') return { kind: value };
  const after = typeof value === 'string' ? /^after\s+(.+)$/.exec(value)?.[1] : undefined;
  if (after !== undefined) return { kind: 'after', ms: durationAt(report, after, path, 'after ') ?? 1, per: 'subject' };
  const per = isJsonObject(value) ? (value.per ?? 'subject') : undefined;
  const known = isJsonObject(value) && Object.keys(value).every((key) => key === 'after' || key === 'per');
  if (known && (per === 'subject' || per === 'key')) {
    return { kind: 'after', ms: durationAt(report, value.after, [...path, 'after']) ?? 1, per };
  }
  const message = '`again` says when a person may enter once more';
  report.at(path, { code: 'CB202', message, hint: againMeant(value) });
  return { kind: 'never' };
}

const OF_A_LENGTH: { [word: string]: string } = { daily: '1d', weekly: '1w', monthly: '30d', yearly: '365d' };

function againMeant(value: unknown): string {
  const text = typeof value === 'string' ? value.trim() : '';
  if (/^(?:once|no|one time|false)$/i.test(text)) return 'write never';
  if (/^(?:yes|true|unlimited|every time)$/i.test(text)) return 'write always, or after 7d';
  const length = own(OF_A_LENGTH, text.toLowerCase()) ?? (parseDuration(text) === undefined ? lengthMeant(text) : text);
  return length === undefined ? 'write never, always, after 7d, or { after: 7d, per: key }' : `write after ${length}`;
}

/** `skip`, `exit`, `delay up to 1d` (P2). */
export function ifCappedAt(report: FileReport, value: unknown, path: Path): IfCapped {
  if (value === 'skip' || value === 'exit') return { kind: value };
  const delay = typeof value === 'string' ? /^delay up to\s+(.+)$/.exec(value)?.[1] : undefined;
  if (delay !== undefined) return { kind: 'delay', upToMs: durationAt(report, delay, path, 'delay up to ') ?? 1 };
  const hint = 'write skip, exit, or delay up to 1d';
  report.at(path, { code: 'CB202', message: '`if_capped` says what a message over the cap does', hint });
  return { kind: 'skip' };
}

/** `wait up to 2d` (N1). */
export function ifRefusedAt(report: FileReport, value: string, path: Path): number | undefined {
  const wait = /^wait up to\s+(.+)$/.exec(value)?.[1];
  if (wait !== undefined) return durationAt(report, wait, path, 'wait up to ');
  const message = '`if_refused` says how long a firing that `audience` refused is kept';
  const length = lengthMeant(value.replace(/^wait\s+(?:for\s+)?/i, ''));
  report.at(path, { code: 'CB202', message, hint: `write wait up to ${length ?? '2d'}` });
  return undefined;
}

export function capOf(
  report: FileReport,
  value: { at_most: number; per: string; if_capped?: unknown },
  path: Path,
): FrequencyCap {
  const unit = calendarUnitIn(value.per);
  return {
    atMost: value.at_most,
    ...(unit === undefined
      ? { perMs: durationAt(report, value.per, [...path, 'per']) ?? 1 }
      : { perMs: LONGEST_WINDOW_MS[unit], perCalendar: unit }),
    ifCapped:
      value.if_capped === undefined ? { kind: 'skip' } : ifCappedAt(report, value.if_capped, [...path, 'if_capped']),
  };
}
