/**
 * T8: a moment before or after a date that a record has, once for each value of the date.
 *
 * Without `at` a date means the start of its local day, and an instant means itself; an offset in `d` or `w` counts calendar
 * days from the local date, any other is added exactly.
 */
import { z } from 'zod';
import type { Calendar, CompiledArm, DateShift, Instant, Recurrence } from '../../language/model.ts';
import type { CompileContext, Path } from '../../language/syntax.ts';
import { DAY_MS } from '../../language/time/duration.ts';
import { type DateClocks, nextOccurrence, resolveDate } from '../../language/time/moment/dates.ts';
import { parseEvery, parseOffset } from '../../language/time/offset.ts';
import { readDate } from '../../language/time/read-date.ts';
import { parseTime } from '../../language/time/zones.ts';
import type { Condition } from '../condition.ts';

const schema = z.strictObject({
  date: z.string(),
  offset: z.string().optional(),
  at: z.string().optional(),
  every: z.string().optional(),
});

interface DateConfig extends DateShift {
  /** As written; `0d` without one. */
  offset: string;
  time?: string;
  /** For a date that comes back. */
  every?: Recurrence;
  /** Where business days are counted. */
  calendar?: Calendar;
}

/** Values that have fired are kept, of a date that comes back its dates, the latest so many: a date that is set back to one of them is over. */
const MAX_FIRED = 50;
/** T8: a moment that is further past when it is learned is skipped. */
const LATEST_MS = DAY_MS;

interface Dated {
  fired: string[];
}

export const condition: Condition<Dated> = {
  kind: 'date',
  keys: ['date'],
  schema,
  byTime: true,
  keepsOpen: () => false,
  keyless: {},
  compile(value: z.infer<typeof schema>, path: Path, context: CompileContext) {
    const offset = value.offset ?? '0d';
    const read = parseOffset(offset);
    if ('error' in read) context.report('CB211', [...path, 'offset'], read.error, read.hint);
    const time = value.at === undefined ? undefined : parseTime(value.at);
    if (time && 'error' in time) context.report('CB212', [...path, 'at'], time.error, time.hint);
    const recurs = value.every === undefined ? undefined : parseEvery(value.every);
    if (recurs && 'error' in recurs) context.report('CB212', [...path, 'every'], recurs.error, recurs.hint);
    const counts = !('error' in read) && read.offsetBusinessDays !== undefined;
    const calendar = counts ? context.calendar([...path, 'offset']) : undefined;
    return {
      roles: {},
      windows: {},
      values: { date: context.becomes(value.date, [...path, 'date'], 'any') },
      config: {
        offset,
        ...('error' in read ? { offsetDays: 0, offsetMs: 0 } : read),
        ...(time && 'time' in time && { time: time.time }),
        ...(recurs && 'every' in recurs && { every: recurs.every }),
        ...(calendar && { calendar }),
      } satisfies DateConfig as never,
    };
  },
  describe(arm) {
    const { offset, time, every, offsetDays, offsetMs, offsetMonths, offsetBusinessDays } = configOf(arm);
    const away = [offsetDays, offsetMs, offsetMonths, offsetBusinessDays].some(Boolean) ? ` ${offset}` : '';
    return `${arm.values.date?.cel}${away}${time === undefined ? '' : ` at ${time}`}${every ? `, ${everyText(every)}` : ''}`;
  },
  example: 'trigger: { date: contact.birthday, every: year, at: "09:00" }',

  lacks(arm, passed, { at, ownZone: zone, value, told }) {
    const config = configOf(arm);
    const date = value('date');
    const what = arm.values.date!.cel;
    const is = `\`${what}\` is ${date === undefined || date === null ? 'missing' : JSON.stringify(date)}`;
    if (typeof date !== 'string' || readDate(date) === undefined) return [`${is}: without a date there is no moment`];
    const fired = passed.at(-1)?.state?.fired ?? [];
    const next = config.every
      ? again(date, config, zone, { from: at, except: fired })
      : once(date, config, zone, fired);
    if (next === undefined) return [`${is}: for this date it has fired`];
    if (next.at > at) return [`${is}: it fires at ${told(next.at)}`];
    return [`${is}: its moment, ${told(next.at)}, was more than 24 h past when it was learned`];
  },

  onRecord(arm, before, { at, event, zone, value, isSeed: given }) {
    const config = configOf(arm);
    const date = value('date');
    const fired = before?.fired ?? [];
    const state = fired.length > 0 ? { fired } : undefined;
    const isDate = readDate(date) !== undefined;
    if (!isDate && date !== undefined && date !== null && date !== '') return { state, wrongType: 'date' };
    if (typeof date !== 'string' || !isDate) return { state };
    const one = config.every === undefined ? once(date, config, zone, fired) : undefined;
    // What was past before anything happens is over (V3).
    const from = given ? at : at - LATEST_MS;
    const next = one ?? again(date, config, zone, { from, except: fired });
    if (next === undefined) return { state };
    const over = { fired: [...fired, next.is].slice(-MAX_FIRED) };
    if (given && next.at < at) return { state: over };
    if (at - next.at > LATEST_MS) return { state };
    // At the very instant the deadline comes after the events: one of them may still move the date (E4).
    if (next.at > at || (next.at === at && (event !== undefined || given))) return { state: { fired }, dueAt: next.at };
    const later = again(date, config, zone, { from: at, except: over.fired });
    const fields = { date: next.is, offset: config.offset, ...(next.count !== undefined && { count: next.count }) };
    return { state: over, dueAt: later?.at, firings: [{ at: next.at, evidence: [], fields }] };
  },
};

interface Moment {
  at: Instant;
  /** The value, or the date as which it comes back: each fires once. */
  is: string;
  count?: number;
}

function once(date: string, config: DateConfig, zone: string, fired: readonly string[]): Moment | undefined {
  const at = fired.includes(date) ? undefined : resolveDate(date, config, clocksOf(config, zone));
  return at === undefined ? undefined : { at, is: date };
}

function again(
  date: string,
  config: DateConfig,
  zone: string,
  among: { from: Instant; except: readonly string[] },
): Moment | undefined {
  const { every } = config;
  const found = every && nextOccurrence(date, { ...config, every }, clocksOf(config, zone), among);
  return found && { at: found.at, is: found.date, count: found.count };
}

function clocksOf({ calendar }: DateConfig, zone: string): DateClocks {
  return { zone, ...(calendar && { calendar }) };
}

function everyText(every: Recurrence): string {
  return 'months' in every ? `every ${every.months} months` : `every ${every.days} days`;
}

function configOf(arm: CompiledArm): DateConfig {
  return arm.config as unknown as DateConfig;
}
