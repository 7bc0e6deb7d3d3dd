/** T11: fires for every subject in the audience at the instants of a calendar schedule. Walked, not waited for. */
import { z } from 'zod';
import { nearest } from '../../language/diagnostics/nearest.ts';
import type { CompiledArm } from '../../language/model.ts';
import type { CompileContext, Path } from '../../language/syntax.ts';
import { nextScheduled, parseSchedule, type Schedule } from '../../language/time/schedule.ts';
import { isDate, isZone } from '../../language/time/zones.ts';
import type { Condition } from '../condition.ts';

const schema = z.strictObject({
  schedule: z.string().max(200),
  time_zone: z.string().max(64).optional(),
  starting: z.string().max(20).optional(),
});

export interface ScheduleConfig {
  /** As written. */
  text: string;
  schedule: Schedule;
  /** A zone, `subject` for each subject's own, or null for the playbook's. */
  timeZone: string | null;
}

/** Stands where a schedule could not be read, so that the rest of the file is still checked. */
const NO_SCHEDULE: Schedule = { minutes: [0], hours: [0], daysOfMonth: [1], months: [1], weekdays: [0], either: false };

export const condition: Condition = {
  kind: 'schedule',
  keys: ['schedule'],
  schema,
  // Not in E5's list: no event takes a day of the calendar back.
  byTime: false,
  keyless: {},
  compile(value: z.infer<typeof schema>, path: Path, context: CompileContext) {
    const { starting } = value;
    const isDay = starting !== undefined && isDate(starting);
    const calendar = () => context.calendar([...path, 'schedule']);
    const read = parseSchedule(value.schedule, { starting: isDay ? starting : undefined, calendar });
    if (starting !== undefined && (!isDay || ('schedule' in read && !read.schedule.weeks))) {
      const message = isDay ? '`starting` says nothing to this schedule' : `\`${starting}\` is not a date`;
      context.report('CB217', [...path, 'starting'], message, 'write every 2 weeks on monday …, starting: 2026-03-02');
    }
    if ('error' in read) context.report('CB217', [...path, 'schedule'], read.error, read.hint);
    const { time_zone: timeZone = null } = value;
    if (timeZone !== null && timeZone !== 'subject' && !isZone(timeZone)) {
      const message = `there is no time zone \`${timeZone}\``;
      const near = nearest(timeZone, ['subject', ...Intl.supportedValuesOf('timeZone')]);
      const hint =
        near === undefined
          ? 'write a name such as Europe/Berlin, or `subject` for the zone of each'
          : `did you mean \`${near}\`?`;
      context.report('CB214', [...path, 'time_zone'], message, hint);
    }
    const config: ScheduleConfig = {
      text: value.schedule.trim(),
      schedule: 'error' in read ? NO_SCHEDULE : read.schedule,
      timeZone,
    };
    return { roles: {}, windows: {}, values: {}, config: config as never };
  },
  describe(arm) {
    const { text, timeZone } = configOf(arm);
    const where = timeZone === null ? '' : timeZone === 'subject' ? ', in the zone of each' : `, ${timeZone}`;
    return `on schedule: ${text}${where}`;
  },
  example: 'trigger: { schedule: monday at "09:00", time_zone: subject }',

  lacks(arm, _passed, { at, zone, ownZone, told }) {
    const { schedule, timeZone } = configOf(arm);
    const next = nextScheduled(schedule, timeZone === 'subject' ? ownZone : (timeZone ?? zone), at);
    return [next === undefined ? 'no day fits the schedule any more' : `it comes next at ${told(next)}`];
  },

  nextAt: (arm, zone, after) => nextScheduled(configOf(arm).schedule, zone, after),
};

export function configOf(arm: CompiledArm): ScheduleConfig {
  return arm.config as unknown as ScheduleConfig;
}
