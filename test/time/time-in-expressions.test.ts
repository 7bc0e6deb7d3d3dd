/** Time in expressions (T0): what clocks show, lengths that are added, calendars and segments that are asked. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Around, compileExpression, evaluate } from '../../language/cel.ts';
import type { Calendar, Expression, Json } from '../../language/model.ts';
import { addDays } from '../../language/time/zones.ts';

const OFFICE: Calendar = {
  name: 'office',
  timeZone: 'Europe/Berlin',
  week: [[[540, 1020]], [[540, 1020]], [[540, 1020]], [[540, 1020]], [[540, 1020]], [], []],
  except: { '2026-04-03': [], '2026-04-06': [] },
};
const VIP = compileExpression('contact.spent > 1000', { roots: ['contact'] }).expression!;
const AROUND: Around = {
  segment: (name) => (name === 'vip' ? VIP : { code: 'CB509', error: 'no such segment' }),
  typeOf: () => 'contact',
  calendar: (name) => (name === 'office' ? OFFICE : { code: 'CB504', error: 'no such calendar' }),
  ownCalendar: () => OFFICE,
};
const OPTIONS = { roots: ['contact', 'event'], around: AROUND };
const SCOPE = { contact: { renews: '2026-03-28', seen: '2026-03-28T11:00:00Z', spent: 5000 } };

function compiled(cel: string): Expression {
  const { expression, errors } = compileExpression(cel, OPTIONS);
  if (expression === undefined) throw new Error(`${cel}: ${errors.map((e) => e.message).join('; ')}`);
  return expression;
}
function at(now: string, cel: string, scope: { [root: string]: Json } = SCOPE): Json | undefined {
  const instant = Date.parse(now);
  return evaluate(
    compiled(cel),
    { ...scope, now: new Date(instant).toISOString() },
    { now: instant, zone: 'Europe/Berlin' },
  ).value;
}
const faults = (cel: string) =>
  compileExpression(cel, OPTIONS).errors.map(
    ({ code, message, hint }) => `${code} ${message}${hint ? ` (${hint})` : ''}`,
  );

describe('local(…) is what the clocks of the zone show', () => {
  it.each([
    ['2026-03-28T23:30:00Z', 'local(now).date', '2026-03-29'],
    ['2026-03-28T23:30:00Z', 'local(now).weekday', 'sunday'],
    ['2026-03-28T23:30:00Z', 'local(now).hour', 0],
    ['2026-03-29T01:30:00Z', 'local(now).hour', 3],
    ['2026-03-29T01:30:00Z', 'local(now).minute', 30],
    ['2026-12-31T23:30:00Z', 'local(now).year * 10000 + local(now).month * 100 + local(now).day', 20270101],
    ['2026-03-29T01:30:00Z', 'local(contact.renews).weekday == "saturday"', true],
    ['2026-03-29T01:30:00Z', 'local(now).weekday in ["saturday", "sunday"]', true],
  ])('at %s %s is %s', (now, cel, wanted) => expect(at(now, cel)).toBe(wanted));

  it('says which fields there are', () => {
    expect(faults('local(now).hours > 9')).toEqual(['CB302 `local(…)` has no `hours` (did you mean `hour`?)']);
  });
  it('has no value for what is no date', () => {
    expect(at('2026-03-28T23:30:00Z', 'local(contact.spent).hour')).toBeUndefined();
  });
});

describe('lengths are added to dates and instants', () => {
  it.each([
    // Clocks are put forward on 29 March: seven times 24 hours are an hour later on the clock, seven days are not.
    ['contact.seen + duration("7d")', '2026-04-04T11:00:00.000Z'],
    ['contact.seen + days(7)', '2026-04-04T10:00:00.000Z'],
    ['contact.seen - days(1)', '2026-03-27T11:00:00.000Z'],
    ['contact.renews + duration("1w")', '2026-04-04'],
    ['contact.renews + days(-28)', '2026-02-28'],
    ['contact.renews + duration("12h")', '2026-03-28T11:00:00.000Z'],
    // Good Friday and Easter Monday are closed.
    ['contact.renews + business_days(5)', '2026-04-07'],
    ['contact.renews - business_days(1)', '2026-03-27'],
    ['contact.seen + business_days(1)', '2026-03-30T10:00:00.000Z'],
    ['contact.renews + business_days(0)', '2026-03-28'],
  ])('%s is %s', (cel, wanted) => expect(at('2026-03-28T12:00:00Z', cel)).toBe(wanted));

  it('compares a moved date as the instant that it begins with', () => {
    expect(at('2026-03-27T22:59:59Z', 'now >= contact.renews + days(0)')).toBe(false);
    expect(at('2026-03-27T23:00:00Z', 'now >= contact.renews + days(0)')).toBe(true);
    expect(at('2026-03-27T23:00:00Z', 'contact.seen - days(1) < contact.renews')).toBe(true);
  });

  it('moves dates by days as the calendar has them, leap days too, and back again', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 40_000 }), fc.integer({ min: -3653, max: 3653 }), (day, count) => {
        const date = addDays('1970-01-01', day);
        const scope = { contact: { renews: date } };
        const to = at('2026-03-27T00:00:00Z', `contact.renews + days(${count})`, scope);
        if (day + count < -700_000) return;
        expect(to).toBe(addDays(date, count));
        expect(at('2026-03-27T00:00:00Z', `contact.renews - days(${count})`, { contact: { renews: to! } })).toBe(date);
      }),
    );
  });

  it('has no value for what is no date, for half days, and beyond ten years', () => {
    for (const cel of [
      'contact.spent + days(1)',
      'contact.renews + days(0.5)',
      'contact.renews + days(3654)',
      'contact.gone + days(1)',
    ])
      expect(at('2026-03-28T12:00:00Z', cel)).toBeUndefined();
  });

  it('says what is no length, and what a length alone is', () => {
    expect(faults('now + duration("3 business days")')).toEqual([
      'CB211 "3 business days" is counted in a calendar, and `duration` is exact (write business_days(3))',
    ]);
    expect(faults('duration("7d")')).toEqual([
      'CB303 this gives a length alone (add it to a date or an instant: now + duration("7d"))',
    ]);
    expect(faults('now + duration(contact.term)')[0]).toMatch('`duration` takes a text in quotes');
    expect(faults('now + 7')[0]).toMatch('CB301');
  });
});

describe('calendars and segments are asked by name', () => {
  it.each([
    ['2026-03-30T06:59:59Z', false],
    ['2026-03-30T07:00:00Z', true],
    ['2026-03-30T15:00:00Z', false],
    ['2026-04-03T10:00:00Z', false],
  ])('at %s is_open is %s', (now, wanted) => expect(at(now, 'is_open("office")')).toBe(wanted));

  it('is in a segment where its condition holds; a missing field is no member', () => {
    expect(at('2026-03-30T07:00:00Z', 'in_segment("vip")')).toBe(true);
    expect(at('2026-03-30T07:00:00Z', '!in_segment("vip")', { contact: {} })).toBe(true);
    expect(compiled('in_segment("vip")').reads).toEqual(['contact.spent']);
  });

  it('says what it does not know', () => {
    expect(faults('in_segment("vap") && is_open("ofice")')).toEqual([
      'CB509 no such segment',
      'CB504 no such calendar',
    ]);
    expect(faults('in_segment(contact.segment)')).toEqual([
      'CB301 `in_segment` takes a text in quotes (in_segment("vip"))',
    ]);
  });

  it('turns with the segment, and not with a calendar or a clock (T9)', () => {
    const OLD = compileExpression('days_since(contact.seen) > 30', { roots: ['contact'], compared: {} }).expression!;
    const compared = { compared: {}, ...OPTIONS, around: { ...AROUND, segment: () => OLD } };
    expect(compileExpression('in_segment("old")', compared).expression?.turns).toEqual(OLD.turns);
    for (const cel of ['is_open("office")', 'local(now).hour > 9', 'local(now).hour == 9']) {
      expect(compileExpression(cel, compared).errors.map((e) => e.code)).toEqual(['CB304']);
    }
  });
});
