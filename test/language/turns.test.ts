/** Where time alone turns an expression, as the compiler finds it (T0, T14). */
import { describe, expect, it } from 'vitest';
import { compileExpression, type TimedTraits } from '../../language/cel.ts';

const TRAITS: TimedTraits = {
  'contact.score': { kind: 'score' },
  'contact.due_in': { kind: 'formula', cel: 'contact.gap - days_since(contact.last_order_at)' },
  'contact.half_due': { kind: 'formula', cel: '-(contact.due_in - 1) / 2' },
  'contact.is_late': { kind: 'formula', cel: 'contact.due_in < 0' },
  'contact.doubled': { kind: 'formula', cel: 'contact.plain * 2' },
  'contact.recency': { kind: 'tiers', ifs: ['days_since(contact.last_order_at) <= 30', 'contact.score > 5'] },
  'contact.bent': { kind: 'formula', cel: 'days_since(contact.a) * days_until(contact.b)' },
  'contact.large': { kind: 'formula', cel: `days_since(contact.a)${' + 1'.repeat(250)}` },
  'contact.larger': { kind: 'formula', cel: `contact.large${' + 1'.repeat(250)}` },
  'contact.round_about': { kind: 'formula', cel: 'contact.round_about + days_since(contact.a)' },
};

function turnsOf(source: string): string[] {
  const { expression, errors } = compileExpression(source, { roots: ['contact'], compared: TRAITS });
  if (!expression) return errors.map((e) => `${e.code} ${source.slice(e.start, e.end)}: ${e.message}`);
  return (expression.turns ?? []).map(({ unit, sides, record }) => {
    const what = sides ? `${sides.moves.cel} | ${sides.against.cel}` : 'each';
    return `${unit} ${what}${record ? ` of ${record}` : ''}`;
  });
}

describe('each comparison of which time moves one side', () => {
  it.each([
    ['contact.stage == "new"', []],
    ['days_since(contact.a) > 3', ['day days_since(contact.a) | 3']],
    ['contact.n - 1 <= days_until(contact.a)', ['day days_until(contact.a) | (contact.n - 1)']],
    ['now > contact.trial_end', ['instant now | contact.trial_end']],
    ['contact.vip || !(contact.score >= 80)', ['hour contact.score | 80 of contact']],
    ['has(contact.score) && contact.n > 1', []],
    [
      'days_since(contact.a) > 3 && days_since(contact.a) < 9 && days_since(contact.a) > 3',
      ['day days_since(contact.a) | 3', 'day days_since(contact.a) | 9'],
    ],
    ['contact.doubled > 3', []],
  ])('%s', (source, turns) => expect(turnsOf(source)).toEqual(turns));
});

describe('where both sides are equal, the comparison is as below, as above, or unlike both', () => {
  it.each([
    ['days_since(contact.a) > 3', -1],
    ['days_since(contact.a) >= 3', 1],
    ['days_since(contact.a) < 3', 1],
    ['days_since(contact.a) <= 3', -1],
    ['3 > days_since(contact.a)', 1],
    ['3 <= days_since(contact.a)', 1],
    ['3 >= days_since(contact.a)', -1],
    ['3 < days_since(contact.a)', -1],
    ['days_since(contact.a) == 3', 0],
    ['3 != days_since(contact.a)', 0],
  ])('%s', (source, tie) => {
    const { expression } = compileExpression(source, { roots: ['contact'], compared: {} });
    expect(expression?.turns?.[0]?.sides?.tie).toBe(tie);
  });
});

describe('a computed trait is looked into', () => {
  it.each([
    ['contact.due_in <= 3', ['day (contact.gap - days_since(contact.last_order_at)) | 3 of contact']],
    ['2 < contact.half_due', ['day ((-((contact.gap - days_since(contact.last_order_at)) - 1)) / 2) | 2 of contact']],
    ['contact.is_late', ['day (contact.gap - days_since(contact.last_order_at)) | 0 of contact']],
    [
      'contact.recency in [1, 2]',
      ['day days_since(contact.last_order_at) | 30 of contact', 'hour contact.score | 5 of contact'],
    ],
    [
      'days_since(contact.a) > contact.recency',
      [
        'day days_since(contact.a) | contact.recency',
        'day days_since(contact.last_order_at) | 30 of contact',
        'hour contact.score | 5 of contact',
      ],
    ],
  ])('%s', (source, turns) => expect(turnsOf(source).sort()).toEqual([...turns].sort()));

  it('keeps its brackets: what is printed is what was written', () => {
    const { expression } = compileExpression('days_until(contact.a) < contact.b - (contact.c - (contact.d - 1)) * 2', {
      roots: ['contact'],
      compared: {},
    });
    expect(expression?.turns?.[0]?.sides?.against.cel).toBe('(contact.b - ((contact.c - (contact.d - 1)) * 2))');
  });
});

describe('elements of a list have a turn each: every midnight is looked at', () => {
  it('where days are compared', () => {
    expect(turnsOf('contact.plans.exists(p, days_until(p.ends) <= 7 && p.n > 1)')).toEqual(['day each']);
  });
  it('and no such comparison may be of milliseconds', () => {
    expect(turnsOf('contact.plans.exists(p, now > p.ends)')[0]).toMatch(
      /^CB304 now: the moment at which this comparison/,
    );
  });
  it('a list beside them has turns of its own', () => {
    expect(turnsOf('contact.plans.exists(p, contact.score > 3 && p.n > 1)')).toEqual([
      'hour contact.score | 3 of contact',
    ]);
  });
});

describe('what turns at no moment that can be known is refused (CB304)', () => {
  it.each([
    ['days_since(contact.a) + 1 > 3', 'days_since(contact.a)'],
    ['contact.score > days_since(contact.a)', 'contact.score'],
    ['contact.bent > 3', 'contact.bent'],
    ['contact.round_about > 3', 'contact.round_about'],
    ['contact.larger > 3', 'contact.larger'],
    ['contact.due_in in [1, 2]', 'contact.due_in'],
    ['days_since(contact.due_in) > 3', 'contact.due_in'],
    ['now', 'now'],
  ])('%s', (source, place) => expect(turnsOf(source)[0]).toMatch(`CB304 ${place}: `));
});
