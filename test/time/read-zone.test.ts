/** Zones and countries as people and their tools write them (T0, P1). */
import { describe, expect, it } from 'vitest';
import { parseCall } from '../../events/parse-call.ts';
import { readZone } from '../../language/time/read-zone.ts';
import { recipientZone } from '../../steps/gates/recipient-zone.ts';

describe('a zone is read', () => {
  it.each([
    ['Asia/Tokyo', 'Asia/Tokyo'],
    [' asia/tokyo ', 'Asia/Tokyo'],
    ['ASIA/KOLKATA', 'Asia/Kolkata'],
    ['America/New York', 'America/New_York'],
    ['utc', 'UTC'],
    ['Z', 'UTC'],
    ['+00:00', 'UTC'],
    ['+02:00', 'Etc/GMT-2'],
    ['-0500', 'Etc/GMT+5'],
    ['UTC+1', 'Etc/GMT-1'],
    ['GMT -11', 'Etc/GMT+11'],
    ['+05:45', 'Asia/Kathmandu'],
  ])('%s', (written, zone) => expect(readZone(written)).toBe(zone));

  it.each([
    'Japan Standard',
    '+02:17',
    '+25:00',
    '-13',
    'Moon/Crater',
    '',
    '+',
    'x'.repeat(200),
    2,
    null,
    undefined,
    {},
  ])('%s is none', (written) => expect(readZone(written)).toBeUndefined());
});

describe('the zone of who gets a message', () => {
  const at = (traits: { [name: string]: string }) =>
    recipientZone(traits, { version: { playbook: { timeZone: 'Europe/Berlin' } }, settings: {} } as never);

  it.each([
    [{ time_zone: 'Asia/Tokyo ' }, 'Asia/Tokyo'],
    [{ time_zone: '-05:00', country: 'JP' }, 'Etc/GMT+5'],
    [{ time_zone: 'Tokyo time', country: 'jpn' }, 'Asia/Tokyo'],
    [{ country: ' japan ' }, 'Asia/Tokyo'],
    [{ country: 'uk' }, 'Europe/London'],
    [{ country: 'Türkiye' }, 'Europe/Istanbul'],
    [{ country: 'USA' }, 'Europe/Berlin'],
    [{ country: 'constructor' }, 'Europe/Berlin'],
  ])('%j', (traits, zone) => expect(at(traits)).toBe(zone));
});

describe('a zone under another name', () => {
  const written = (traits: object) =>
    parseCall({ type: 'identify', userId: 'ada', traits }, { source: 's' }).event.patches[0]?.traits;

  it('is written as time_zone beside it (E8)', () => {
    expect(written({ timezone: 'Asia/Tokyo' })).toEqual({ timezone: 'Asia/Tokyo', time_zone: 'Asia/Tokyo' });
    expect(written({ timeZone: null })).toEqual({ timeZone: null, time_zone: null });
    expect(written({ timezone: 'UTC', time_zone: null })).toEqual({ timezone: 'UTC', time_zone: null });
    expect(written({ plan: 'pro' })).toEqual({ plan: 'pro' });
  });
});
