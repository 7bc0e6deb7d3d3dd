/** What expressions mean (Y2, T0). */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type CompileOptions, compileExpression, evaluate, holds } from '../../language/cel.ts';

const SCOPE = {
  event: { value: 5, name: 'Kim', at: '2026-03-02T10:00:00.000Z', items: [{ id: 'a' }, { id: 'b' }], mixed: [1, 'x'] },
  contact: { stage: 'new', since: '2026-03-01', consent: { marketing: true } },
  now: '2026-03-05T23:30:00.000Z',
};
const ENV = {
  now: Date.parse('2026-03-05T23:30:00Z'),
  zone: 'Europe/Berlin',
  sinceStart: (names: string[]) => names.length,
};
const ROOTS: CompileOptions = { roots: ['event', 'contact', 'steps'], counts: true, known: { steps: ['call'] } };

function compiled(source: string, options = ROOTS) {
  const { expression, errors } = compileExpression(source, options);
  if (expression === undefined) throw new Error(`${source}: ${errors.map((e) => e.message).join('; ')}`);
  return expression;
}
const value = (source: string) => evaluate(compiled(source), SCOPE, ENV).value;
const faults = (source: string, options = ROOTS) => compileExpression(source, options).errors;

describe('numbers are of one kind (Y2)', () => {
  it.each([
    ['2 * 0.5', 1],
    ['5 / 2 == 2.5', true],
    ['1 == 1.0', true],
    ['1.0 == 1', true],
    ['size(event.items) + 1', 3],
    ['event.items.size() / 4', 0.5],
    ['event.value * 2 - 0.5', 9.5],
    ['event.items[0].id', 'a'],
    ['event.items[event.value - 4].id', 'b'],
    ['event.items.map(i, i.id)[1]', 'b'],
    ['[1, 2][event.value - 5]', 1],
    ['event.value % 2', 1],
    ['event.value in [1, 5]', true],
    ['0x10 + 1u', 17],
    ['days_since(contact.since) + 0.5', 5.5],
    ['since_start("a", "b") * 1.5', 3],
  ])('%s is %s', (source, wanted) => {
    expect(value(source)).toEqual(wanted);
  });

  it('reckons as JavaScript does, whatever mixture stands there', () => {
    const literal = fc.oneof(
      fc.integer({ min: 0, max: 9999 }),
      fc.integer({ min: 1, max: 9999 }).map((n) => n / 4),
    );
    fc.assert(
      fc.property(literal, literal, fc.constantFrom('+', '-', '*', '/', '<', '>=', '=='), (a, b, op) => {
        fc.pre(op !== '/' || b !== 0);
        const wanted = new Function(`return ${a} ${op} ${b}`)() as unknown;
        expect(value(`${a} ${op} ${b}`)).toEqual(wanted);
      }),
    );
  });
});

describe('a missing field is never an error (T0)', () => {
  it.each([
    'contact.nope != "lost"',
    '!(contact.nope == "lost")',
    'contact.nope.deeper > 1',
    'event.value > "a"',
    'event.name > 1',
    'contact.nope && true',
    'event.items.exists(i, i.nope == 1)',
    'days_since(contact.nope) > 3',
    'days_since(event.name) > 3',
    'event.items[9].id == "a"',
    'steps.call.status == "done"',
    'event.name',
  ])('%s does not hold', (source) => {
    expect(holds(compiled(source), SCOPE, ENV)).toBe(false);
  });

  it.each([
    'contact.nope == 1 || true',
    'true || contact.nope',
    'has(contact.stage)',
    '!has(contact.nope)',
    '!(contact.nope && false)',
  ])('%s holds: `||`, `&&` and `has` absorb it', (source) => {
    expect(holds(compiled(source), SCOPE, ENV)).toBe(true);
  });

  it('a wrong type is told apart, for operators to count', () => {
    expect(evaluate(compiled('contact.nope'), SCOPE, ENV)).toEqual({ value: undefined, failed: 'missing' });
    expect(evaluate(compiled('event.value > "a"'), SCOPE, ENV)).toEqual({ value: undefined, failed: 'type' });
    expect(evaluate(compiled('event.value / 0'), SCOPE, ENV)).toEqual({ value: undefined, failed: 'type' });
  });

  it('a field may be called anything: one called `constructor` takes no other away', () => {
    const scope = {
      now: SCOPE.now,
      event: { v: 2, constructor: 'Ferrari', laps: [{ constructor: null, s: 1 }], o: { constructor: { x: 1 } } },
    };
    const of = (source: string) => evaluate(compiled(source), scope, ENV);
    for (const source of [
      'event.v == 2',
      'event.constructor == "Ferrari"',
      'has(event.v) && !has(event.w)',
      'event.laps.exists(lap, lap.s == 1)',
      'event.laps[0].s == 1',
      'event.o.constructor.x == 1',
      'event.o == event.o',
      '"v" in event',
      'size(event) == 4',
    ]) {
      expect([source, of(source).value]).toEqual([source, true]);
    }
    expect(of('event.w')).toEqual({ value: undefined, failed: 'missing' });
    expect(of('event.v > "a"')).toEqual({ value: undefined, failed: 'type' });
    expect(of('event.laps')).toEqual({ value: scope.event.laps });
    expect(of('event.o')).toEqual({ value: scope.event.o });
  });

  it('what JavaScript objects inherit is no field', () => {
    for (const name of ['constructor', 'toString', '__proto__', 'hasOwnProperty']) {
      expect(evaluate(compiled(`contact["${name}"]`), SCOPE, ENV)).toEqual({ value: undefined, failed: 'missing' });
    }
  });
});

