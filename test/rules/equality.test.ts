/** Y2: where values are compared for being equal, a number and the text that shows it are one. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { indexableOf } from '../../language/cel/indexable.ts';
import { whyNeverTrue } from '../../language/cel/satisfiable.ts';
import { compileExpression, evaluate } from '../../language/cel.ts';
import { backtest, call, fileOf, playbooks } from '../backtest/support.ts';

function asked(source: string, event: { [name: string]: unknown }) {
  const { expression, errors } = compileExpression(source, { roots: ['event'] });
  if (expression === undefined) throw new Error(errors.map((e) => e.message).join());
  return evaluate(expression, { event: event as never, now: '2026-05-10T10:00:00.000Z' }, { now: 0, zone: 'UTC' })
    .value;
}

describe('a number and the text that shows it', () => {
  it.each([
    ['event.a == event.b', { a: 17, b: '17' }],
    ['event.a == "17"', { a: 17 }],
    ['"17" == event.a', { a: 17 }],
    ['event.a == 17', { a: '17' }],
    ['event.a == -1.5', { a: '-1.5' }],
    ['!(event.a != event.b)', { a: '17', b: 17 }],
    ['event.a in event.l', { a: 17, l: ['16', '17'] }],
    ['event.a in event.l', { a: '17', l: [16, 17] }],
    ['event.a in ["16", "17"]', { a: 17 }],
    ['event.a in [16, 17]', { a: '17' }],
    ['17 in event.l', { l: ['17'] }],
    ['event.l.exists(x, x == event.a)', { a: 17, l: ['17'] }],
    ['event.l.exists(x, x in event.m)', { l: [1, 17], m: ['17'] }],
    ['event.a in event.o', { a: 17, o: { 17: true } }],
    ['event.a == 1.0', { a: 1 }],
    ['event.a == 0', { a: -0 }],
    ['event.a == event.b', { a: [1], b: [1] }],
    ['event.a == null', { a: null }],
  ])('%s of %j', (source, event) => expect(asked(source, event)).toBe(true));

  it.each([
    ['event.a == event.b', { a: 17, b: '017' }],
    ['event.a == event.b', { a: 17, b: '17.0' }],
    ['event.a == event.b', { a: 1, b: true }],
    ['event.a == "DE"', { a: 17 }],
    ['event.a in event.l', { a: 17, l: ['18', true, null] }],
    ['event.a == "NaN"', { a: 17 }],
  ])('%s of %j is another', (source, event) => expect(asked(source, event)).toBe(false));

  it('is looked up in the index as it is evaluated', () => {
    const constant = fc.oneof(
      fc.integer({ min: -20, max: 20 }),
      fc.constantFrom('0', '7', '-3', '07', 'x', '1.5'),
      fc.constant(1.5),
    );
    fc.assert(
      fc.property(constant, fc.array(constant, { minLength: 1, maxLength: 3 }), (value, constants) => {
        for (const source of [
          `event.a == ${JSON.stringify(constants[0])}`,
          `event.a in ${JSON.stringify(constants)}`,
        ]) {
          const { expression } = compileExpression(source, { roots: ['event'] });
          const { parts, whole } = indexableOf(expression!);
          const found = parts.some((part) => part.kind === 'one-of' && part.values.includes(value));
          expect([source, value, whole, found]).toEqual([source, value, true, asked(source, { a: value })]);
        }
      }),
    );
  });

  it('excludes nothing that may be', () => {
    expect(whyNeverTrue('event.a == 17 && event.a == "17"')).toBeUndefined();
    expect(whyNeverTrue('event.a == "17" && event.a > 5')).toBeUndefined();
    expect(whyNeverTrue('event.a == 17 && event.a == "18"')).toBeDefined();
  });

  it('is one in a list of different values, and in the condition that asks it', async () => {
    const folder = await playbooks({
      stray: `trigger: { event: cart.updated }
audience: "!(trigger.cart in contact.ordered)"
again: always
steps: [{ record: left }]`,
      'traits/contact.yaml':
        'subject: contact\ntraits:\n  ordered: { unique: event.cart, event: order.completed, over: ever }\n',
    });
    const of = (cart: unknown) => ({ properties: { cart } });
    const file = await fileOf([
      call(0, 'order.completed', 'ada', of(17)),
      call(1, 'order.completed', 'ada', of('17')),
      call(2, 'cart.updated', 'ada', of('17')),
      call(3, 'cart.updated', 'ada', of(17)),
      call(4, 'cart.updated', 'ada', of(18)),
    ]);
    const { lines } = await backtest(folder, [file]);
    expect(lines.filter(({ type }) => type === 'effect').map(({ at }) => at)).toEqual(['2026-03-02T14:00:00.000Z']);
  });
});
