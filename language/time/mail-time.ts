/** When mails leave that gather what there is to tell (S6, S11): `daily at "17:00"`, `weekly`. */
import type { Instant } from '../model.ts';
import type { Fault } from './duration.ts';
import { nextScheduled, parseSchedule, type Schedule } from './schedule.ts';

const HINT = 'write daily at "17:00", or weekly';
/** S11: Monday 09:00. */
const WEEKLY = 'monday at "09:00"';
const DAILY = /^daily\s+at\b/i;

/** @returns what was read; or what came, and what may be written */
export function readMailTime(text: string): { schedule: Schedule } | Fault {
  const trimmed = text.trim();
  if (trimmed !== 'weekly' && !DAILY.test(trimmed))
    return { error: `\`${text}\` does not say when a mail leaves`, hint: HINT };
  const read = parseSchedule(trimmed === 'weekly' ? WEEKLY : trimmed);
  return 'error' in read ? { ...read, hint: HINT } : read;
}

/**
 * The two instants after one at which such a mail leaves.
 *
 * @param text as `readMailTime` takes it
 * @param zone the reader's
 */
export function nextMailTimes(text: string, zone: string, after: Instant): [Instant, Instant] {
  const read = readMailTime(text);
  if ('error' in read) throw new Error(read.error);
  const first = nextScheduled(read.schedule, zone, after)!;
  return [first, nextScheduled(read.schedule, zone, first)!];
}