describe('calendar days count in the subject’s zone (T0)', () => {
  it('half past midnight in Berlin is the next day already', () => {
    expect(value('days_since(event.at)')).toBe(4);
    expect(value('days_since(contact.since)')).toBe(5);
    expect(value('days_until(contact.since)')).toBe(-5);
    const berlin = compiled('days_since(event.at)');
    expect(evaluate(berlin, SCOPE, { ...ENV, zone: 'UTC' }).value).toBe(3);
  });

  it('a change of summer time is no missing day', () => {
    const expression = compiled('days_until("2026-04-01")');
    expect(evaluate(expression, SCOPE, { ...ENV, now: Date.parse('2026-03-28T23:30:00Z') }).value).toBe(3);
    expect(evaluate(expression, SCOPE, { ...ENV, now: Date.parse('2026-03-28T22:30:00Z') }).value).toBe(4);
  });
});

describe('an expression says what it leans on', () => {
  it('reads, counts, and whether time changes it', () => {
    const source =
      'contact.consent.marketing && event.items.exists(i, i.id == contact["stage"]) && since_start("b", "a") > 0';
    expect(compiled(source)).toEqual({
      cel: source,
      reads: ['contact.consent.marketing', 'contact.stage', 'event.items'],
      counts: ['a', 'b'],
      timed: false,
    });
    expect(compiled('days_since(contact.since) > 1').timed).toBe(true);
    expect(compiled('now > event.at').timed).toBe(true);
  });
});

describe('what is wrong is said at its place', () => {
  it.each([
    ['evnt.value > 1', 'CB302', 0, 4, 'did you mean `event`?'],
    ['steps.cal.done', 'CB302', 0, 14, 'did you mean `call`?'],
    ['event.value = 5', 'CB301', 12, 13, 'two values are compared with =='],
    ['a and b', 'CB301', 2, 5, 'write && for "and"'],
    ['lowre(event.name) == "a"', 'CB302', 0, 17, 'did you mean `lower`?'],
    ['event.name.matches("(a+)+$")', 'CB302', 0, 28, undefined],
    ['cel.bind(x, 1, x)', 'CB302', 0, 17, undefined],
    ['event.name == "abc', 'CB301', 14, 18, 'close it with "'],
  ])('%s', (...[source, code, start, end, hint]) => {
    const [first] = faults(source);
    expect(first).toMatchObject({ code, start, end });
    if (hint !== undefined) expect(first?.hint).toBe(hint);
  });

  it('several faults are told at once', () => {
    expect(faults('evnt.value > 1 && cntact.stage == "x"')).toHaveLength(2);
  });

  it('counts belong to steps, and take names in quotes', () => {
    expect(faults('since_start("a") > 1', { roots: [] })[0]?.message).toContain('there is none here');
    expect(faults('since_start(event.name) > 1')[0]?.message).toContain('in quotes');
    expect(faults('since_start("1","2","3","4","5","6","7","8","9") > 1')[0]?.message).toContain('1 to 8');
  });

  it('types are checked as far as they are known', () => {
    expect(faults('"a" > 1')[0]?.code).toBe('CB301');
    expect(faults('1 + 1', { ...ROOTS, expects: 'bool' })[0]?.code).toBe('CB303');
    expect(faults('event.value', { ...ROOTS, expects: 'bool' })).toEqual([]);
  });
});

describe('what turns by time alone turns at a known moment (T0)', () => {
  const options = { roots: ['contact'], compared: { 'contact.score': { kind: 'score' as const } } };
  it.each([
    'days_since(contact.a) > 3',
    'contact.score >= 80',
    'now > contact.a && contact.b',
    'days_since(contact.a) > contact.n',
  ])('%s may be waited for', (source) => expect(faults(source, options)).toEqual([]));
  it.each([
    'days_since(contact.a) + 1 > 3',
    'contact.score > days_since(contact.a)',
    'contact.score',
    'days_since(contact.a) in [1, 2]',
  ])('%s may not', (source) => expect(faults(source, options)[0]?.code).toBe('CB304'));
});

describe('an expression is bounded', () => {
  it('in its length, its nesting, and the elements it walks', () => {
    expect(faults(`event.value > ${'1 + '.repeat(1200)}1`)[0]?.message).toContain('at most 4000 characters');
    expect(faults(`${'('.repeat(60)}1${')'.repeat(60)}`)[0]?.message).toContain('nested too deeply');
    const scope = { event: { list: Array.from({ length: 5000 }, (_, i) => i) } };
    const walk = compiled('event.list.exists(a, event.list.exists(b, a + b < 0))');
    expect(evaluate(walk, scope, ENV)).toEqual({ value: undefined, failed: 'type' });
  });

  it('never throws, whatever stands in it', () => {
    const part = fc.constantFrom(
      'event',
      '.value',
      '(',
      ')',
      '[',
      ']',
      '"',
      ' == ',
      '1',
      ' && ',
      '!',
      '?',
      ':',
      '.map(',
      'x,',
      '{',
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(part).map((parts) => parts.join('')),
        ),
        (source) => {
          const { expression, errors } = compileExpression(source, ROOTS);
          expect(expression === undefined).toBe(errors.length > 0);
          if (expression !== undefined) evaluate(expression, SCOPE, ENV);
        },
      ),
    );
  });
});
