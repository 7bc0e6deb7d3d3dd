/** T14: what a computed trait depends on, which decides when somebody looks at it. */
import { describe, expect, it } from 'vitest';
import type { Settings } from '../../../language/model.ts';
import { buildProgram } from '../../../triggers/index/program.ts';
import { foldRanks, traitSources } from '../../../triggers/traits/trait-reads.ts';
import { compiled } from '../play.ts';

const TRAITS = `
subject: contact
traits:
  orders: { count: true, event: order, where: contact.blocked == false, over: ever }
  month: { count: true, event: order, over: calendar month }
  score: { score: [{ event: a, points: contact.weight }], half_life: 1d }
  weight: { last: event.n, event: a, over: ever }
  next: { formula: contact.gap - days_since(contact.last_at) }
  gap: { average_gap: true, event: order, over: ever }
  last_at: { last: event.at, event: order, over: ever }
  stage: { tiers: [{ if: contact.next < 3 && contact.plan == "pro", is: soon }, { if: contact.score > 3, is: hot }] }
  shared: { formula: account.seats * 2 }
  named: { formula: contact.month + contact.orders }
`;
const ALL = ['orders', 'month', 'score', 'next', 'stage', 'shared', 'named'].map((name) => `contact.${name} == 1`);
const { versions, workspace } = compiled(
  `trigger: { event: z, where: '${ALL.join(' || ')}' }\nsteps: [{ record: x }]`,
  [{ path: 'traits/own.yaml', text: TRAITS }],
);
const subject = buildProgram(versions, workspace.settings as Settings).subjects.get('contact')!;
const sources = (name: string) => {
  const { own, expressions, ...rest } = traitSources(subject, name);
  return { own: [...own].sort(), expressions: expressions.map((e) => e.cel), ...rest };
};

describe('what a trait depends on', () => {
  it('a fold changes at its own events alone, a base trait when it is written', () => {
    const alone = { expressions: [], elsewhere: false, decays: false };
    expect(sources('orders')).toEqual({ own: ['orders'], ...alone });
    expect(sources('plan')).toEqual({ own: ['plan'], ...alone });
  });

  it("a month ends where the subject's zone says, and a score falls", () => {
    expect(sources('month').own).toEqual(['month', 'time_zone']);
    expect(sources('score')).toMatchObject({ own: ['score'], decays: true });
  });

  it('formulas and tiers depend on all that they read, one inside the other', () => {
    expect(sources('stage')).toEqual({
      own: ['gap', 'last_at', 'next', 'plan', 'score', 'stage', 'time_zone'],
      expressions: [
        'contact.next < 3 && contact.plan == "pro"',
        'contact.gap - days_since(contact.last_at)',
        'contact.score > 3',
      ],
      elsewhere: false,
      decays: true,
    });
    expect(sources('named').own).toEqual(['month', 'named', 'orders', 'time_zone']);
  });

  it('another record is read through the trait that names it', () => {
    expect(sources('shared')).toMatchObject({ own: ['accountId', 'shared'], elsewhere: true });
  });
});

describe('the order in which one event is folded', () => {
  it('what a fold reads goes before it', () => {
    const ranks = foldRanks(subject);
    expect(ranks.get('trait:score')).toBeGreaterThan(ranks.get('trait:weight')!);
    expect(ranks.get('trait:stage')).toBeGreaterThan(ranks.get('trait:next')!);
  });
});
