/** T10, L1, L2: marks before the breach, promises by a condition, days of every year. */
import { describe, expect, it } from 'vitest';
import type { Json } from '../../language/model.ts';
import { markText, parseMark, parseSpan } from '../../language/time/duration.ts';
import { calendarOf, compileCalendarFile } from '../time/calendars.ts';
import { firings, policy, ticket } from './desk.ts';

describe('marks before the breach (T10)', () => {
  const target = '    pause: ticket.status == "pending"\n    target: 2 business hours\n';

  it.each([
    // The breach comes at 14:00: an hour of business before it is noon, with the break in between.
    ['-1 business hour', '11:00', ['03-02 12:00', '03-02 14:00']],
    ['-90 business minutes', '11:00', ['03-02 11:30', '03-02 14:00']],
    ['-30m', '11:00', ['03-02 13:30', '03-02 14:00']],
    // Longer than the target: due at the start.
    ['-3 business hours', '11:00', ['03-02 11:00', '03-02 14:00']],
    // The mark is of the business day before.
    ['-1 business hour', '16:30', ['03-03 09:30', '03-03 10:30']],
  ])('%s of a clock that starts at %s', (mark, start, expected) => {
    expect(firings(mark, policy(target), [ticket(start)])).toEqual(expected);
  });

  it('a pause moves it, and what it has left behind is due at the resume', () => {
    const pending = [
      ticket('09:00'),
      ticket('09:30', 'ticket.updated', { status: 'pending' }),
      ticket('15:00', 'ticket.updated', { status: 'open' }),
    ];
    expect(firings('-30 business minutes', policy(target), pending)).toEqual(['03-02 16:00', '03-02 16:30']);
    expect(firings('-4 business hours', policy(target), pending)).toEqual(['03-02 09:00', '03-02 16:30']);
  });

  it('a stop comes before it, and after it only the breach is left out', () => {
    expect(firings('-1 business hour', policy(target), [ticket('11:00'), ticket('11:30', 'ticket.replied')])).toEqual(
      [],
    );
    expect(firings('-1 business hour', policy(target), [ticket('11:00'), ticket('13:30', 'ticket.replied')])).toEqual([
      '03-02 12:00',
    ]);
  });

  it.each([
    '-30 business minutes',
    '-1 business hour',
    '-30m',
    '-90 business minutes',
    '+45 business minutes',
    '-1 business day',
    '80%',
  ])('%s is written as it is read', (text) => {
    const read = parseMark(text);
    if ('error' in read) throw new Error(read.error);
    expect(parseMark(markText(read.mark))).toEqual(read);
  });

  it.each([
    // The breach comes on Tuesday at 14:00, four sevenths of a business day after its opening.
    ['-1 business day', ['03-02 14:00', '03-03 14:00']],
    ['-0.5 business days', ['03-03 09:30', '03-03 14:00']],
    ['-0.572 business days', ['03-02 16:59', '03-03 14:00']],
    ['-2 business days', ['03-02 10:00', '03-03 14:00']],
  ])('%s is a share of each day', (mark, expected) => {
    const long = policy('    target: 10 business hours\n');
    expect(firings(mark, long, [ticket('10:00')])).toEqual(expected);
  });

  it('a business day that is left at an opening was left at the closing before it', () => {
    const long = policy('    target: 14 business hours\n');
    expect(firings('-1 business day', long, [ticket('09:00')])).toEqual(['03-02 17:00', '03-03 17:00']);
  });

  it('business minutes are a length everywhere', () => {
    expect(parseSpan('30 business minutes')).toEqual({ span: { kind: 'business-hours', hours: 0.5 } });
    expect(parseSpan('20 business minutes')).toEqual({ span: { kind: 'business-hours', hours: 20 / 60 } });
  });
});

describe('a promise by a condition (L2)', () => {
  const clock = '    where: ticket.tier == "gold"\n    target: 2 business hours\n';

  it('is for those for whom it holds, and begins and ends with it', () => {
    expect(firings('80%', policy(clock), [ticket('11:00')])).toEqual([]);
    expect(firings('50%', policy(clock), [ticket('11:00', 'ticket.created', { tier: 'gold' })])).toEqual([
      '03-02 12:00',
      '03-02 14:00',
    ]);
    const upgraded = [ticket('11:00'), ticket('13:30', 'ticket.updated', { tier: 'gold' })];
    expect(firings('50%', policy(clock), upgraded)).toEqual(['03-02 13:30', '03-02 14:00']);
    const gone = [
      ticket('11:00', 'ticket.created', { tier: 'gold' }),
      ticket('11:30', 'ticket.updated', { tier: null }),
    ];
    expect(firings('50%', policy(clock), gone)).toEqual([]);
  });

  it('of the policy holds for all its clocks, beside their own', () => {
    const both = policy(clock, 'where: ticket.region == "eu"\n');
    const of = (traits: { [name: string]: Json }) => firings('50%', both, [ticket('11:00', 'ticket.created', traits)]);
    expect(of({ tier: 'gold' })).toEqual([]);
    expect(of({ region: 'eu' })).toEqual([]);
    expect(of({ region: 'eu', tier: 'gold' })).toHaveLength(2);
  });
});

describe('days of every year and ranges (L1)', () => {
  const written = (except: object) => ({
    calendar: 'c',
    time_zone: 'UTC',
    hours: { 'mon-sun': ['09:00-17:00'] },
    except,
  });

  it('are closed in each year; a date of its own goes first', () => {
    const calendar = calendarOf(
      written({ '12-24..01-01': 'closed', '2026-12-31': ['09:00-12:00'], '2026-07-01..2026-07-03': 'closed' }),
    );
    expect(Object.keys(calendar.yearly!)).toHaveLength(9);
    expect(Object.keys(calendar.except)).toEqual(['2026-12-31', '2026-07-01', '2026-07-02', '2026-07-03']);
    const leap = calendarOf(written({ '12-30..03-01': 'closed' })).yearly!;
    expect(leap).toHaveProperty('02-29');
  });

  it.each([
    ['2026-07-03..2026-07-01', 'ends before it begins'],
    ['13-40', 'is not a date'],
    ['12-24..2027-01-01', 'is not a date'],
  ])('%s is told', (key, told) => {
    const { diagnostics } = compileCalendarFile(JSON.stringify(written({ [key]: 'closed' })));
    expect(diagnostics.map(({ code, message }) => `${code} ${message}`)).toEqual([`CB215 \`${key}\` ${told}`]);
  });

  it('a day that is said twice is told', () => {
    const { diagnostics } = compileCalendarFile(
      JSON.stringify(written({ '12-24..12-26': 'closed', '12-25': 'closed' })),
    );
    expect(diagnostics.map((d) => d.message)).toEqual(['`12-25` is said twice']);
  });
});
