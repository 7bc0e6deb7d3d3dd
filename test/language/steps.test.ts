/** An expression takes a bounded number of steps, whatever lists it meets, and ends as a value of the wrong type does (T0). */
import { describe, expect, it } from 'vitest';
import { compileExpression, evaluate } from '../../language/cel.ts';
import type { Json } from '../../language/model.ts';

const ENV = { now: 0, zone: 'UTC' };
/** What a walk may take at the very most: far more than a million steps need, far less than what is asked for here. */
const MAX_MS = 3_000;

function asked(source: string, event: { [name: string]: Json }) {
  const { expression, errors } = compileExpression(source, { roots: ['event'] });
  if (expression === undefined) throw new Error(`${source}: ${errors.map((e) => e.message).join('; ')}`);
  const startMs = performance.now();
  const answer = evaluate(expression, { event }, ENV);
  expect(performance.now() - startMs).toBeLessThan(MAX_MS);
  return answer;
}

const numbers = (length: number): Json[] => Array.from({ length }, (_, i) => i);
const SPENT = { value: undefined, failed: 'type' };

describe('what would take too long ends as a value of the wrong type', () => {
  const list = numbers(5_000);
  const text = 'x'.repeat(50_000);
  it.each<[string, string, { [name: string]: Json }]>([
    ['a walk inside of a walk', 'event.list.exists(a, event.list.exists(b, a + b < 0))', { list }],
    ['a search in a list inside of a walk', 'event.list.exists(a, (0 - 1 - a) in event.list)', { list }],
    [
      'lists compared inside of a walk',
      'event.list.exists(a, event.list == event.more)',
      { list, more: [...list.slice(1), 0] },
    ],
    [
      'what is deep inside is counted, too',
      'event.list.exists(a, event.deep == [event.list, a])',
      { list, deep: [list, -1] },
    ],
    ['lists joined inside of a walk', 'size(event.list.map(a, event.list + [a])) > 0', { list }],
    ['a text searched inside of a walk', 'event.list.exists(a, event.text.contains("y"))', { list, text }],
    ['a text cut inside of a walk', 'event.list.exists(a, size(event.text.split("x")) == a)', { list, text }],
    ['an error at each element', 'event.list.exists(a, a.nope == 1)', { list: numbers(400_000) }],
    [
      'a long list with a long question',
      `event.list.exists(a, ${'a < 0 || '.repeat(30)}a < 0)`,
      { list: numbers(30_000) },
    ],
    [
      'a map is walked by its keys',
      'event.map.exists(k, event.list.exists(b, b < 0))',
      {
        map: Object.fromEntries(list.map((n) => [`k${String(n)}`, 1])),
        list,
      },
    ],
  ])('%s', (_, source, event) => {
    expect(asked(source, event)).toEqual(SPENT);
  });

  it('a value that grows with each walk over one element', () => {
    const grown = `[event.list]${'abcdefghijkl'
      .split('')
      .map((x) => `.map(${x}, [${Array(8).fill(x).join(', ')}])`)
      .join('')}`;
    expect(asked(grown, { list: [1] })).toEqual(SPENT);
    expect(asked(`${grown} == ${grown}`, { list: [1] })).toEqual(SPENT);
    const texts = `[event.text]${'abcdefghijkl'
      .split('')
      .map((x) => `.map(${x}, ${Array(8).fill(x).join(' + ')})`)
      .join('')}`;
    expect(asked(`${texts} == ${texts}`, { text: 'abc' })).toEqual(SPENT);
  });

  it('and `||` does not make an answer of what was not looked at to its end', () => {
    expect(asked('event.list.exists(a, event.list.exists(b, a + b < 0)) || true', { list })).toEqual(SPENT);
  });

  it('the next expression has all of its steps again', () => {
    expect(asked('event.list.exists(a, event.list.exists(b, a + b < 0))', { list })).toEqual(SPENT);
    expect(asked('event.list.exists(a, a == 4999)', { list })).toEqual({ value: true });
  });
});

describe('what people write stays far below it', () => {
  it.each<[string, { [name: string]: Json }, Json]>([
    ['event.items.exists(i, i.price > 100 && i.kind in ["a", "b"])', { items: [{ price: 120, kind: 'b' }] }, true],
    ['event.items.map(i, i.price)', { items: [{ price: 1 }, { price: 2 }] }, [1, 2]],
    ['event.items.filter(i, i.tags.exists(t, t == "new")).size()', { items: [{ tags: ['new'] }, { tags: [] }] }, 1],
    ['event.list.exists(a, a == 49999)', { list: numbers(50_000) }, true],
    ['event.list.exists_one(a, a == 7) && event.list.all(a, a >= 0)', { list: numbers(20_000) }, true],
    [
      'event.names.map(n, n.trim()).filter(n, n.endsWith("b") && n != "a").join("+")',
      { names: [' b', 'ab', 'a'] },
      'b+ab',
    ],
    ['size(event.names.map(n, n.split("+")[0] in ["a"])) + size("a,b".split(","))', { names: ['a+b'] }, 3],
    ['event.names.exists(n, n.startsWith("x") || n + "!" == "b!")', { names: ['a', 'b'] }, true],
  ])('%s', (source, event, value) => {
    expect(asked(source, event)).toEqual({ value });
  });
});
