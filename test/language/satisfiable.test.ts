/** T0: a condition that nothing can satisfy is told, and no other is. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { whyNeverTrue } from '../../language/cel/satisfiable.ts';
import { compileExpression, holds } from '../../language/cel.ts';

const said = (source: string) => {
  const found = whyNeverTrue(source);
  return found && source.slice(found.start, found.end);
};

describe('what excludes itself is found', () => {
  it.each([
    ['event.a == 1 && event.a == 2', 'event.a == 2'],
    ['event.a == 1 && event["a"] == 2.5', 'event["a"] == 2.5'],
    ['event.v > 5 && event.v < 3', 'event.v < 3'],
    ['event.v > 5 && event.v <= 5', 'event.v <= 5'],
    ['5 < event.v && event.v < 5', 'event.v < 5'],
    ['event.v >= 5 && event.v <= 5 && event.v != 5', 'event.v != 5'],
    ['event.v == 4 && event.v > 5', 'event.v > 5'],
    ['contact.day > "2026-05-01" && contact.day < "2026-04-01"', 'contact.day < "2026-04-01"'],
    ['event.a in []', 'event.a in []'],
    ['event.a in ["x", "y"] && event.a == "z"', 'event.a == "z"'],
    ['event.a in ["x", "y"] && event.a in ["z"]', 'event.a in ["z"]'],
    ['event.a in ["x"] && !(event.a in ["x", "y"])', 'event.a in ["x", "y"]'],
    ['event.a in [1, 2] && event.a != 1 && event.a != 2', 'event.a != 2'],
    ['event.v > 5 && event.v == "six"', 'event.v == "six"'],
    ['event.v > "1" && event.v > 5', 'event.v > 5'],
    ['event.vip && !event.vip', 'event.vip'],
    ['event.vip == true && !event.vip', 'event.vip'],
    ['event.vip && event.vip == "yes"', 'event.vip == "yes"'],
    ['false', 'false'],
    ['1 > 2', '1 > 2'],
    ['event.a == 1 && false', 'false'],
    ['"x" in ["y"]', '"x" in ["y"]'],
    ['event.a < event.a', 'event.a < event.a'],
    ['event.a < event.b && event.b < event.a', 'event.b < event.a'],
    ['event.total - event.off > 5 && event.total - event.off < 3', 'event.total - event.off < 3'],
    ['days_since(contact.seen) > 30 && days_since(contact.seen) < 10', 'days_since(contact.seen) < 10'],
    ['event.name.startsWith("a") && !event.name.startsWith("a")', 'event.name.startsWith("a")'],
    ['!has(contact.stage) && contact.stage == "lost"', 'contact.stage == "lost"'],
    ['!has(contact.a) && contact.a.b > 1', 'contact.a.b > 1'],
    ['event.x == 1 && (event.x == 2 || event.x == 3)', 'event.x == 2 || event.x == 3'],
    ['!(event.x == 1 || event.y == 2) && event.y == 2', 'event.y == 2'],
    ['!(event.x < 5) && event.x < 4', 'event.x < 4'],
    ['event.items.exists(i, i.n > 2 && i.n < 1)', 'event.items.exists(i, i.n > 2 && i.n < 1)'],
    ['event.x == 1 && (event.y ? event.x == 2 : event.x == 3)', 'event.y ? event.x == 2 : event.x == 3'],
    ['contact.seen == null && contact.seen > 3', 'contact.seen > 3'],
  ])('%s', (source, part) => {
    expect(compileExpression(source, { roots: ['event', 'contact'] }).errors).toEqual([]);
    expect(said(source)).toBe(part);
  });
});

describe('what somebody may satisfy is left alone', () => {
  it.each([
    'event.a == 1 || event.a == 2',
    'event.v > 5 && event.v < 6',
    'event.v >= 5 && event.v <= 5',
    'event.v > 5 && event.w < 3',
    'event.a != 1 && event.a == "x"',
    'event.a != 1 && event.a != "x"',
    'event.a in ["x", "y"] && event.a in ["y", "z"]',
    'event.a == 1 && event.a == 1.0',
    '!has(contact.stage) || contact.stage == "lost"',
    'has(contact.stage) && contact.stage != "lost"',
    '!has(contact.a.b) && contact.a.c == 1',
    'event.items.exists(i, i.sku == "a") && event.items.exists(i, i.sku == "b")',
    'event.items.all(i, false)',
    '!event.items.exists(i, i.n > 2 && i.n < 1)',
    'event.a <= event.b && event.b <= event.a',
    'event.by == "agent" && event.public',
    'event.tags != [] && event.tags == ["x"]',
    'true',
    '!(event.a == 1 && event.a == 2)',
    'event.x == 1 && (event.x == 2 || event.y == 3)',
    '{"a": 1}[event.x] == 1 && event.x == "a"',
  ])('%s', (source) => expect(whyNeverTrue(source)).toBeUndefined());
});

describe('two opinions', () => {
  const constant = fc.constantFrom('0', '1', '2', '1.5', '"a"', '"b"', 'true', 'null');
  const path = fc.constantFrom('event.x', 'event.y');
  const atom = fc.oneof(
    fc.tuple(path, fc.constantFrom('==', '!=', '<', '<=', '>', '>='), constant).map((parts) => parts.join(' ')),
    fc.tuple(path, fc.array(constant, { maxLength: 3 })).map(([p, list]) => `${p} in [${list.join(', ')}]`),
    path,
    path.map((p) => `has(${p})`),
    fc.constantFrom('event.x < event.y', 'event.y <= event.x', 'event.x == event.y', 'event.x != event.y'),
  );
  const { expression } = fc.letrec<{ expression: string }>((tie) => ({
    expression: fc.oneof(
      { maxDepth: 4, depthIdentifier: 'e' },
      atom,
      fc.tuple(tie('expression'), tie('expression')).map(([a, b]) => `(${a}) && (${b})`),
      fc.tuple(tie('expression'), tie('expression')).map(([a, b]) => `(${a}) || (${b})`),
      tie('expression').map((a) => `!(${a})`),
    ),
  }));
  const values = [undefined, 0, 0.5, 1, 1.2, 1.5, 2, 3, -1, 'a', 'b', 'c', '', true, false, null];

  it('whatever is said to be never true is true of no event that could be tried', () => {
    let found = 0;
    fc.assert(
      fc.property(expression, (source) => {
        if (compileExpression(source, { roots: ['event'] }).errors.length > 0) return;
        if (whyNeverTrue(source) === undefined) return;
        found += 1;
        for (const x of values)
          for (const y of values) {
            const event = { ...(x !== undefined && { x }), ...(y !== undefined && { y }) };
            expect(holds({ cel: source }, { event }, { now: 0, zone: 'UTC' }), JSON.stringify(event)).toBe(false);
          }
      }),
      { numRuns: 2000 },
    );
    expect(found).toBeGreaterThan(50);
  });
});
