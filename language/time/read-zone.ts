/** What is read as a time zone where people and their tools wrote one: in a trait, wherever it is looked for. */
import { Temporal } from 'temporal-polyfill';
import { isZone } from './zones.ts';

/** Of places that have kept a fraction of an hour and one offset since before there were events. */
const ZONES_BETWEEN_HOURS: { [offset: string]: string } = {
  '+04:30': 'Asia/Kabul',
  '+05:30': 'Asia/Kolkata',
  '+05:45': 'Asia/Kathmandu',
  '+06:30': 'Asia/Yangon',
  '+08:45': 'Australia/Eucla',
  '+09:30': 'Australia/Darwin',
  '-09:30': 'Pacific/Marquesas',
};
const OFFSET = /^(?:UTC|GMT)? ?([+-])(\d{1,2})(?::?(\d\d))?$/i;
/** What is written is data: as many forms as anybody cares to send. */
const MAX_KNOWN = 2_000;

const known = new Map<string, string | undefined>();

/**
 * The IANA name of a zone written as `Europe/Berlin`, blanks around it aside, in any case and with blanks in place of `_`, or as
 * an offset (`+02:00`, `-0500`, `UTC+1`, `Z`): then the zone that always has it. Undefined for anything else.
 */
export function readZone(value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined;
  if (known.has(value)) return known.get(value);
  if (known.size >= MAX_KNOWN) known.clear();
  const zone = value.length > 100 ? undefined : zoneIn(value.trim());
  known.set(value, zone);
  return zone;
}

function zoneIn(text: string): string | undefined {
  const offset = /^z$/i.test(text) ? ['', '+', '0', '00'] : OFFSET.exec(text);
  if (offset) return zoneOfOffset(offset[1]!, Number(offset[2]), offset[3] ?? '00');
  const name = text.replaceAll(' ', '_');
  return isZone(name) ? inItsCase(name) : undefined;
}

/** The names of fixed offsets count the other way round: `Etc/GMT-2` is ahead of UTC. */
function zoneOfOffset(sign: string, hours: number, minutes: string): string | undefined {
  if (minutes !== '00') return ZONES_BETWEEN_HOURS[`${sign}${String(hours).padStart(2, '0')}:${minutes}`];
  if (hours === 0) return 'UTC';
  const name = `Etc/GMT${sign === '+' ? '-' : '+'}${hours}`;
  return isZone(name) ? name : undefined;
}

function inItsCase(name: string): string {
  return Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(name).timeZoneId;
}
