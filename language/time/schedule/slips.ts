/** Schedules as people write them elsewhere, and how each is written here. */
import { clock } from '../moment/slips.ts';

const WEEKDAYS = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'];
const ORDINAL =
  /^(?:on\s+)?(?:the\s+)?(\d{1,2})(?:st|nd|rd|th)?\.?(?:\s+(?:day\s+)?of\s+(?:the|each|every)?\s*month)?$/i;

/** What to write instead; undefined where nothing is known of it. */
export function scheduleMeant(written: string): string | undefined {
  const text = written.trim().toLowerCase();
  const hours = /^(?:every\s+)?(\d+)\s*(?:h|hours?|hrs?)$/.exec(text.replace(/^every\s+/, ''));
  if (/^(?:hourly|every hour)$/.test(text)) return 'write "0 * * * *"';
  if (hours !== null) return `write "0 */${hours[1]} * * *"`;
  const minutes = /^(?:every\s+)?(\d+)\s*(?:m|min|minutes?)$/.exec(text);
  if (minutes !== null) return `write "*/${minutes[1]} * * * *"`;
  const { day, time } = partsOf(text);
  if (day === undefined) return undefined;
  if (/^\d+$/.test(day)) return `write "${cronTime(time)} ${day} * *"`;
  return `write ${day} at "${time}"`;
}

/** A day or days, and a time of day, in whichever order and with whatever between; 09:00 where none is said. */
function partsOf(text: string): { day?: string; time: string } {
  const found = /(?:\bat\s+|@\s*|^|[\s,])["']?(\d{1,2}(?:[:.h]\d\d)?\s*(?:am|pm|uhr)?)["']?(?=$|[\s,])/i.exec(text);
  const isTime = found !== null && (/[:.h]|am|pm|uhr/.test(found[1]!) || /\bat\b|@/.test(found[0]));
  const time = isTime ? (clock(found[1]!) ?? hourOf(found[1]!)) : undefined;
  const rest = (isTime ? text.replace(found[0], ' ') : text)
    .replaceAll(/\bat\b|@|,\s*$/g, ' ')
    .replaceAll(/\s+/g, ' ')
    .trim();
  const day = dayOf(rest);
  return { ...(day !== undefined && { day }), time: time ?? '09:00' };
}

function dayOf(written: string): string | undefined {
  const text = written.replace(/^(?:weekly|each week)\s*(?:on)?\s*/, '').replace(/^(?:on|each|every)\s+/, '');
  if (/^(?:daily|days?|everyday|all days)$/.test(text)) return 'day';
  if (
    /^(?:mon|monday)\s*(?:-|–|to|through)\s*(?:fri|friday)$|^(?:work(?:ing)?|business) ?days?$|^weekday$/.test(text)
  ) {
    return 'weekdays';
  }
  if (/^weekend$|^sat(?:urday)?\s*(?:-|–|and|&)\s*sun(?:day)?$/.test(text)) return 'weekends';
  if (/^(?:monthly|(?:the\s+)?(?:1st|first)(?: day)?(?: of (?:the |each |every )?month)?)$/.test(text)) {
    return 'first day of month';
  }
  const ordinal = ORDINAL.exec(text);
  if (ordinal !== null && Number(ordinal[1]) >= 1 && Number(ordinal[1]) <= 31) return ordinal[1];
  const days = text.split(/\s*(?:,|&|\+|\/|\band\b)\s*/).map(weekday);
  return days.every((day) => day !== undefined) ? days.join(' and ') : undefined;
}

/** `mon`, `mo`, `mondays`, `montag` is none: → `monday`. */
function weekday(word: string): string | undefined {
  const name = word.replace(/[.]$/, '').replace(/days$/, 'day');
  return WEEKDAYS.find((day) => day === name || (name.length >= 2 && name.length <= 5 && day.startsWith(name)));
}

function hourOf(text: string): string | undefined {
  const hour = /^\d{1,2}$/.exec(text.trim())?.[0];
  return hour === undefined || Number(hour) > 23 ? undefined : `${hour.padStart(2, '0')}:00`;
}

function cronTime(time: string): string {
  const [hour, minute] = time.split(':');
  return `${Number(minute)} ${Number(hour)}`;
}
