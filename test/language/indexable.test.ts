/** What an index over events may take from a condition (T0). */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type IndexablePart, indexableOf } from '../../language/cel/indexable.ts';
import { compileExpression, holds } from '../../language/cel.ts';
import type { Json } from '../../language/model.ts';

function compiled(source: string) {
  const { expression, errors } = compileExpression(source, { roots: ['event', 'contact'] });
  if (expression === undefined) throw new Error(`${source}: ${errors.map((e) => e.message).join('; ')}`);
  return expression;
}
const said = (source: string) => indexableOf(compiled(source));
const from = (value: string | number, inclusive: boolean) => ({ lower: { value, inclusive } });
const to = (value: string | number, inclusive: boolean) => ({ upper: { value, inclusive } });

describe('a comparison of a field with constants can be looked up', () => {
  it.each<[string, IndexablePart]>([
    ['event.path == "/pricing"', { kind: 'one-of', path: ['path'], values: ['/pricing'] }],
    ['"/pricing" == event.path', { kind: 'one-of', path: ['path'], values: ['/pricing'] }],
    ['event["path"] == "/pricing"', { kind: 'one-of', path: ['path'], values: ['/pricing'] }],
    ['event.cart.kind == "gift"', { kind: 'one-of', path: ['cart', 'kind'], values: ['gift'] }],
    ['event["cart"]["kind"] == "gift"', { kind: 'one-of', path: ['cart', 'kind'], values: ['gift'] }],
    ['event.n == 1', { kind: 'one-of', path: ['n'], values: [1, '1'] }],
    ['event.n == 1.0', { kind: 'one-of', path: ['n'], values: [1, '1'] }],
    ['event.n == -2', { kind: 'one-of', path: ['n'], values: [-2, '-2'] }],
    ['event.vip == false', { kind: 'one-of', path: ['vip'], values: [false] }],
    ['event.vip', { kind: 'one-of', path: ['vip'], values: [true] }],
    ['event.by == null', { kind: 'one-of', path: ['by'], values: [null] }],
    ['event.kind in ["a", "b", "a", 1]', { kind: 'one-of', path: ['kind'], values: ['a', 'b', 1, '1'] }],
    ['event.kind in []', { kind: 'one-of', path: ['kind'], values: [] }],
    ['event.value >= 20', { kind: 'range', path: ['value'], ...from(20, true) }],
    ['20 < event.value', { kind: 'range', path: ['value'], ...from(20, false) }],
    ['event.value <= -0.5', { kind: 'range', path: ['value'], ...to(-0.5, true) }],
    ['event.name < "m"', { kind: 'range', path: ['name'], ...to('m', false) }],
    ['event.value >= 20 && event.value < 50', { kind: 'range', path: ['value'], ...from(20, true), ...to(50, false) }],
    [
      'event.value >= 20 && event.value > 20 && 60 > event.value && event.value <= 70',
      { kind: 'range', path: ['value'], ...from(20, false), ...to(60, false) },
    ],
  ])('%s, and it is the whole condition', (source, part) => {
    expect(said(source)).toEqual({ parts: [part], whole: true });
  });

  it('beside anything else it is a part, and the rest is left to evaluate', () => {
    expect(said('event.path == "/a" && contact.stage != "lost" && event.n > 1')).toEqual({
      parts: [
        { kind: 'one-of', path: ['path'], values: ['/a'] },
        { kind: 'range', path: ['n'], ...from(1, false) },
      ],
      whole: false,
    });
    const walked = said(
      'event.path == "/a" && event.items.exists(i, i.price > 3) && event.kind in ["a"] && -1 == event.n',
    );
    expect(walked.parts.map(({ path }) => path)).toEqual([['path'], ['kind'], ['n']]);
    expect(walked.whole).toBe(false);
  });

  it('texts and numbers in one field are two ranges, of which nothing is in both', () => {
    expect(said('event.a > 1 && event.a < "x"')).toEqual({
      parts: [
        { kind: 'range', path: ['a'], ...from(1, false) },
        { kind: 'range', path: ['a'], ...to('x', false) },
      ],
      whole: false,
    });
  });
});

describe('everything else is left to evaluate', () => {
  it.each([
    'event.a != 1',
    '!(event.a == 1)',
    '!event.a',
    'event.a == 1 || event.b == 2',
    'event.a == event.b',
    'event.a == contact.a',
    'contact.a == 1',
    'event.a in [event.b]',
    'event.a in {"x": 1}',
    '"x" in event.a',
    'event.a == [1]',
    'event.a < true',
    'event.items[0] == 1',
    'event.items[0].price == 1',
    'event[contact.field] == 1',
    'size(event.a) == 1',
    'has(event.a)',
    'event.a == 1 ? true : false',
    '[1].exists(event, event == 1)',
    'true',
  ])('%s', (source) => {
    expect(said(source)).toEqual({ parts: [], whole: false });
  });
});

describe('what is looked up is what is evaluated', () => {
  const values: Json[] = ['a', 'b', 'x', 1, 2, 20, -0, true, false, null, [1], { b: 1 }, '1', ''];
  const constant = fc.constantFrom(
    '"a"',
    '"b"',
    '""',
    '"1"',
    '1',
    '1.0',
    '2',
    '20',
    '0',
    '-1',
    'true',
    'false',
    'null',
  );
  const comparison = fc
    .tuple(fc.constantFrom('event.f', 'event.g.f', 'event["f"]'), fc.constantFrom('==', '<', '<=', '>', '>='), constant)
    .chain(([field, operator, value]) =>
      fc.constantFrom(`${field} ${operator} ${value}`, `${value} ${operator} ${field}`),
    );
  const membership = fc
    .tuple(fc.constantFrom('event.f', 'event.g.f'), fc.array(constant, { maxLength: 3 }))
    .map(([field, list]) => `${field} in [${list.join(', ')}]`);
  const event = fc.record(
    {
      f: fc.constantFrom(...values),
      g: fc.oneof(fc.constantFrom(...values), fc.record({ f: fc.constantFrom(...values) })),
    },
    { requiredKeys: [] },
  );

  it('a condition holds only where each of its parts does, and one that is a whole part, exactly where that does', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(comparison, membership), { minLength: 1, maxLength: 3 }), event, (conjuncts, e) => {
        const source = conjuncts.join(' && ');
        const { errors } = compileExpression(source, { roots: ['event'] });
        fc.pre(errors.length === 0);
        const { parts, whole } = said(source);
        const verdict = holds(compiled(source), { event: e }, { now: 0, zone: 'UTC' });
        const looked = parts.every((part) => isIn(part, e as Json));
        expect(verdict && !looked).toBe(false);
        if (whole) expect(looked).toBe(verdict);
      }),
      { numRuns: 2000 },
    );
  });
});

/** By the words of T0 alone: a field that is there, of the same type, and equal or between. */
function isIn(part: IndexablePart, event: Json): boolean {
  let value: Json | undefined = event;
  for (const name of part.path) {
    const isObject: boolean = typeof value === 'object' && value !== null && !Array.isArray(value);
    value = isObject && Object.hasOwn(value as object, name) ? (value as { [name: string]: Json })[name] : undefined;
  }
  if (part.kind === 'one-of') return part.values.some((one) => one === value);
  const { lower, upper } = part;
  if (typeof value !== typeof (lower ?? upper)!.value) return false;
  const v = value as number | string;
  return (
    (!lower || v > lower.value || (lower.inclusive && v === lower.value)) &&
    (!upper || v < upper.value || (upper.inclusive && v === upper.value))
  );
}
