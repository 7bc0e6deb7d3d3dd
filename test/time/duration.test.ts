import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  describeDuration,
  describeSpan,
  markText,
  parseDuration,
  parseMark,
  parseSpan,
} from '../../language/time/duration.ts';
import { parseOffset } from '../../language/time/offset.ts';

describe('a length of time is read as it is written (section 4)', () => {
  it.each([
    ['500ms', 500],
    ['30s', 30_000],
    ['15m', 900_000],
    ['4h', 14_400_000],
    ['2d', 172_800_000],
    ['1w', 604_800_000],
    ['1.5h', 5_400_000],
    ['0.1s', 100],
  ])('%s is exact', (text, ms) => {
    expect(parseDuration(text)).toBe(ms);
    expect(parseSpan(text)).toEqual({ span: { kind: 'exact', ms } });
  });

  it('business time is counted, not converted', () => {
    expect(parseSpan('2 business hours')).toEqual({ span: { kind: 'business-hours', hours: 2 } });
    expect(parseSpan('1 business hour')).toEqual({ span: { kind: 'business-hours', hours: 1 } });
    expect(parseSpan('1 business day')).toEqual({ span: { kind: 'business-days', days: 1 } });
    expect(parseSpan('0.5 business days')).toEqual({ span: { kind: 'business-days', days: 0.5 } });
  });

  it.each([
    ['0s', 'zero'],
    ['0 business hours', 'zero'],
    ['3654d', 'longer than ten years'],
    ['3654 business days', 'longer than ten years'],
    ['0.0001s', 'not a duration'],
    ['0.5ms', 'not a whole number of milliseconds'],
    ['5 parsecs', '"5 parsecs" is not a duration'],
    ['-1d', 'below zero'],
    ['', 'not a duration'],
  ])('%s is refused with words', (text, words) => {
    expect(parseDuration(text)).toBeUndefined();
    expect(parseSpan(text)).toEqual({ error: expect.stringContaining(words), hint: expect.any(String) });
  });

  it.each([
    ['30 m', 'write 30m'],
    ['2 hours', 'write 2h'],
    ['7D', 'write 7d'],
    ['1h30m', 'write 90m'],
    ['1 month', 'write 30d'],
    ['2 working days', 'write 2 business days'],
  ])('who writes %s is told what to write', (text, hint) => {
    expect(parseSpan(text)).toEqual({ error: expect.any(String), hint: expect.stringContaining(hint) });
  });

  it('a bare number and a list are told apart from a text', () => {
    expect(parseSpan(30)).toEqual({ error: '30 is a number without a unit', hint: 'write 30m, 30h or 30d' });
    expect(parseSpan(['1d'])).toMatchObject({ error: 'a duration is a text, not a list' });
    expect(parseSpan(undefined)).toMatchObject({ error: 'a duration is a text, not nothing' });
  });
});

describe('a mark is a share, the breach, or a time after it (T10)', () => {
  it.each([
    ['80%', { kind: 'share', percent: 80 }],
    ['12.5%', { kind: 'share', percent: 12.5 }],
    ['breach', { kind: 'breach' }],
    ['100%', { kind: 'breach' }],
    ['+2 business hours', { kind: 'after', span: { kind: 'business-hours', hours: 2 } }],
    ['+30m', { kind: 'after', span: { kind: 'exact', ms: 1_800_000 } }],
  ])('%s', (text, mark) => {
    expect(parseMark(text)).toEqual({ mark });
  });

  it.each(['0%', '120%', '80', 'breached', '2 business hours', '+0m', '+soon'])('%s is none', (text) => {
    expect(parseMark(text)).toHaveProperty('error');
  });

  it('has one way to be written, which is read back as the same', () => {
    for (const text of ['80%', 'breach', '+30m', '+90m', '+1w', '+250ms', '+2 business hours', '+1 business day']) {
      const read = parseMark(text);
      expect('mark' in read && markText(read.mark)).toBe(text);
    }
  });
});

describe('an offset of a date counts days on the calendar (T8)', () => {
  it.each([
    ['-30d', { offsetDays: -30, offsetMs: 0 }],
    ['-1w', { offsetDays: -7, offsetMs: 0 }],
    ['0d', { offsetDays: 0, offsetMs: 0 }],
    ['-0d', { offsetDays: 0, offsetMs: 0 }],
    ['+2h', { offsetDays: 0, offsetMs: 7_200_000 }],
    ['3d', { offsetDays: 3, offsetMs: 0 }],
    ['-1 month', { offsetDays: 0, offsetMs: 0, offsetMonths: -1 }],
    ['+2 years', { offsetDays: 0, offsetMs: 0, offsetMonths: 24 }],
    ['-3 business days', { offsetDays: 0, offsetMs: 0, offsetBusinessDays: -3 }],
  ])('%s', (text, offset) => {
    expect(parseOffset(text)).toStrictEqual(offset);
  });

  it('half a day is not an offset, nor is a month', () => {
    expect(parseOffset('-1.5d')).toHaveProperty('error');
    expect(parseOffset('-1 moon')).toHaveProperty('error');
  });
});

describe('people read lengths of time in words', () => {
  it.each([
    [11_400_000, '3 h 10 min'],
    [3_600_000, '1 h'],
    [604_800_000, '7 d'],
    [45_000, '45 s'],
    [500, '500 ms'],
    [0, '0 min'],
    [90_061_000, '1 d 1 h'],
    [-5_400_000, '-1 h 30 min'],
  ])('%d ms is %s', (ms, words) => {
    expect(describeDuration(ms)).toBe(words);
  });

  it('spans keep their own words', () => {
    expect(describeSpan({ kind: 'business-hours', hours: 1 })).toBe('1 business hour');
    expect(describeSpan({ kind: 'business-days', days: 2 })).toBe('2 business days');
    expect(describeSpan({ kind: 'exact', ms: 86_400_000 })).toBe('1 d');
  });

  it('no text whatever makes the parsers throw', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.anything()), (value) => {
        parseSpan(value);
        parseMark(value);
        parseOffset(value);
      }),
    );
  });
});
