/**
 * T8: a moment before or after a date that a record has, once for each value of the date.
 *
 * Without `at` a date means the start of its local day, and an instant means itself; an offset in `d` or `w` counts calendar
 * days from the local date, any other is added exactly.
 */
import { z } from 'zod';
import type { CompiledArm } from '../../language/model.ts';
import type { CompileContext, Path } from '../../language/syntax.ts';
import { DAY_MS, parseOffset } from '../../language/time/duration.ts';
import { resolveDate } from '../../language/time/moment/resolve.ts';
import { readDate } from '../../language/time/read-date.ts';
import { parseTime } from '../../language/time/zones.ts';
import type { Condition } from '../condition.ts';

const schema = z.strictObject({ date: z.string(), offset: z.string().optional(), at: z.string().optional() });

interface DateConfig {
  /** As written; `0d` without one. */
  offset: string;
  offsetDays: number;
  offsetMs: number;
  time?: string;
}

/** Values that have fired are kept, the latest so many: a date that is set back to one of them is over. */
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
    return {
      roles: {},
      windows: {},
      values: { date: context.becomes(value.date, [...path, 'date'], 'any') },
      config: {
        offset,
        ...('error' in read ? { offsetDays: 0, offsetMs: 0 } : read),
        ...(time && 'time' in time && { time: time.time }),
      },
    };
  },
  describe(arm) {
    const { offset, offsetDays, offsetMs, time } = configOf(arm);
    const away = offsetDays === 0 && offsetMs === 0 ? '' : ` ${offset}`;
    return `${arm.values.date?.cel}${away}${time === undefined ? '' : ` at ${time}`}`;
  },
  example: 'trigger: { date: contact.renewal_date, offset: -30d, at: "09:00" }',

  onRecord(arm, before, { at, event, zone, value, isSeed: given }) {
    const config = configOf(arm);
    const date = value('date');
    const fired = before?.fired ?? [];
    const state = fired.length > 0 ? { fired } : undefined;
    const isDate = readDate(date) !== undefined;
    if (!isDate && date !== undefined && date !== null && date !== '') return { state, wrongType: 'date' };
    const dueAt = typeof date === 'string' && !fired.includes(date) ? resolveDate(date, config, zone) : undefined;
    if (typeof date !== 'string' || dueAt === undefined) return { state };
    const over = { fired: [...fired, date].slice(-MAX_FIRED) };
    // What was past before anything happens is over (V3).
    if (given && dueAt < at) return { state: over };
    if (at - dueAt > LATEST_MS) return { state };
    // At the very instant the deadline comes after the events: one of them may still move the date (E4).
    if (dueAt > at || (dueAt === at && (event !== undefined || given))) return { state: { fired }, dueAt };
    return {
      state: over,
      firings: [{ at: dueAt, evidence: [], fields: { date, offset: config.offset } }],
    };
  },
};

function configOf(arm: CompiledArm): DateConfig {
  return arm.config as unknown as DateConfig;
}
